internal import RPCCore

/// Why a call has no result, when the service itself did not say.
public struct DDSCallError: Error, Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Kind: Sendable {
    /// No server was found in time, or the client has been stopped.
    case noServer
    /// No reply in time.
    case timeout
    /// A bound is full: calls, bytes that servers have not acknowledged, replies that nobody takes.
    case overloaded
    /// The reply cannot be read, or the service went away after the first of several.
    case badReply
    /// The caller's task was cancelled.
    case cancelled
    /// The call itself cannot be made: too large, a name that is too long.
    case invalid
  }

  /// What went wrong.
  public let kind: Kind
  /// False when the service certainly has not seen the request: calling again is safe.
  public let wasSent: Bool
  /// For people.
  public let message: String

  /// The message.
  public var description: String { message }

  init(kind: Kind, wasSent: Bool, message: String) {
    self.kind = kind
    self.wasSent = wasSent
    self.message = message
  }

  init(_ status: RPCStatus) {
    let kind: Kind =
      switch status.failure {
      case .absent, .permissionDenied: .noServer
      case .overloaded: .overloaded
      case .deadline: status.sent ? .timeout : .noServer
      case .closed, .protocolViolation: .badReply
      case .cancelled: .cancelled
      case .requestTooLarge, nil: .invalid
      }
    self.init(kind: kind, wasSent: status.sent, message: status.message)
  }
}

/// An exception that the operation declares, as the caller gets it.
public struct DDSRaisedException: Error, Sendable {
  /// Qualified: `robot::TooFast`.
  public let name: String
  /// Reads its members. One without any has one octet there, or none.
  public let reader: CDRReader
}
