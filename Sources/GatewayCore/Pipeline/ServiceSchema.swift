internal import IDLSchema
internal import ProtobufSchema
internal import SchemaModel
internal import Transcoding

/// A service's schema, loaded: its types, its methods, and what translates its bodies.
struct ServiceSchema {
  let model: SchemaModel
  /// In the order of the configuration, or of the IDL.
  let methods: [NamedMethod]
  let addresses: SnapshotBuilder.Addresses
  /// HTTP statuses of exceptions, as the schema states them.
  let statuses: [StatusOverride]
  private let makeCodec: (UnknownFields) -> any BodyCodec

  private init(
    model: SchemaModel, methods: [NamedMethod], addresses: SnapshotBuilder.Addresses,
    statuses: [StatusOverride] = [], makeCodec: @escaping (UnknownFields) -> any BodyCodec
  ) {
    self.model = model
    self.methods = methods
    self.addresses = addresses
    self.statuses = statuses
    self.makeCodec = makeCodec
  }

  func codec(_ unknownFields: UnknownFields) -> any BodyCodec { makeCodec(unknownFields) }

  /// Nil for methods that have no number.
  func address(of method: MethodID) -> SnapshotBuilder.MethodAddress? {
    guard case .drpc(let addresses) = addresses, addresses.indices.contains(Int(method.rawValue)) else {
      return nil
    }
    return addresses[Int(method.rawValue)]
  }

  /// Nil after a diagnostic.
  static func load(_ service: ServiceConfiguration, diagnostics: inout Diagnostics) -> ServiceSchema? {
    switch (service.schema, service.backend) {
    case (.protobuf(let files), _): protobuf(files, service, &diagnostics)
    case (.idl(let files), .dds(let dds)): idl(files, dds, &diagnostics)
    case (.idl, .drpc): nil
    }
  }

  // MARK: Protobuf

  /// The methods are those that the configuration names, and those to which the schema gives numbers.
  private static func protobuf(
    _ files: ProtobufSchemaConfiguration, _ service: ServiceConfiguration, _ diagnostics: inout Diagnostics
  ) -> ServiceSchema? {
    guard
      var schema = ProtobufSchemaLoader.load(
        sources: files.files.map { ProtobufSource(path: $0.text) },
        includePaths: files.include.map(\.text), protoc: files.protoc, diagnostics: &diagnostics)
    else { return nil }
    let declared = schema.model.methods.count
    var methods: [NamedMethod] = []
    for method in service.methods {
      func message(_ name: Located?) -> TypeID? {
        name.flatMap { schema.message(named: $0.text, at: $0.location, diagnostics: &diagnostics) }
      }
      var definition = MethodDefinition(
        name: method.name.text, request: message(method.request), response: message(method.response))
      definition.routes = schema.model.methods[..<declared].first { $0.name == definition.name }?.routes ?? []
      methods.append(
        NamedMethod(id: MethodID(rawValue: Int32(clamping: schema.model.methods.count)), name: method.name))
      schema.model.methods.append(definition)
    }
    methods += annotated(schema, declared, service, beside: methods, &diagnostics)
    let addresses: [SnapshotBuilder.MethodAddress?] =
      (0..<declared).map { index in
        schema.addresses[index].map {
          .init(name: schema.model.methods[index].name, module: $0.module, method: $0.method)
        }
      } + service.methods.map { .init(name: $0.name.text, module: $0.module, method: $0.method) }
    let (model, wire) = (schema.model, schema.wire)
    return ServiceSchema(model: model, methods: methods, addresses: .drpc(addresses)) {
      ProtobufCodec(model: model, wire: wire, options: JSONOptions(files, $0))
    }
  }

  /// The rpcs that state where a dRPC server finds them, for this service or for any.
  private static func annotated(
    _ schema: ProtobufSchema, _ declared: Int, _ service: ServiceConfiguration, beside named: [NamedMethod],
    _ diagnostics: inout Diagnostics
  ) -> [NamedMethod] {
    var taken = Set(named.map(\.name.text))
    let configured = taken
    var methods: [NamedMethod] = []
    for index in 0..<declared {
      guard let address = schema.addresses[index], [service.name, ""].contains(address.service) else {
        continue
      }
      let name = schema.model.methods[index].name
      if !taken.insert(name).inserted {
        if configured.contains(name) { continue }
        diagnostics.error(
          "duplicate-name", at: service.location, "two services of the schema have a method '\(name)'",
          resolution: "state in (drawbridge.drpc_service) which service of the configuration each belongs to")
        continue
      }
      methods.append(
        NamedMethod(id: MethodID(rawValue: Int32(clamping: index)), name: Located(name, at: service.location))
      )
    }
    return methods
  }

  // MARK: IDL

