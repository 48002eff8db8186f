package import RPCCore
internal import Routing
package import SchemaModel
internal import Transcoding

/// Compiles a configuration, with the schema files that it names, to a snapshot.
///
/// Everything that is wrong is reported, not only the first thing.
package struct SnapshotBuilder {
  /// What a backend is made from.
  package struct BackendPlan: Sendable {
    package let service: ServiceConfiguration
    package let addresses: Addresses
  }

  /// How a backend finds its methods.
  package enum Addresses: Sendable {
    /// By `MethodID`; nil for methods that the schema declares and the configuration gives no number.
    case drpc([MethodAddress?])
    case dds(DDSRPCTable)
  }

  /// Makes a backend; nil after a diagnostic.
  package typealias MakeBackend = (BackendPlan, inout Diagnostics) -> (any RPCBackend)?

  /// Where a dRPC server finds a method.
  package struct MethodAddress: Sendable {
    package let name: String
    package let module: Int32
    package let method: Int32
  }

  private let configuration: Configuration
  private let makeBackend: MakeBackend
  private var diagnostics = Diagnostics()
  private var definitions: [RouteDefinition] = []
  private var routes: [CompiledRoute] = []
  private var services: [CompiledService] = []
  private var loaded: [Loaded] = []

  /// A service before its routes are compiled, which may refer to other services.
  private struct Loaded {
    let service: CompiledService
    let configuration: ServiceConfiguration
    let methods: [NamedMethod]
    let codecs: [UnknownFields: any BodyCodec]
    let statuses: [StatusOverride]
  }

  /// Appends what is wrong to `diagnostics`; nil when there are errors. No backend is made then.
  package static func build(
    _ configuration: Configuration, diagnostics: inout Diagnostics,
    makeBackend: @escaping MakeBackend
  ) -> Snapshot? {
    var builder = SnapshotBuilder(configuration, makeBackend: makeBackend)
    if let admin = configuration.admin {
      diagnostics.warning(
        "not-available", at: admin.location, "'admin' is read but not served by this version",
        resolution: "nothing listens on \(admin)")
    }
    for service in configuration.services { builder.load(service) }
    for service in builder.loaded { builder.compileRoutes(of: service) }
    let router = Router.build(builder.definitions, diagnostics: &builder.diagnostics)
    diagnostics.append(contentsOf: builder.diagnostics)
    if diagnostics.hasErrors { return nil }
    return Snapshot(
      router: router, routes: builder.routes, services: builder.services,
      trailingSlash: configuration.trailingSlash, cors: configuration.cors.map(CORSPolicy.init))
  }

  private init(_ configuration: Configuration, makeBackend: @escaping MakeBackend) {
    self.configuration = configuration
    self.makeBackend = makeBackend
  }

  private mutating func load(_ service: ServiceConfiguration) {
    guard let schema = ServiceSchema.load(service, diagnostics: &diagnostics) else { return }
    let unknownFields = service.schema.unknownFields
    let codec = schema.codec(unknownFields)
    var codecs: [UnknownFields: any BodyCodec] = [unknownFields: codec]
    for rule in service.routes.compactMap(\.unknownFields) where codecs[rule] == nil {
      codecs[rule] = schema.codec(rule)
    }
    checkExceptions(of: service, schema.model)
    let plan = BackendPlan(service: service, addresses: schema.addresses)
    let backend = diagnostics.hasErrors ? nil : makeBackend(plan, &diagnostics)
    let compiled = CompiledService(
      name: service.name, model: schema.model, codec: codec, backend: backend ?? UnconnectedBackend(),
      methods: methods(of: service, schema), plan: plan)
    services.append(compiled)
    loaded.append(
      Loaded(
        service: compiled, configuration: service, methods: schema.methods, codecs: codecs,
        statuses: schema.statuses))
  }

  private mutating func compileRoutes(of loaded: Loaded) {
    let compiler = RouteCompiler(
      service: loaded.service, configuration: loaded.configuration, methods: loaded.methods,
      codecs: loaded.codecs, schemaStatuses: loaded.statuses, limits: configuration.limits, services: services
    )
    compiler.compile(into: &definitions, &routes, diagnostics: &diagnostics)
  }

  // MARK: Methods

  private mutating func methods(of service: ServiceConfiguration, _ schema: ServiceSchema) -> [ServiceMethod]
  {
    var allowed: [Located] = []
    if case .drpc(let drpc) = service.backend { allowed = drpc.allow }
    var used: Set<String> = []
    var off: [String] = []
    let methods = schema.methods.map { method in
      let definition = schema.model[method.id]
      var obstacle: String?
      if let address = schema.address(of: method.id),
        let reason = GuardedMethods.reason(module: address.module, method: address.method)
      {
        let names = [method.name.text, "\(address.module)/\(address.method)"]
        used.formUnion(names)
        if !allowed.contains(where: { names.contains($0.text) }) {
          obstacle = "\(reason.text) and is off; 'allow: [\(names[0])]' under 'drpc' turns it on"
          off.append("\(names[0]) (\(names[1]))")
        }
      }
      return ServiceMethod(
        name: definition.name, id: method.id, request: definition.request, response: definition.response,
        bodyStatus: .init(service.bodyStatus, of: definition.response, in: schema.model), obstacle: obstacle)
    }
    report(off: off, of: service)
    for entry in allowed where !used.contains(entry.text) {
      diagnostics.error(
        "unknown-method", at: entry.location,
        "service '\(service.name)' has no guarded method '\(entry.text)'",
        resolution: EditDistance.nearest(to: entry.text, among: used.sorted()).map { "did you mean '\($0)'?" }
      )
    }
    return methods
  }

  private mutating func report(off: [String], of service: ServiceConfiguration) {
    if off.isEmpty { return }
    diagnostics.add(
      Diagnostic(
        .note, code: "methods-off", at: service.location,
        "service '\(service.name)': off are \(off.joined(separator: ", "))",
        resolution: "'allow' under 'drpc' turns each on by name"))
  }

  /// An override for an exception that no operation raises is a slip of the pen.
  private mutating func checkExceptions(of service: ServiceConfiguration, _ model: SchemaModel) {
    let raised = Set(model.methods.flatMap(\.exceptions).map { model[$0].name })
    for override in service.errors + service.routes.flatMap(\.errors) {
      guard case .exception(let name) = override.failure, !raised.contains(name) else { continue }
      diagnostics.error(
        "unknown-exception", at: override.location,
        "no operation of service '\(service.name)' raises '\(name)'",
        resolution: EditDistance.nearest(to: name, among: raised.sorted()).map { "did you mean '\($0)'?" })
    }
  }
}
