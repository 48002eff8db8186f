package import Routing
package import SchemaModel

/// One route of a method, as the configuration writes it; a method may have several.
package struct RouteConfiguration: Sendable {
  /// Where the request body's value goes.
  package enum Body: Sendable, Equatable {
    /// The request has no body.
    case none
    /// `"*"`: the whole message.
    case message
    /// A field path: `spec`, `spec.size`.
    case field(String)
  }

  /// One verb and path; the first of a route, then its `additional_bindings`.
  package struct Binding: Sendable {
    /// `GET`, `POST`, …; of `custom`, the kind as written (`*` for any method).
    package var verb: String
    /// As written, without the service's prefix.
    package var path: Located
    /// With the prefix.
    package var template: PathTemplate
    /// On POST, PUT and PATCH `message` when the configuration says nothing, otherwise `none`.
    package var body: Body
    package var bodyLocation: SourceLocation
    /// Field path of the reply that is the whole answer; nil for the message.
    package var responseBody: Located?

    package init(
      verb: String, path: Located, template: PathTemplate, body: Body, bodyLocation: SourceLocation,
      responseBody: Located? = nil
    ) {
      self.verb = verb
      self.path = path
      self.template = template
      self.body = body
      self.bodyLocation = bodyLocation
      self.responseBody = responseBody
    }
  }

  /// Name of the method.
  package var method: Located
  /// Never empty.
  package var bindings: [Binding]
  /// Fixed fields: the same field from a client is a collision.
  package var set: [FieldAssignment] = []
  /// Fields that yield to the client.
  package var defaults: [FieldAssignment] = []
  /// Nil: the service's.
  package var timeout: Duration?
  /// Status of a success; nil: the service's.
  package var success: Int?
  /// Before those of the service.
  package var errors: [StatusOverride] = []
  /// Nil: the service's.
  package var errorFormat: ErrorFormat?
  /// Whether bodies may come and go in the wire form.
  package var raw = false
  package var requestHeaders: [HeaderAssignment] = []
  package var responseHeaders: [HeaderAssignment] = []
  /// Nil: the schema's.
  package var unknownFields: UnknownFields?
  /// Of which the first that fits the request is made.
  package var lookups: [LookupConfiguration] = []
  /// Nil: a call has one reply.
  package var replies: RepliesConfiguration?

  package init(method: Located, bindings: [Binding]) {
    self.method = method
    self.bindings = bindings
  }

  package var location: SourceLocation { method.location }
}

/// `lookup:` — a call made before the route's own, whose reply gives fields of the request.
package struct LookupConfiguration: Sendable {
  /// What a variable of the path must look like.
  package enum Condition: String, Sendable, CaseIterable {
    case uuid
    case notUUID = "not-uuid"
  }

  /// A method of this service, or `SERVICE.METHOD`.
  package var method: Located
  /// All must hold.
  package var conditions: [(variable: Located, condition: Condition)] = []
  /// Fields of its request; a value `{name}` is a variable of the route's path.
  package var set: [FieldAssignment] = []
  /// Fields of the route's request by the fields of the reply that fill them.
  package var take: [(field: Located, source: Located)] = []

  package init(method: Located) { self.method = method }
}

/// `set:` or `default:` of one field.
package struct FieldAssignment: Sendable {
  /// Dotted: `pool.label`.
  package var field: Located
  /// One value, or the elements of a list, as text.
  package var values: [String]

  package init(field: Located, values: [String]) {
    self.field = field
    self.values = values
  }
}

/// `request_headers:` or `response_headers:` of one header field.
package struct HeaderAssignment: Sendable {
  /// As it is written; case has no meaning.
  package var name: Located
  /// Dotted: `pool.label`.
  package var field: Located

  package init(name: Located, field: Located) {
    self.name = name
    self.field = field
  }
}

/// How errors are written.
package enum ErrorFormat: String, Sendable, CaseIterable {
  /// `application/problem+json` (RFC 9457).
  case problem
  /// The JSON of `google.rpc.Status`.
  case google
}

/// `errors:` — another HTTP status for one kind of failure.
package struct StatusOverride: Sendable {
  package enum Failure: Sendable, Hashable {
    /// A problem name: `backend-unavailable`.
    case problem(String)
    /// A dRPC `Status`, by number.
    case drpcStatus(Int32)
    /// `RemoteExceptionCode_t` of DDS-RPC, by number.
    case remoteException(Int32)
    /// A body status, by number: `-1005`.
    case bodyStatus(Int32)
    /// A declared exception, by its qualified name: `robot::TooFast`.
    case exception(String)
  }

  package var failure: Failure
  /// 400…599; from 200 on for SUBMITTED.
  package var status: Int
  package var location: SourceLocation

  package init(failure: Failure, status: Int, location: SourceLocation) {
    self.failure = failure
    self.status = status
    self.location = location
  }
}
