package import Routing
package import SchemaModel
package import Transcoding

/// One route, with every name resolved. Immutable.
package final class CompiledRoute: Sendable {
  /// Where the body goes.
  package enum Body: Sendable, Equatable {
    /// The route takes no body.
    case none
    /// Empty path: the whole request message.
    case field(FieldPath)
  }

  package let service: CompiledService
  package let method: MethodID
  /// `engine.PoolQuery`, for logs and problems.
  package let operation: String
  /// `GET /v1/pools/{id}`
  package let summary: String
  /// The service's, or one that treats unknown fields as this route says.
  package let codec: any BodyCodec
  package let request: TypeID?
  package let response: TypeID?
  package let body: Body
  /// The field of the reply that is the answer; empty for all of it.
  package let responsePath: FieldPath
  package let pathBinder: PathBinder
  package let queryBinder: QueryBinder
  /// `set` and `default` of the configuration.
  package let constants: ConstantBinder
  /// Whether path, configuration or header fields may give fields to every request.
  let bindsFields: Bool
  /// Nil unless the path names the server.
  let peer: PeerSelector?
  /// Of which the first that fits the request is made before the call.
  let lookups: [Lookup]
  /// Nanoseconds.
  package let timeout: UInt64
  /// Status of a success.
  package let success: Int
  /// The reply's own status; nil when replies have none.
  package let bodyStatus: BodyStatus?
  package let mapping: StatusMapping
  package let errorFormat: ErrorFormat
  /// Unknown fields and parameters are named in the answer, not refused.
  package let ignoresUnknown: Bool
  /// Nil for most routes.
  package let extras: RouteExtras?
  package let source: Source
  /// GET: the call may be given up when the client leaves, and the answer may be kept by caches.
  package let isRead: Bool
  /// Nil: a call has one reply.
  package let replies: ReplyRule?

  /// Who wrote the route.
  package enum Source: String, Sendable { case configuration, schema, implicit }

  package struct BodyStatus: Sendable {
    let field: FieldID
    /// Negative numbers only (DAOS); otherwise any number but 0 is a failure.
    let isDAOS: Bool

    /// Nil for replies without the field, as a 32-bit integer of their own.
    init?(_ configured: BodyStatusConfiguration?, of response: TypeID?, in model: SchemaModel) {
      guard let configured, let response, case .record(let fields) = model[response].shape,
        let index = fields.first(where: { model.fields[$0].name == configured.field.text }),
        case .primitive(.int32, _) = model[model.fields[index].type].shape
      else { return nil }
      field = FieldID(rawValue: Int32(clamping: index))
      isDAOS = configured.codes == .daos
    }

    func isFailure(_ number: Int64) -> Bool { isDAOS ? number < 0 : number != 0 }
  }

  init(
    service: CompiledService, method: MethodID, operation: String, summary: String, codec: any BodyCodec,
    request: TypeID?,
    response: TypeID?, body: Body, responsePath: FieldPath, pathBinder: PathBinder, queryBinder: QueryBinder,
    constants: ConstantBinder, peer: PeerSelector?, lookups: [Lookup], timeout: UInt64, success: Int,
    bodyStatus: BodyStatus?,
    mapping: StatusMapping, errorFormat: ErrorFormat, ignoresUnknown: Bool, extras: RouteExtras?,
    source: Source, isRead: Bool, replies: ReplyRule?
  ) {
    self.service = service
    self.method = method
    self.operation = operation
    self.summary = summary
    self.codec = codec
    self.request = request
    self.response = response
    self.body = body
    self.responsePath = responsePath
    self.pathBinder = pathBinder
    self.queryBinder = queryBinder
    self.constants = constants
    bindsFields =
      !pathBinder.isEmpty || !constants.isEmpty || peer != nil || !lookups.isEmpty
      || extras != nil
    self.peer = peer
    self.lookups = lookups
    self.timeout = timeout
    self.success = success
    self.bodyStatus = bodyStatus
    self.mapping = mapping
    self.errorFormat = errorFormat
    self.ignoresUnknown = ignoresUnknown
    self.extras = extras
    self.source = source
    self.isRead = isRead
    self.replies = replies
  }
}
