internal import RPCCore

/// What became of a call.
enum CallOutcome: Sendable {
  case reply(status: Int32, body: [UInt8])
  case failure(RPCStatus.TransportFailure, sent: Bool, message: String)

  /// As the gateway's port says it; a reply goes to `sink`.
  func status(module: Int32, method: Int32, sink: any ReplySink) -> RPCStatus {
    switch self {
    case .failure(let failure, let sent, let message):
      return .transport(failure, sent: sent, message)
    case .reply(let number, let body):
      let status = DRPCStatus(rawValue: number)
      let code = status.code
      if code == .ok { sink.receive(ReplyBody(body)) }
      return RPCStatus(
        code: code, origin: .backend, sent: true, message: code == .ok ? "" : "dRPC status \(status)",
        detail: .drpc(module: module, method: method, status: number))
    }
  }

  static func deadline(sent: Bool) -> CallOutcome {
    .failure(
      .deadline, sent: sent,
      message: sent
        ? "no reply by the deadline; a dRPC server does not notice that its caller has gone and finishes the work"
        : "the deadline passed before the call could be sent")
  }

  static func tooLarge(_ call: PendingCall, _ limit: Int) -> CallOutcome {
    .failure(
      .requestTooLarge, sent: false,
      message: "a call with a body of \(call.body.count) bytes is over the limit of \(limit) bytes a message")
  }

  static func connectFailed(_ failure: SocketLocator.Failure) -> CallOutcome {
    .failure(
      failure.reason == .permission ? .permissionDenied : .absent, sent: false, message: failure.message)
  }

  /// The connection ended with the call on it.
  static func ended(_ ending: Ending, sent: Bool) -> CallOutcome {
    switch ending {
    case .violation(let violation):
      .failure(.protocolViolation, sent: sent, message: violation.text)
    case .callUnread:
      .failure(.closed, sent: false, message: "the server closed the connection before it had read the call")
    case .endOfStream where !sent:
      .failure(.closed, sent: false, message: "the server closed the connection before the call was sent")
    case .endOfStream(partialReply: true):
      .failure(.closed, sent: true, message: "the server closed the connection in the middle of its reply")
    case .endOfStream(partialReply: false):
      .failure(.closed, sent: true, message: "the server closed the connection without a reply")
    }
  }
}
