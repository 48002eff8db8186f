internal import IDLSchema
internal import ProtobufSchema
package import SchemaModel

/// The configuration that `drawbridge init` prints: complete, commented, and accepted by `drawbridge check`.
package enum StarterConfiguration {
  /// How an IDL service is reached.
  package struct DDSOptions {
    package var domain: Int
    /// Only peers of this host.
    package var isLocal: Bool
    package var includePaths: [String]

    package init(domain: Int, isLocal: Bool, includePaths: [String]) {
      self.domain = domain
      self.isLocal = isLocal
      self.includePaths = includePaths
    }
  }

  /// Nil after a diagnostic.
  package static func idl(
    file: String, interface: String?, options: DDSOptions, diagnostics: inout Diagnostics
  ) -> String? {
    guard
      var schema = IDLSchemaLoader.load(
        sources: [.file(path: file)], options: IDLOptions(includePaths: options.includePaths),
        diagnostics: &diagnostics),
      let dialect = Dialect.named("omg-basic", at: nil, diagnostics: &diagnostics)
    else { return nil }
    guard let name = interface ?? (schema.interfaces.count == 1 ? schema.interfaces[0].name : nil) else {
      let names = schema.interfaces.map(\.name).joined(separator: ", ")
      diagnostics.error(
        "missing-option", at: SourceLocation(file: file),
        names.isEmpty ? "the IDL has no interface" : "name one of its interfaces: \(names)")
      return nil
    }
    guard let index = schema.interface(named: name, at: nil, diagnostics: &diagnostics),
      let service = schema.addService(
        interface: index, options: ServiceOptions(dialect: dialect), diagnostics: &diagnostics)
    else { return nil }
    let methods = schema.model.methods[schema.model.services[service].methods]
    let title = RoutePlan.kebab(schema.interfaces[index].unqualifiedName)
    var yaml = StarterText(source: file)
    yaml.service(title)
    yaml.add(4, "dds:")
    yaml.add(6, "domain: \(options.domain)")
    yaml.add(
      6,
      "# dialect: omg-basic            # how the servers map interfaces to topics; or eprosima-rpc, rti-connext"
    )
    yaml.add(6, "# service: Service              # the service name in the topics")
    yaml.add(6, "# instance: \"\"                  # only servers with this instance name")
    let mark = options.isLocal ? "" : "# "
    yaml.add(6, "\(mark)interface: lo                 # one network interface; by default Cyclone's choice")
    yaml.add(6, "\(mark)multicast: false")
    yaml.add(6, "\(mark)peers: [127.0.0.1]")
    yaml.add(4, "idl:")
    yaml.add(6, "files: [\(StarterText.quoted(file))]")
    if !options.includePaths.isEmpty {
      yaml.add(6, "include: [\(options.includePaths.map(StarterText.quoted).joined(separator: ", "))]")
    }
    yaml.add(6, "interface: \(StarterText.quoted(schema.interfaces[index].name))")
    yaml.prefix(title)
    let raised = Set(methods.flatMap(\.exceptions)).map { schema.model[$0].name }.sorted()
    if !raised.isEmpty {
      yaml.add(4, "exceptions:                       # HTTP statuses of declared exceptions")
      for name in raised { yaml.add(6, "\(StarterText.quoted(name)): 422") }
    }
    yaml.routes(Array(methods), in: schema.model)
    return yaml.text
  }

  /// Nil after a diagnostic.
  package static func protobuf(
    file: String, socket: String?, diagnostics: inout Diagnostics
  ) -> String? {
    guard
      let schema = ProtobufSchemaLoader.load(
        sources: [ProtobufSource(path: file)], diagnostics: &diagnostics)
    else { return nil }
    let numbered = schema.model.methods.indices.filter { schema.addresses[$0] != nil }
    let methods = numbered.map { schema.model.methods[$0] }
    let unnumbered = schema.model.methods.indices.filter { schema.addresses[$0] == nil }
    let owner = numbered.first.flatMap { schema.addresses[$0]?.service } ?? ""
    let title = owner.isEmpty ? "service" : owner
    var yaml = StarterText(source: file)
    yaml.service(title)
    yaml.add(4, "drpc:")
    yaml.add(
      6,
      "sockets: \(StarterText.quoted(socket ?? "/var/run/\(title).sock"))   # a path, which may hold `*`, or several"
    )
    yaml.add(6, "# framing: auto                 # raw up to DAOS 2.6, chunked from 2.8")
    yaml.add(6, "# connections: 8")
    let guarded = numbered.filter { index in
      guard let address = schema.addresses[index] else { return false }
      return GuardedMethods.reason(module: address.module, method: address.method) != nil
    }
    if !guarded.isEmpty {
      let names = guarded.map { schema.model.methods[$0].name }.joined(separator: ", ")
      yaml.add(6, "# allow: [\(names)]   # methods that are off unless they stand here")
    }
    yaml.add(4, "protobuf:")
    yaml.add(6, "files: [\(StarterText.quoted(file))]")
    yaml.add(6, "# names: original               # field names as in the schema, instead of lowerCamelCase")
    if methods.contains(where: { hasStatus($0, schema.model) }) {
      yaml.add(4, "body_status: { field: status, codes: daos }   # replies carry an outcome of their own")
    }
    yaml.prefix(title)
    let proposals = unnumbered.map { proposal(schema.model.methods[$0], schema.model) } + pairs(schema.model)
    if numbered.isEmpty || !proposals.isEmpty {
      yaml.add(
        4, "# methods:                       # module and method numbers that the schema does not state")
      for line in proposals { yaml.add(4, "#   " + line) }
    }
    yaml.routes(methods, in: schema.model)
    return yaml.text
  }

  /// Whether replies have what DAOS replies have.
  private static func hasStatus(_ method: MethodDefinition, _ model: SchemaModel) -> Bool {
    guard let response = method.response, case .record(let fields) = model[response].shape else {
      return false
    }
    return model.fields[fields].contains { field in
      guard case .primitive(.int32, _) = model[field.type].shape else { return false }
      return field.name == "status"
    }
  }

  private static func proposal(_ method: MethodDefinition, _ model: SchemaModel) -> String {
    let (request, response) = (method.request.map { model[$0].name }, method.response.map { model[$0].name })
    return "\(method.name): { id: MODULE/METHOD"
      + (request.map { ", request: \($0)" } ?? "") + (response.map { ", response: \($0)" } ?? "") + " }"
  }

  /// Schemas that declare no services often have pairs of messages, `XReq` and `XResp`.
  private static func pairs(_ model: SchemaModel) -> [String] {
    guard model.methods.isEmpty else { return [] }
    return model.typesByName.keys.sorted().compactMap { request in
      guard request.hasSuffix("Req") else { return nil }
      let stem = request.dropLast(3)
      guard let response = model.typesByName["\(stem)Resp"] else { return nil }
      let name = stem.split(separator: ".").last.map(String.init) ?? request
      return "\(name): { id: MODULE/METHOD, request: \(request), response: \(model[response].name) }"
    }
  }
}
