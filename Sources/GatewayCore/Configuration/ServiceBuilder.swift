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
    let errors = overrides(value["errors"]) + exceptions(value["exceptions"])
    guard let (backend, schema) = backendAndSchema(value, of: name) else { return nil }
    var service = ServiceConfiguration(
      name: name.text, location: name.location, backend: backend, schema: schema, bodyStatus: bodyStatus,
      methods: methods, prefix: prefix,
      routes: routes, expose: value["expose"]?.choice(), errors: errors)
    service.errorFormat = errorFormat(value["errors"]) ?? service.errorFormat
    service.success = value["success"]?.integer
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

  /// dRPC carries protobuf, DDS-RPC what IDL describes; keys of the one are mistakes on the other.
  private mutating func backendAndSchema(
    _ value: CheckedValue, of name: Located
  ) -> (BackendConfiguration, SchemaConfiguration)? {
    if let backend = value["drpc"], let schema = value["protobuf"] {
      return (.drpc(drpc(backend)), .protobuf(protobuf(schema)))
    }
    if let backend = value["dds"], let schema = value["idl"] {
      for key in ["methods", "body_status"] {
        guard let stray = value.entries.first(where: { $0.key.text == key }) else { continue }
        diagnostics.error(
          "conflicting-keys", at: stray.key.location, "'\(key)' is for dRPC; the IDL says what a service has")
      }
      return (.dds(dds(backend)), .idl(idl(schema)))
    }
    for (backend, schema, needed) in [("drpc", "idl", "protobuf"), ("dds", "protobuf", "idl")] {
      guard value[backend] != nil, let stray = value.entries.first(where: { $0.key.text == schema }) else {
        continue
      }
      diagnostics.error(
        "conflicting-keys", at: stray.key.location,
        "service '\(name.text)' has '\(backend)', whose schema is '\(needed)', not '\(schema)'")
    }
    return nil
  }

  private mutating func checkPrefix(_ prefix: Located) {
    if prefix.text.isEmpty || (prefix.text.hasPrefix("/") && !prefix.text.hasSuffix("/")) { return }
    diagnostics.error(
      "invalid-template", at: prefix.location,
      "prefix '\(prefix.text)' must start with '/' and not end with it")
  }

  // MARK: Backend and schema

  private mutating func drpc(_ value: CheckedValue) -> DRPCServiceConfiguration {
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
    if let select = value["select"]?.located { drpc.select = selection(select, sockets) }
    drpc.framing = value["framing"]?.choice() ?? drpc.framing
    drpc.connections = value["connections"]?.integer ?? drpc.connections
    drpc.queue = value["queue"]?.integer ?? drpc.queue
    drpc.maxRequest = value["max_request"]?.integer
    drpc.maxReply = value["max_reply"]?.integer ?? drpc.maxReply
    drpc.allow = value["allow"]?.elements.compactMap(\.located) ?? []
    return drpc
  }

  private mutating func selection(
    _ select: Located, _ sockets: [DRPCServiceConfiguration.Socket]
  ) -> DRPCServiceConfiguration.Selection {
    if select.text == "first" { return .first }
    guard let variable = Self.variable(select.text) else {
      diagnostics.error(
        "invalid-value", at: select.location,
        "'select' is 'first' or a variable of the path, like \"{engine}\"")
      return .first
    }
    if sockets.contains(where: { $0.key == nil }) {
      diagnostics.error(
        "invalid-value", at: select.location, "sockets without names cannot be selected by name",
        resolution: "write them as 'sockets: { 0: PATH, 1: PATH }'")
    }
    return .variable(variable)
  }

  /// `{name}` to `name`.
  static func variable(_ text: String) -> String? {
    guard text.hasPrefix("{"), text.hasSuffix("}"), text.count > 2 else { return nil }
    return String(text.dropFirst().dropLast())
  }

  private func protobuf(_ value: CheckedValue) -> ProtobufSchemaConfiguration {
    var protobuf = ProtobufSchemaConfiguration(files: paths(value["files"]))
    protobuf.include = paths(value["include"])
    // A bare name is looked for in PATH.
    protobuf.protoc = value["protoc"]?.text.map { $0.contains("/") ? resolve($0) : $0 } ?? protobuf.protoc
    protobuf.names = value["names"]?.choice() ?? protobuf.names
    protobuf.emitDefaults = value["emit_defaults"]?.boolean ?? protobuf.emitDefaults
    protobuf.json = jsonForm(value)
    return protobuf
  }

  private func paths(_ value: CheckedValue?) -> [Located] {
    value?.elements.compactMap(\.located).map { Located(resolve($0.text), at: $0.location) } ?? []
  }

  private func jsonForm(_ value: CheckedValue) -> JSONFormConfiguration {
    var json = JSONFormConfiguration()
    json.enums = value["enums"]?.choice() ?? json.enums
    json.int64 = value["int64"]?.choice() ?? json.int64
    json.nonFinite = value["non_finite"]?.choice() ?? json.nonFinite
    json.caseInsensitiveEnums = value["case_insensitive_enums"]?.boolean ?? json.caseInsensitiveEnums
    json.unknownFields = value["unknown_fields"]?.choice() ?? json.unknownFields
    return json
  }

  private mutating func dds(_ value: CheckedValue) -> DDSServiceConfiguration {
    var dds = DDSServiceConfiguration(
      dialect: value["dialect"]?.located ?? Located("omg-basic", at: value.location),
      service: value["service"]?.located ?? Located("Service", at: value.location))
    dds.domain = value["domain"]?.integer ?? dds.domain
    dds.request = value["request"]?.located
    dds.reply = value["reply"]?.located
    dds.requestTopic = value["request_topic"]?.text
    dds.replyTopic = value["reply_topic"]?.text
    if let instance = value["instance"]?.located { self.instance(instance, &dds) }
    dds.instanceHeader = value["instance_header"]?.boolean ?? dds.instanceHeader
    dds.partition = value["partition"]?.text ?? dds.partition
    dds.qos = value["qos"].map { qos($0) } ?? dds.qos
    dds.interface = value["interface"]?.text
    dds.multicast = value["multicast"]?.boolean ?? dds.multicast
    dds.peers = value["peers"]?.elements.compactMap(\.text) ?? dds.peers
    dds.lease = value["lease"]?.duration ?? dds.lease
    dds.matchTimeout = value["match_timeout"]?.duration ?? dds.matchTimeout
    dds.settle = value["settle"]?.duration ?? dds.settle
    dds.inFlight = value["in_flight"]?.integer ?? dds.inFlight
    dds.requireSingle = value["require_single"]?.boolean ?? dds.requireSingle
    dds.representation = value["representation"]?.choice() ?? dds.representation
    dds.extensibility = value["extensibility"]?.choice() ?? dds.extensibility
    dds.exceptionHash = value["exception_hash"]?.choice() ?? dds.exceptionHash
    dds.security = value["security"].flatMap { security($0) }
    dds.cycloneXML = value["cyclonedds_xml"]?.text
    return dds
  }

  /// A name as it is, or the variable of the paths that gives it.
  private mutating func instance(_ instance: Located, _ dds: inout DDSServiceConfiguration) {
    let text = instance.text
    guard text.contains("{") || text.contains("}") else {
      dds.instance = text
      return
    }
    let name = text.dropFirst().dropLast()
    guard text.hasPrefix("{"), text.hasSuffix("}"), !name.isEmpty,
      !name.contains(where: { "{}".contains($0) })
    else {
      diagnostics.error(
        "invalid-value", at: instance.location,
        "'instance' is a name, or '{name}' for a variable of the path; not '\(text)'")
      return
    }
    dds.instanceVariable = Located(String(name), at: instance.location)
  }

  private mutating func qos(_ value: CheckedValue) -> DDSQoSConfiguration {
    var qos = DDSQoSConfiguration()
    qos.reliability = value["reliability"]?.text.map { $0 == "reliable" ? .reliable : .bestEffort }
    qos.durability = value["durability"]?.text.map { $0 == "volatile" ? .volatile : .transientLocal }
    let depth = value["depth"]?.integer.map { Int32(clamping: $0) }
    switch value["history"]?.text {
    case "keep_all": qos.history = .keepAll
    case "keep_last": qos.history = .keepLast(depth ?? 1)
    default: qos.history = depth.map { .keepLast($0) }
    }
    if qos.history == .keepAll, let depth = value["depth"] {
      diagnostics.error(
        "conflicting-keys", at: depth.location, "'depth' has no effect beside 'history: keep_all'")
    }
    qos.deadline = value["deadline"]?.duration
    qos.lifespan = value["lifespan"]?.duration
    return qos
  }

  /// Nil when a file is missing, after a diagnostic.
  private func security(_ value: CheckedValue) -> DDSSecurityConfiguration? {
    func file(_ key: String) -> String? { value[key]?.text.map(resolve) }
    guard let identityCA = file("identity_ca"), let certificate = file("certificate"),
      let privateKey = file("private_key"), let permissionsCA = file("permissions_ca"),
      let governance = file("governance"), let permissions = file("permissions")
    else { return nil }
    return DDSSecurityConfiguration(
      identityCA: identityCA, certificate: certificate, privateKey: privateKey,
      permissionsCA: permissionsCA, governance: governance, permissions: permissions)
  }

  private mutating func idl(_ value: CheckedValue) -> IDLSchemaConfiguration {
    var idl = IDLSchemaConfiguration(files: paths(value["files"]))
    idl.include = paths(value["include"])
    idl.defines = (value["defines"]?.entries ?? []).compactMap { key, value in
      value.text.map { (key.text, $0) }
    }
    idl.interface = value["interface"]?.located
    switch value["extensibility"]?.text {
    case "appendable": idl.extensibility = .appendable
    case "mutable": idl.extensibility = .mutable
    default: idl.extensibility = .final
    }
    idl.json = jsonForm(value)
    idl.conventions = value["json"]?.choice() ?? idl.conventions
    if idl.conventions == .ddsJSON {
      for key in ["int64", "octets"] {
        guard let stray = value[key] else { continue }
        diagnostics.error(
          "conflicting-keys", at: stray.location, "'\(key)' has no effect beside 'json: dds-json'")
      }
    }
    idl.missing = value["missing"]?.choice() ?? idl.missing
    idl.octets = value["octets"]?.choice() ?? idl.octets
    idl.enumCollections = value["enum_collections"]?.choice() ?? idl.enumCollections
    return idl
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
