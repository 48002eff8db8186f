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
    for service in configuration.services { builder.add(service) }
    let router = Router.build(builder.definitions, diagnostics: &builder.diagnostics)
    diagnostics.append(contentsOf: builder.diagnostics)
    if diagnostics.hasErrors { return nil }
    return Snapshot(router: router, routes: builder.routes, services: builder.services)
  }

  private init(_ configuration: Configuration, makeBackend: @escaping MakeBackend) {
    self.configuration = configuration
    self.makeBackend = makeBackend
  }

  private mutating func add(_ service: ServiceConfiguration) {
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
      name: service.name, model: schema.model, codec: codec, backend: backend ?? UnconnectedBackend())
    services.append(compiled)
    let compiler = RouteCompiler(
      service: compiled, configuration: service, methods: schema.methods, codecs: codecs,
      limits: configuration.limits)
    compiler.compile(into: &definitions, &routes, diagnostics: &diagnostics)
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
