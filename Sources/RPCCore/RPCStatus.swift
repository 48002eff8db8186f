/// `google.rpc.Code`, by number.
package enum RPCCode: Int32, Sendable, CaseIterable {
  case ok = 0
  case cancelled = 1
  case unknown = 2
  case invalidArgument = 3
  case deadlineExceeded = 4
  case notFound = 5
  case alreadyExists = 6
  case permissionDenied = 7
  case resourceExhausted = 8
  case failedPrecondition = 9
  case aborted = 10
  case outOfRange = 11
  case unimplemented = 12
  case `internal` = 13
  case unavailable = 14
  case dataLoss = 15
  case unauthenticated = 16

  /// The name as `google/rpc/code.proto` writes it.
  package var name: String {
    switch self {
    case .ok: "OK"
    case .cancelled: "CANCELLED"
    case .unknown: "UNKNOWN"
    case .invalidArgument: "INVALID_ARGUMENT"
    case .deadlineExceeded: "DEADLINE_EXCEEDED"
    case .notFound: "NOT_FOUND"
    case .alreadyExists: "ALREADY_EXISTS"
    case .permissionDenied: "PERMISSION_DENIED"
    case .resourceExhausted: "RESOURCE_EXHAUSTED"
    case .failedPrecondition: "FAILED_PRECONDITION"
    case .aborted: "ABORTED"
    case .outOfRange: "OUT_OF_RANGE"
    case .unimplemented: "UNIMPLEMENTED"
    case .internal: "INTERNAL"
    case .unavailable: "UNAVAILABLE"
    case .dataLoss: "DATA_LOSS"
    case .unauthenticated: "UNAUTHENTICATED"
    }
  }
}

/// How a call ended.
package struct RPCStatus: Sendable, Equatable {
  /// Who decided.
  package enum Origin: String, Sendable {
    /// The gateway itself: limits, binding, a reply that it cannot read.
    case gateway
    /// The way to the backend: absent, refused, closed, timed out, framing.
    case transport
    /// The backend's own answer.
    case backend
  }

  /// Why the way to the backend failed, where the problem must tell cases apart.
  package enum TransportFailure: String, Sendable {
    /// Nothing there: no socket, nobody listening, no matched peer. Nothing was sent.
    case absent
    /// The gateway may not talk to it (EACCES). Nothing was sent.
    case permissionDenied
    /// A bound of the gateway is full: queue, in-flight limit. Nothing was sent.
    case overloaded
    /// The request is larger than the backend takes. Nothing was sent.
    case requestTooLarge
    /// No reply by the deadline.
    case deadline
    /// The connection ended before a complete reply.
    case closed
    /// The reply breaks the protocol: framing, sequence, size.
    case protocolViolation
    /// The caller went away; nobody waits for this status.
    case cancelled
  }

  /// What the backend said, in its own terms.
  package enum Detail: Sendable, Equatable {
    /// The `Status` of a dRPC `Response`, by number.
    case drpc(module: Int32, method: Int32, status: Int32)
    /// A negative status inside a reply body (DAOS).
    case bodyStatus(Int32)
    /// `dds::rpc::RemoteExceptionCode_t`, by number.
    case remoteException(Int32)
    /// An exception declared in the interface; its members stand in `body`.
    indirect case userException(name: String, body: ReplyBody)
  }

  package var code: RPCCode
  package var origin: Origin
  /// False only when the backend certainly never saw the call.
  package var sent: Bool
  /// For people: what happened and what to do. Empty on success.
  package var message: String
  package var failure: TransportFailure?
  package var detail: Detail?

  package init(
    code: RPCCode, origin: Origin, sent: Bool, message: String = "", failure: TransportFailure? = nil,
    detail: Detail? = nil
  ) {
    self.code = code
    self.origin = origin
    self.sent = sent
    self.message = message
    self.failure = failure
    self.detail = detail
  }

  /// The backend answered without complaint.
  package static let ok = RPCStatus(code: .ok, origin: .backend, sent: true)

  /// The backend was not reached, or not heard.
  package static func transport(_ failure: TransportFailure, sent: Bool, _ message: String) -> RPCStatus {
    RPCStatus(code: failure.code, origin: .transport, sent: sent, message: message, failure: failure)
  }
}

extension RPCStatus.TransportFailure {
  /// The `google.rpc.Code` of this failure.
  package var code: RPCCode {
    switch self {
    case .absent, .permissionDenied: .unavailable
    case .overloaded: .resourceExhausted
    case .requestTooLarge: .outOfRange
    case .deadline: .deadlineExceeded
    case .closed, .protocolViolation: .internal
    case .cancelled: .cancelled
    }
  }
}
