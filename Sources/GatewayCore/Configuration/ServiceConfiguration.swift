package import SchemaModel

/// One service: a backend, its schema, and its face in HTTP.
package struct ServiceConfiguration: Sendable {
  /// What the routes of a service are made of.
  package enum Exposure: String, Sendable, CaseIterable {
    /// Only methods with a route.
    case routes
    /// Every method, at `POST /rpc/{service}/{method}` where it has no route.
    case all
  }

  package var name: String
  package var location: SourceLocation
  package var backend: BackendConfiguration
  package var schema: SchemaConfiguration
  /// Nil when replies carry no status of their own.
  package var bodyStatus: BodyStatusConfiguration?
  /// Methods that the configuration names, in the order of the file.
  package var methods: [MethodConfiguration]
  /// Stands before each of the service's paths; empty for none.
  package var prefix: Located
  package var routes: [RouteConfiguration]
  /// Nil: `all` exactly when neither configuration nor schema gives the service a route.
  package var expose: Exposure?
  package var errors: [StatusOverride]
  package var errorFormat = ErrorFormat.problem
  /// Status of a success, of every route that does not state its own; nil for 200.
  package var success: Int?
  /// Of every route that does not state its own.
  package var timeout: Duration = .seconds(30)

  package init(
    name: String, location: SourceLocation, backend: BackendConfiguration, schema: SchemaConfiguration,
    bodyStatus: BodyStatusConfiguration? = nil, methods: [MethodConfiguration] = [],
    prefix: Located? = nil, routes: [RouteConfiguration] = [], expose: Exposure? = nil,
    errors: [StatusOverride] = []
  ) {
    self.name = name
    self.location = location
    self.backend = backend
    self.schema = schema
    self.bodyStatus = bodyStatus
    self.methods = methods
    self.prefix = prefix ?? Located("", at: location)
    self.routes = routes
    self.expose = expose
    self.errors = errors
  }
}

/// What a service talks to.
package enum BackendConfiguration: Sendable {
  case drpc(DRPCServiceConfiguration)
  case dds(DDSServiceConfiguration)

  /// The variable of the path that names the server a call goes to; nil when the path says nothing about it.
  package var peerVariable: String? {
    switch self {
    case .drpc(let drpc): if case .variable(let name) = drpc.select { name } else { nil }
    case .dds(let dds): dds.instanceVariable?.text
    }
  }

  /// Whether the header `Drawbridge-Instance` may name it.
  package var readsInstanceHeader: Bool {
    if case .dds(let dds) = self { dds.instanceHeader } else { false }
  }

  /// The names that the variable may have; nil for any.
  package var peerNames: [String]? {
    if case .drpc(let drpc) = self { return drpc.sockets.compactMap(\.key) }
    return nil
  }
}

/// What describes a service's messages: protobuf for dRPC, IDL for DDS-RPC.
package enum SchemaConfiguration: Sendable {
  case protobuf(ProtobufSchemaConfiguration)
  case idl(IDLSchemaConfiguration)

  package var unknownFields: UnknownFields {
    switch self {
    case .protobuf(let protobuf): protobuf.json.unknownFields
    case .idl(let idl): idl.json.unknownFields
    }
  }
}

/// Where the outcome stands inside a reply.
package struct BodyStatusConfiguration: Sendable {
  package enum Codes: String, Sendable, CaseIterable {
    /// Negative numbers are DAOS errors, mapped by the DAOS table.
    case daos
    /// Any number but 0 is an error without a name.
    case none
  }

  /// A top-level int32 of the replies; replies without it have no body status.
  package var field: Located
  package var codes: Codes

  package init(field: Located, codes: Codes = .daos) {
    self.field = field
    self.codes = codes
  }
}

/// A method that no schema declares, or whose number the schema does not know.
package struct MethodConfiguration: Sendable {
  package var name: Located
  /// dRPC module and method number: `2/223`.
  package var module: Int32
  package var method: Int32
  /// Message names; nil for no body.
  package var request: Located?
  package var response: Located?

  package init(
    name: Located, module: Int32, method: Int32, request: Located? = nil, response: Located? = nil
  ) {
    self.name = name
    self.module = module
    self.method = method
    self.request = request
    self.response = response
  }
}
