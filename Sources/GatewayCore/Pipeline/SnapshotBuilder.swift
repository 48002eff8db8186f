internal import ProtobufSchema
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
    /// By `MethodID`; nil for methods that the schema declares and the configuration gives no number.
    package let addresses: [MethodAddress?]
  }

  /// Where a dRPC server finds a method.
  package struct MethodAddress: Sendable {
    package let name: String
    package let module: Int32
    package let method: Int32
  }

  private let configuration: Configuration
  private let makeBackend: (BackendPlan) -> any RPCBackend
  private var diagnostics = Diagnostics()
  private var definitions: [RouteDefinition] = []
  private var routes: [CompiledRoute] = []
  private var services: [CompiledService] = []

  /// Appends what is wrong to `diagnostics`; nil when there are errors. No backend is made then.
  package static func build(
    _ configuration: Configuration, diagnostics: inout Diagnostics,
    makeBackend: @escaping (BackendPlan) -> any RPCBackend
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

  private init(_ configuration: Configuration, makeBackend: @escaping (BackendPlan) -> any RPCBackend) {
    self.configuration = configuration
    self.makeBackend = makeBackend
  }

  private mutating func add(_ service: ServiceConfiguration) {
    guard case .protobuf(let files) = service.schema,
      var schema = ProtobufSchemaLoader.load(
        sources: files.files.map { ProtobufSource(path: $0.text) },
        includePaths: files.include.map(\.text), protoc: files.protoc, diagnostics: &diagnostics)
    else { return }
    let methods = addMethods(of: service, to: &schema)
    let codec = Self.codec(schema, files, files.unknownFields)
    var codecs: [UnknownFields: any BodyCodec] = [files.unknownFields: codec]
    for rule in service.routes.compactMap(\.unknownFields) where codecs[rule] == nil {
      codecs[rule] = Self.codec(schema, files, rule)
    }
    var addresses = [MethodAddress?](repeating: nil, count: schema.model.methods.count)
    for method in methods.values {
      addresses[Int(method.id.rawValue)] = MethodAddress(
        name: method.configuration.name.text, module: method.configuration.module,
        method: method.configuration.method)
    }
    let backend: any RPCBackend =
      diagnostics.hasErrors
      ? UnconnectedBackend() : makeBackend(BackendPlan(service: service, addresses: addresses))
    let compiled = CompiledService(
      name: service.name, model: schema.model, codec: codec, backend: backend)
    services.append(compiled)
    let compiler = RouteCompiler(
      service: compiled, configuration: service, methods: methods, codecs: codecs,
      limits: configuration.limits)
    compiler.compile(into: &definitions, &routes, diagnostics: &diagnostics)
  }

  private static func codec(
    _ schema: ProtobufSchema, _ files: ProtobufSchemaConfiguration, _ unknownFields: UnknownFields
  ) -> ProtobufCodec {
    var options = JSONOptions(files)
    options.unknownFields = unknownFields == .error ? .error : .ignore
    return ProtobufCodec(
      model: schema.model, wire: schema.wire, options: options, limits: TranscodingLimits())
  }

  /// Adds the methods that the configuration names to the schema's own.
  private mutating func addMethods(
    of service: ServiceConfiguration, to schema: inout ProtobufSchema
  ) -> [String: NamedMethod] {
    var methods: [String: NamedMethod] = [:]
    for method in service.methods {
      let definition = MethodDefinition(
        name: method.name.text, request: message(method.request, in: schema),
        response: message(method.response, in: schema))
      let id = MethodID(rawValue: Int32(clamping: schema.model.methods.count))
      schema.model.methods.append(definition)
      methods[method.name.text] = NamedMethod(id: id, configuration: method)
    }
    return methods
  }

  private mutating func message(_ name: Located?, in schema: ProtobufSchema) -> TypeID? {
    name.flatMap { schema.message(named: $0.text, at: $0.location, diagnostics: &diagnostics) }
  }
}

/// A method of a service by the name that the configuration gives it.
struct NamedMethod {
  let id: MethodID
  let configuration: MethodConfiguration
}

extension JSONOptions {
  /// What the configuration says about a service's JSON, but for unknown fields: routes differ in those.
  init(_ configuration: ProtobufSchemaConfiguration) {
    self.init()
    enums = configuration.enums == .names ? .names : .numbers
    names = configuration.names == .json ? .json : .original
    int64 = configuration.int64 == .string ? .string : .number
    emitDefaults = configuration.emitDefaults
    caseInsensitiveEnums = configuration.caseInsensitiveEnums
    switch configuration.nonFinite {
    case .string: nonFinite = .string
    case .null: nonFinite = .null
    case .error: nonFinite = .error
    }
  }
}