  /// The methods are the operations of the interface.
  private static func idl(
    _ files: IDLSchemaConfiguration, _ dds: DDSServiceConfiguration, _ diagnostics: inout Diagnostics
  ) -> ServiceSchema? {
    let options = IDLOptions(
      includePaths: files.include.map(\.text), defines: files.defines, extensibility: files.extensibility)
    guard let dialect = Dialect.named(dds.dialect.text, at: dds.dialect.location, diagnostics: &diagnostics),
      var schema = IDLSchemaLoader.load(
        sources: files.files.map { .file(path: $0.text) }, options: options, diagnostics: &diagnostics)
    else { return nil }
    if dialect.envelope == .bare, dds.instanceHeader || dds.instanceVariable != nil || !dds.instance.isEmpty {
      diagnostics.error(
        "unsupported-construct", at: dds.dialect.location,
        "requests of the dialect '\(dialect.name)' have no place for an instance name",
        resolution: "remove 'instance' and 'instance_header'; another 'service' has topics of its own")
      return nil
    }
    let service = ServiceOptions(
      dialect: dialect, service: dds.service.text, requestTopic: dds.requestTopic, replyTopic: dds.replyTopic,
      extensibility: dds.extensibility, exceptionHash: dds.exceptionHash, location: dds.service.location)
    let place = files.interface?.location ?? dds.service.location
    guard let index = addService(files, dds, service, to: &schema, at: place, &diagnostics) else {
      return nil
    }
    var topics = schema.rpc
    for row in topics.interfaces.indices { dds.qos.apply(to: &topics.interfaces[row].qos) }
    let methods = schema.model.services[index].methods.map {
      NamedMethod(
        id: MethodID(rawValue: Int32(clamping: $0)), name: Located(schema.model.methods[$0].name, at: place))
    }
    var wire = schema.wire
    wire.enumCollectionsArePrimitive = files.enumCollections == .primitive
    let (model, frozen) = (schema.model, wire)
    let statuses = statuses(schema, at: place, &diagnostics)
    return ServiceSchema(model: model, methods: methods, addresses: .dds(topics), statuses: statuses) {
      CDRCodec(model: model, wire: frozen, options: JSONOptions(files, $0))
    }
  }

  /// `@http_status` of exceptions.
  private static func statuses(
    _ schema: IDLSchema, at place: SourceLocation, _ diagnostics: inout Diagnostics
  ) -> [StatusOverride] {
    let stated = schema.annotations.compactMap { type, annotations in
      annotations.last { $0.name == "http_status" }.map {
        (name: schema.model[type].name, text: $0["value"] ?? "")
      }
    }
    return stated.sorted { $0.name < $1.name }.compactMap { name, text in
      guard let status = Int(text), (400...599).contains(status) else {
        diagnostics.error(
          "out-of-range", at: place, "'@http_status' of '\(name)' is not a number from 400 to 599")
        return nil
      }
      return StatusOverride(failure: .exception(name), status: status, location: place)
    }
  }

  private static func addService(
    _ files: IDLSchemaConfiguration, _ dds: DDSServiceConfiguration, _ options: ServiceOptions,
    to schema: inout IDLSchema, at place: SourceLocation, _ diagnostics: inout Diagnostics
  ) -> Int? {
    switch (dds.request, dds.reply) {
    case (let request?, let reply?):
      return schema.addService(
        request: request.text, reply: reply.text, options: options, diagnostics: &diagnostics)
    case (let one?, nil), (nil, let one?):
      diagnostics.error(
        "missing-key", at: one.location, "a pair of types has both 'request' and 'reply'")
      return nil
    case (nil, nil): break
    }
    let interface: Int?
    if let name = files.interface {
      interface = schema.interface(named: name.text, at: name.location, diagnostics: &diagnostics)
    } else if schema.interfaces.count == 1 {
      interface = 0
    } else {
      let names = schema.interfaces.map(\.name).joined(separator: ", ")
      diagnostics.error(
        "missing-key", at: place,
        names.isEmpty ? "the IDL has no interface" : "the IDL has several interfaces: \(names)",
        resolution: names.isEmpty
          ? "name the types with 'request' and 'reply' under 'dds'" : "name one with 'interface' under 'idl'")
      interface = nil
    }
    return interface.flatMap {
      schema.addService(interface: $0, options: options, diagnostics: &diagnostics)
    }
  }
}

/// A method of a service by the name that routes use.
struct NamedMethod {
  let id: MethodID
  let name: Located
}

extension JSONOptions {
  /// What the configuration says about a service's JSON, but for unknown fields: routes differ in those.
  private init(_ form: JSONFormConfiguration, _ unknownFields: GatewayCore.UnknownFields) {
    self.init()
    enums = form.enums == .names ? .names : .numbers
    int64 = form.int64 == .string ? .string : .number
    caseInsensitiveEnums = form.caseInsensitiveEnums
    switch form.nonFinite {
    case .string: nonFinite = .string
    case .null: nonFinite = .null
    case .error: nonFinite = .error
    }
    self.unknownFields = unknownFields == .error ? .error : .ignore
  }

  fileprivate init(_ protobuf: ProtobufSchemaConfiguration, _ unknownFields: GatewayCore.UnknownFields) {
    self.init(protobuf.json, unknownFields)
    names = protobuf.names == .json ? .json : .original
    emitDefaults = protobuf.emitDefaults
  }

  fileprivate init(_ idl: IDLSchemaConfiguration, _ unknownFields: GatewayCore.UnknownFields) {
    self.init(idl.json, unknownFields)
    missing = idl.missing == .error ? .error : .default
    octets = idl.octets == .base64 ? .base64 : .array
    if idl.conventions == .ddsJSON {
      conventions = .ddsJSON
      names = .original
      octets = .array
    }
  }
}
