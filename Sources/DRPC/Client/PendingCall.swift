internal import EventLoop
internal import RPCCore

/// One call from its acceptance to its outcome, on the loop that carries it.
///
/// SAFETY: `@unchecked Sendable` because it is filled before it is handed to `pool`'s loop and touched only on that
/// loop's thread afterwards.
final class PendingCall: @unchecked Sendable {
  let module: Int32
  let method: Int32
  let body: [UInt8]
  let deadline: Deadline
  let pool: SocketPool
  /// Whom to tell; nil before the call begins and after its outcome.
  var caller: CheckedContinuation<CallOutcome, Never>?
  /// The caller went away before the call began.
  var isCancelled = false
  /// The connection that has it; nil while it waits in the queue.
  var connection: ClientConnection?

  init(module: Int32, method: Int32, body: [UInt8], deadline: Deadline, pool: SocketPool) {
    self.module = module
    self.method = method
    self.body = body
    self.deadline = deadline
    self.pool = pool
  }

  /// Ends the call. Only the first outcome counts.
  func finish(_ outcome: CallOutcome) {
    guard let caller else { return }
    self.caller = nil
    connection = nil
    caller.resume(returning: outcome)
  }
}
