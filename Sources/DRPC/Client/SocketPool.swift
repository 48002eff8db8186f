internal import EventLoop
internal import RPCCore

/// The connections of one loop to one socket, and the calls that wait for them.
///
/// Connections are made when a call needs one. A failed connect fails the calls that wait; those that come within the
/// next few milliseconds wait for the next attempt (`ReconnectDelay`).
///
/// SAFETY: `@unchecked Sendable` because everything mutable is touched only on `loop`'s thread.
final class SocketPool: TimerTarget, BatchTarget, @unchecked Sendable {
  let loop: EventLoop
  let settings: DRPCSettings
  let buffer: ReceiveBuffer
  private let endpoint: SocketEndpoint
  private let budget: QueueBudget
  /// Most connections here: this loop's share of the total.
  private let share: Int

  private var connections: [ClientConnection] = []
  private var idle: [ClientConnection] = []
  private var queue: CallQueue
  /// What the probe found, as long as a connection to that server is open, and the server's process: one that was
  /// restarted may speak otherwise.
  private var known: (framing: WireFraming, server: Int32)?
  private var delay = ReconnectDelay()
  /// No connection is tried before this timer fires; `failure` is what the last attempt gave.
  private var pause: (token: TimerToken, failure: CallOutcome)?
  private var clock: (token: TimerToken, due: MonotonicInstant)?
  private var settlesLater = false
  private var isClosing = false
  private var onClosed: [CheckedContinuation<Void, Never>] = []
  /// Until when calls may go on while it closes.
  private var patience: TimerToken?

  init(
    loop: EventLoop, settings: DRPCSettings, buffer: ReceiveBuffer, endpoint: SocketEndpoint,
    budget: QueueBudget,
    share: Int
  ) {
    self.loop = loop
    self.settings = settings
    self.buffer = buffer
    self.endpoint = endpoint
    self.budget = budget
    self.share = share
    queue = CallQueue(budget)
  }

  // MARK: Calls

  /// Queues the call, or ends it. Where there is room it leaves when the loop's batch ends: calls that leave back to back
  /// wake the server once, while one after each request would wake it every time.
  func begin(_ call: PendingCall) {
    if call.isCancelled {
      return call.finish(.failure(.cancelled, sent: false, message: "the caller went away"))
    }
    if isClosing {
      return call.finish(.failure(.absent, sent: false, message: "the service is shutting down"))
    }
    if call.deadline.hasPassed(at: loop.now) { return call.finish(.deadline(sent: false)) }
    guard queue.append(call, room: room) else { return call.finish(refusal) }
    keepDeadline(of: call)
    if !call.hasPlace { settleLater() }
  }

  /// Why the queue takes no more.
  private var refusal: CallOutcome {
    if let pause, connections.isEmpty { return pause.failure }
    return .failure(
      .overloaded, sent: false, message: "\(budget.limit) calls are waiting for a dRPC connection already")
  }

  /// The caller has gone and the call may be abandoned.
  func cancel(_ call: PendingCall) {
    call.isCancelled = true
    guard call.phase == .begun else { return }
    let sent = giveUp(call)
    call.finish(.failure(.cancelled, sent: sent, message: "the caller went away"))
    settle()
  }

  // MARK: Deadlines

  /// Has the clock watch a call that has just begun.
  ///
  /// One timer for all calls, set for the earliest deadline and not moved when calls end: nearly all end long
  /// before theirs, and the timer that then fires in vain finds the next one.
  private func keepDeadline(of call: PendingCall) {
    guard call.phase == .begun, call.deadline != .never else { return }
    watch(call.deadline.instant)
  }

  private func watch(_ instant: MonotonicInstant) {
    if let clock {
      if clock.due <= instant { return }
      loop.cancel(clock.token)
    }
    clock = (loop.schedule(at: instant, self, purpose: Self.deadlines), instant)
  }

  private static let deadlines = 0
  private static let reconnect = 1
  private static let closing = 2

  func timerFired(_ purpose: Int) {
    if purpose == Self.closing { return abort() }
    if purpose == Self.reconnect {
      pause = nil
      return settle()
    }
    clock = nil
    for call in unfinished where call.deadline.hasPassed(at: loop.now) { deadlinePassed(call) }
    if let next = unfinished.map(\.deadline).filter({ $0 != .never }).map(\.instant).min() { watch(next) }
  }

  private var unfinished: [PendingCall] { connections.compactMap(\.call) + queue.waiting }

  private func stopTimers() {
    if let clock { loop.cancel(clock.token) }
    if let pause { loop.cancel(pause.token) }
    if let patience { loop.cancel(patience) }
    clock = nil
    pause = nil
    patience = nil
  }

  /// Ends a call that is about to be sent and whose time is over: the clock comes after what the kernel reports in a turn.
  private func isTooLate(_ call: PendingCall) -> Bool {
    guard call.deadline.hasPassed(at: loop.now) else { return false }
    call.finish(.deadline(sent: false))
    return true
  }

  func deadlinePassed(_ call: PendingCall) {
    let sent = giveUp(call)
    call.finish(.deadline(sent: sent))
    settle()
  }

  /// Takes the call from the queue or closes its connection; true when the server may act on it.
  private func giveUp(_ call: PendingCall) -> Bool {
    guard let connection = call.connection else {
      queue.remove(call)
      return false
    }
    let sent = connection.state.callWasSent
    drop(connection)
    return sent
  }

  // MARK: Connections

  /// How many calls could be sent now.
  private var room: Int { idle.count + (pause == nil ? share - connections.count : 0) }

