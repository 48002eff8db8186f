internal import EventLoop
internal import RPCCore

/// One call from its acceptance to its outcome, on the loop that carries it.
///
/// Who waits is the subclasses' affair.
///
/// SAFETY: `@unchecked Sendable` because it is filled before it is handed to `pool`'s loop and touched only on that
/// loop's thread afterwards.
class PendingCall: @unchecked Sendable {
  let module: Int32
  let method: Int32
  let body: [UInt8]
  let deadline: Deadline
  let pool: SocketPool
  /// Whether the pool has it.
  private(set) final var phase = Phase.fresh
  /// The caller went away before the call began.
  final var isCancelled = false
  /// It waits in the queue and counts there (`QueueBudget`).
  final var hasPlace = false
  /// The connection that has it; nil while it waits in the queue.
  final var connection: ClientConnection?

  enum Phase {
    case fresh
    case begun
    case ended
  }

  init(module: Int32, method: Int32, body: [UInt8], deadline: Deadline, pool: SocketPool) {
    self.module = module
    self.method = method
    self.body = body
    self.deadline = deadline
    self.pool = pool
  }

  /// Hands the call to its pool, from any thread.
  final func begin() {
    if pool.loop.isCurrent { beginHere() } else { pool.loop.submit { self.beginHere() } }
  }

  private func beginHere() {
    phase = .begun
    pool.begin(self)
  }

  /// The caller has gone and the call may be abandoned. From any thread.
  final func cancel() {
    if pool.loop.isCurrent { pool.cancel(self) } else { pool.loop.submit { self.pool.cancel(self) } }
  }

  /// Ends the call. Only the first outcome counts.
  final func finish(_ outcome: CallOutcome) {
    if phase == .ended { return }
    phase = .ended
    connection = nil
    tell(outcome)
  }

  /// Comes once.
  func tell(_ outcome: CallOutcome) {}
}

/// A call that a task waits for.
///
/// SAFETY: `@unchecked Sendable` as its superclass.
final class AwaitedCall: PendingCall, @unchecked Sendable {
  private var caller: CheckedContinuation<CallOutcome, Never>?

  func begin(for caller: CheckedContinuation<CallOutcome, Never>) {
    self.caller = caller
    begin()
  }

  override func tell(_ outcome: CallOutcome) {
    caller?.resume(returning: outcome)
    caller = nil
  }
}

/// A call that came through the gateway's port.
///
/// SAFETY: `@unchecked Sendable` as its superclass.
final class PortCall: PendingCall, RPCCallHandle, @unchecked Sendable {
  private var caller: (any RPCCaller)?

  init(
    _ address: DRPCMethod, body: [UInt8], deadline: Deadline, pool: SocketPool, caller: any RPCCaller
  ) {
    self.caller = caller
    super.init(
      module: address.module, method: address.method, body: body, deadline: deadline, pool: pool)
  }

  override func tell(_ outcome: CallOutcome) {
    guard let caller else { return }
    self.caller = nil
    if caller.loop === pool.loop { return report(outcome, to: caller) }
    // The calling loop has no share of the connections.
    caller.loop.submit { self.report(outcome, to: caller) }
  }

  private func report(_ outcome: CallOutcome, to caller: any RPCCaller) {
    caller.ended(outcome.status(module: module, method: method, sink: caller))
  }
}
