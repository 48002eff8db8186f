package import RPCCore

/// Every kind of failure that a client can see: the one table of problem types.
///
/// The name is the end of `urn:drawbridge:problem:<name>` and the label in logs and metrics. The table is a
/// promise: a change needs a line in CHANGELOG.md.
package enum ProblemType: String, Sendable, CaseIterable {
  case malformedRequest = "malformed-request"
  case invalidField = "invalid-field"
  case unauthenticated
  case permissionDenied = "permission-denied"
  case routeNotFound = "route-not-found"
  case methodNotAllowed = "method-not-allowed"
  case notAcceptable = "not-acceptable"
  case requestTimeout = "request-timeout"
  case payloadTooLarge = "payload-too-large"
  case uriTooLong = "uri-too-long"
  case unsupportedMediaType = "unsupported-media-type"
  case expectationFailed = "expectation-failed"
  case headTooLarge = "head-too-large"
  case rateLimited = "rate-limited"
  case overloaded
  case backendUnavailable = "backend-unavailable"
  case deadlineExceeded = "deadline-exceeded"
  case badReply = "bad-reply"
  case backendFailed = "backend-failed"
  case notImplemented = "not-implemented"
  case remoteException = "remote-exception"
  case userException = "user-exception"
  case bodyStatus = "body-status"
  case `internal`

  /// HTTP status, `google.rpc.Code` and title. `remote-exception` and `body-status` have tables of their own
  /// (`StatusMapping`); what stands here is for codes that those do not name.
  package var row: (status: Int, code: RPCCode, title: String) {
    switch self {
    case .malformedRequest: (400, .invalidArgument, "Malformed request")
    case .invalidField: (400, .invalidArgument, "Invalid field")
    case .unauthenticated: (401, .unauthenticated, "Credentials missing or wrong")
    case .permissionDenied: (403, .permissionDenied, "Not allowed")
    case .routeNotFound: (404, .notFound, "No such route")
    case .methodNotAllowed: (405, .unimplemented, "Method not allowed")
    case .notAcceptable: (406, .invalidArgument, "Not acceptable")
    case .requestTimeout: (408, .deadlineExceeded, "Request not complete in time")
    case .payloadTooLarge: (413, .outOfRange, "Body too large")
    case .uriTooLong: (414, .invalidArgument, "Request target too long")
    case .unsupportedMediaType: (415, .invalidArgument, "Unsupported media type")
    case .expectationFailed: (417, .invalidArgument, "Expectation not supported")
    case .headTooLarge: (431, .invalidArgument, "Request head too large")
    case .rateLimited: (429, .resourceExhausted, "Too many requests")
    case .overloaded: (503, .resourceExhausted, "Too many calls in flight")
    case .backendUnavailable: (503, .unavailable, "Backend unavailable")
    case .deadlineExceeded: (504, .deadlineExceeded, "No reply in time")
    case .badReply: (502, .internal, "Reply not usable")
    case .backendFailed: (502, .unknown, "Backend failed")
    case .notImplemented: (501, .unimplemented, "Not implemented by the backend")
    case .remoteException: (500, .unknown, "Remote exception")
    case .userException: (422, .failedPrecondition, "Exception raised by the operation")
    case .bodyStatus: (500, .unknown, "Failure reported in the reply")
    case .internal: (500, .internal, "Internal error")
    }
  }

  package static let urnPrefix = "urn:drawbridge:problem:"
}
