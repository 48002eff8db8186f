internal import SchemaModel

extension ConfigurationBuilder {
  /// Nil after a diagnostic, of this pass or of the one before.
  mutating func service(_ name: Located, _ value: CheckedValue) -> ServiceConfiguration? {
    if !name.text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) })
      || name.text.isEmpty
    {
      diagnostics.error(
        "invalid-value", at: name.location, "a service's name is made of letters, digits, '-' and '_'")
    }
    requireOne(of: ["drpc", "dds"], in: value, of: name)
    requireOne(of: ["protobuf", "idl"], in: value, of: name)
    let prefix = value["prefix"]?.located ?? Located("", at: name.location)
    checkPrefix(prefix)
    let bodyStatus = value["body_status"].flatMap { value -> BodyStatusConfiguration? in
      guard let field = value["field"]?.located else { return nil }
      return BodyStatusConfiguration(field: field, codes: value["codes"]?.choice() ?? .daos)
    }
    let methods = (value["methods"]?.entries ?? []).compactMap { self.method($0.key, $0.value) }
    let routes = (value["routes"]?.entries ?? []).flatMap {
      self.routes($0.key, $0.value, prefix: prefix.text)
    }
    let errors = overrides(value["errors"])
    guard let backend = value["drpc"], let schema = value["protobuf"] else { return nil }
    var service = ServiceConfiguration(
      name: name.text, location: name.location, backend: .drpc(drpc(backend)),
      schema: .protobuf(protobuf(schema)), bodyStatus: bodyStatus, methods: methods, prefix: prefix,
      routes: routes, expose: value["expose"]?.choice(), errors: errors)
    service.timeout = value["timeout"]?.duration ?? service.timeout
    return service
  }

  private mutating func requireOne(of keys: [String], in value: CheckedValue, of name: Located) {
    let given = value.entries.filter { keys.contains($0.key.text) }
    if given.count > 1 {
      diagnostics.error(
        "conflicting-keys", at: given[1].key.location,
        "service '\(name.text)' has both '\(given[0].key.text)' and '\(given[1].key.text)'")
    } else if given.isEmpty {
      diagnostics.error(
        "missing-key", at: name.location, "service '\(name.text)' has neither '\(keys[0])' nor '\(keys[1])'")
    }
  }

  private mutating func checkPrefix(_ prefix: Located) {
    if prefix.text.isEmpty || (prefix.text.hasPrefix("/") && !prefix.text.hasSuffix("/")) { return }
    diagnostics.error(
      "invalid-template", at: prefix.location,
      "prefix '\(prefix.text)' must start with '/' and not end with it")
  }

  // MARK: Backend and schema

  private func drpc(_ value: CheckedValue) -> DRPCServiceConfiguration {
    var sockets: [DRPCServiceConfiguration.Socket] = []
    if let given = value["sockets"] {
      let paths: [(key: String?, path: CheckedValue)] =
        given.entries.isEmpty
        ? given.elements.map { (nil, $0) } : given.entries.map { ($0.key.text, $0.value) }
      sockets = paths.compactMap { key, path in
        path.located.map {
          DRPCServiceConfiguration.Socket(key: key, path: Located(resolve($0.text), at: $0.location))
        }
      }
    }
    var drpc = DRPCServiceConfiguration(sockets: sockets)
    drpc.select = value["select"]?.choice() ?? drpc.select
    drpc.framing = value["framing"]?.choice() ?? drpc.framing
    drpc.connections = value["connections"]?.integer ?? drpc.connections
    drpc.queue = value["queue"]?.integer ?? drpc.queue
    drpc.maxRequest = value["max_request"]?.integer
    drpc.maxReply = value["max_reply"]?.integer ?? drpc.maxReply
    drpc.allow = value["allow"]?.elements.compactMap(\.located) ?? []
    return drpc
  }

  private func protobuf(_ value: CheckedValue) -> ProtobufSchemaConfiguration {
    func paths(_ key: String) -> [Located] {
      value[key]?.elements.compactMap(\.located).map { Located(resolve($0.text), at: $0.location) } ?? []
    }
    var protobuf = ProtobufSchemaConfiguration(files: paths("files"))
    protobuf.include = paths("include")
    // A bare name is looked for in PATH.
    protobuf.protoc = value["protoc"]?.text.map { $0.contains("/") ? resolve($0) : $0 } ?? protobuf.protoc
    protobuf.names = value["names"]?.choice() ?? protobuf.names
    protobuf.enums = value["enums"]?.choice() ?? protobuf.enums
    protobuf.emitDefaults = value["emit_defaults"]?.boolean ?? protobuf.emitDefaults
    protobuf.int64 = value["int64"]?.choice() ?? protobuf.int64
    protobuf.nonFinite = value["non_finite"]?.choice() ?? protobuf.nonFinite
    protobuf.caseInsensitiveEnums = value["case_insensitive_enums"]?.boolean ?? protobuf.caseInsensitiveEnums
    protobuf.unknownFields = value["unknown_fields"]?.choice() ?? protobuf.unknownFields
    return protobuf
  }

  private mutating func method(_ name: Located, _ value: CheckedValue) -> MethodConfiguration? {
    guard let id = value["id"]?.located else { return nil }
    let numbers = id.text.split(separator: "/", omittingEmptySubsequences: false).map { Int32($0) }
    guard numbers.count == 2, let module = numbers[0], let method = numbers[1], module >= 0, method >= 0
    else {
      diagnostics.error("invalid-value", at: id.location, "'\(id.text)' is not module/method, like 2/223")
      return nil
    }
    return MethodConfiguration(
      name: name, module: module, method: method, request: value["request"]?.located,
      response: value["response"]?.located)
  }
}