  /// Gives the call to a connection; there must be room.
  private func place(_ call: PendingCall) {
    while let connection = idle.popLast() {
      switch connection.start(call) {
      case .started: return
      case .tooLarge(let limit):
        idle.append(connection)
        return call.finish(.tooLarge(call, limit))
      case .dead:
        // The server has closed it since the last call, and nothing was sent: another one may serve.
        known = nil
        drop(connection)
      }
    }
    open(for: call)
  }

  private func open(for call: PendingCall) {
    let descriptor: Int32
    do throws(SocketLocator.Failure) {
      descriptor = try endpoint.locator.connect()
    } catch {
      return connectFailed(call, error)
    }
    let server = PacketSocket.peerCredentials(descriptor)?.processID ?? 0
    if let known, known.server != server { self.known = nil }
    let probing = settings.framing == .auto && known == nil
    let framing = settings.wireFraming(known: known?.framing)
    let state = ConnectionState(framing: framing, probing: probing, maxReply: settings.maxReply)
    let connection = ClientConnection(descriptor, server: server, state: state, pool: self)
    do throws(SystemError) {
      try loop.watch(descriptor, for: .readable, handler: connection)
    } catch {
      System.close(descriptor)
      return connectFailed(call, SocketLocator.Failure(reason: .exhausted, message: "\(error)"))
    }
    delay.succeeded()
    connections.append(connection)
    endpoint.opened()
    run(call, on: connection, probing: probing)
  }

  /// Starts the call on a connection that has served none.
  private func run(_ call: PendingCall, on connection: ClientConnection, probing: Bool) {
    switch probing ? connection.probe(before: call) : connection.start(call) {
    case .started: break
    case .tooLarge(let limit):
      idle.append(connection)
      call.finish(.tooLarge(call, limit))
    case .dead(let errno):
      drop(connection)
      call.finish(
        .failure(
          .closed, sent: false, message: "the server closed the new connection: \(System.message(errno))"))
    }
  }

  private func connectFailed(_ call: PendingCall, _ failure: SocketLocator.Failure) {
    let outcome = CallOutcome.connectFailed(failure)
    if pause == nil {
      let end = loop.now.advanced(nanoseconds: delay.failed())
      pause = (loop.schedule(at: end, self, purpose: Self.reconnect), outcome)
    }
    // A connection that is there will serve the call, or the next attempt will.
    if failure.isPassing, !connections.isEmpty, queue.prepend(call) { return }
    call.finish(outcome)
    guard connections.isEmpty else { return }
    known = nil
    while let waiting = queue.popFirst() { waiting.finish(outcome) }
  }

  /// Closes a connection and forgets it and its call.
  private func drop(_ connection: ClientConnection) {
    _ = connection.release()
    connection.markClosed()
    loop.unwatch(connection.descriptor)
    System.close(connection.descriptor)
    connections.removeAll { $0 === connection }
    idle.removeAll { $0 === connection }
    endpoint.closed()
    if connections.isEmpty { known = nil }
  }

  // MARK: What connections report

  /// The server speaks chunked.
  func probed(_ connection: ClientConnection) {
    known = (.chunked, connection.server)
    if let call = connection.release() {
      if isTooLate(call) { idle.append(connection) } else { run(call, on: connection, probing: false) }
    }
    settle()
  }

  /// The server speaks raw; the call goes on a new connection.
  func foundRaw(_ connection: ClientConnection) {
    let call = connection.release()
    drop(connection)
    known = (.raw, connection.server)
    if let call, !isTooLate(call) { open(for: call) }
    settle()
  }

  func answered(_ connection: ClientConnection, status: Int32, body: [UInt8]) {
    let call = connection.release()
    idle.append(connection)
    call?.finish(.reply(status: status, body: body))
    settleLater()
  }

  /// The connection is over.
  func ended(_ connection: ClientConnection, _ ending: Ending) {
    known = nil
    let sent = connection.state.callWasSent
    let call = connection.release()
    drop(connection)
    call?.finish(.ended(ending, sent: sent))
    settle()
  }

  // MARK: The queue

  private func settleLater() {
    if settlesLater { return }
    settlesLater = true
    loop.whenBatchEnds(self)
  }

  func batchEnded() {
    settlesLater = false
    settle()
  }

  /// Serves the queue as far as there is room.
  private func settle() {
    while room > 0, let call = queue.popFirst() {
      if !isTooLate(call) { place(call) }
    }
    for call in queue.keepLeaving() { call.finish(refusal) }
    if isClosing { closeIdle() }
  }

  // MARK: End

  /// Resumes `waiter` when the calls that were accepted have ended, at `deadline` at the latest, and every connection is
  /// closed.
  func close(_ waiter: CheckedContinuation<Void, Never>, by deadline: Deadline) {
    isClosing = true
    onClosed.append(waiter)
    if patience == nil, deadline != .never {
      patience = loop.schedule(at: deadline.instant, self, purpose: Self.closing)
    }
    settle()
  }

  private func closeIdle() {
    for connection in idle { drop(connection) }
    guard connections.isEmpty, queue.isEmpty else { return }
    stopTimers()
    let waiters = onClosed
    onClosed = []
    for waiter in waiters { waiter.resume() }
  }

  /// Closes every connection at once and ends all calls.
  func abort() {
    isClosing = true
    stopTimers()
    while let waiting = queue.popFirst() {
      waiting.finish(.failure(.absent, sent: false, message: "the service is shutting down"))
    }
    while let connection = connections.first {
      let sent = connection.state.callWasSent
      let call = connection.release()
      drop(connection)
      call?.finish(
        .failure(.closed, sent: sent, message: "the service was shut down before the reply had come"))
    }
    closeIdle()
  }
}
