internal import EventLoop

/// The part of a server that lives on its loop's thread: accepts connections and keeps account of them.
///
/// SAFETY: `@unchecked Sendable` because everything mutable is touched only on `loop`'s thread.
final class ServerLoop: DescriptorHandler, TimerTarget, @unchecked Sendable {
  let loop: EventLoop
  let modules: [Int32: [Int32: DRPCModule.Handler]]
  let limits: DRPCServer.Limits
  let buffer = ReceiveBuffer()
  private var listener: ListeningSocket?
  private var connections: [ObjectIdentifier: ServerConnection] = [:]
  private var onStopped: [() -> Void] = []
  private var isStopping = false
  /// Handlers that have begun and not returned, those of closed connections too. Their tasks need the loop.
  private var atWork = 0
  private var isLeft = false
  /// Set timers. The loop holds their target, and the target the loop: none may outlive the service.
  private var pause: TimerToken?
  private var grace: TimerToken?

  /// Most connections accepted before other work gets its turn.
  static let acceptBatch = 16
  /// How long accepting pauses when the process is out of descriptors, in nanoseconds.
  static let acceptPause: UInt64 = 100_000_000

  private static let resumeAccepting = 0
  private static let graceOver = 1

  init(loop: EventLoop, modules: [Int32: [Int32: DRPCModule.Handler]], limits: DRPCServer.Limits) {
    self.loop = loop
    self.modules = modules
    self.limits = limits
  }

  /// Call it before the loop runs.
  func listen(on listener: ListeningSocket) throws(SystemError) {
    try loop.watch(listener.descriptor, for: .readable, handler: self)
    self.listener = listener
  }

  func descriptorReady(_ descriptor: Int32, events: ReadyEvents) {
    for _ in 0..<Self.acceptBatch {
      do throws(SystemError) {
        guard let accepted = try PacketSocket.accept(descriptor) else { return }
        admit(accepted)
      } catch {
        // Out of descriptors or memory: the connection stays in the backlog until others have ended.
        loop.unwatch(descriptor)
        return pauseAccepting()
      }
    }
  }

  private func admit(_ descriptor: Int32) {
    guard connections.count < limits.maxConnections,
      let caller = PacketSocket.peerCredentials(descriptor)
    else { return System.close(descriptor) }
    let connection = ServerConnection(descriptor, caller: caller, service: self)
    do throws(SystemError) {
      try connection.open()
      connections[ObjectIdentifier(connection)] = connection
    } catch {
      System.close(descriptor)
    }
  }

  func timerFired(_ purpose: Int) {
    if purpose == Self.graceOver {
      for connection in connections.values { connection.abort() }
    } else if let listener {
      accept(from: listener)
    }
  }

  private func accept(from listener: ListeningSocket) {
    do throws(SystemError) {
      try loop.watch(listener.descriptor, for: .readable, handler: self)
    } catch {
      pauseAccepting()
    }
  }

  private func pauseAccepting() {
    let end = loop.now.advanced(nanoseconds: Self.acceptPause)
    pause = loop.schedule(at: end, self, purpose: Self.resumeAccepting)
  }

  func closed(_ connection: ServerConnection) {
    connections[ObjectIdentifier(connection)] = nil
    resumeIfStopped()
  }

  /// Stops accepting, lets the calls at work end until `deadline`, and calls `whenStopped` when all is closed.
  func stop(by deadline: MonotonicInstant, _ whenStopped: @escaping () -> Void) {
    onStopped.append(whenStopped)
    if !isStopping {
      isStopping = true
      stopListening()
      grace = loop.schedule(at: deadline, self, purpose: Self.graceOver)
      for connection in connections.values { connection.closeWhenIdle() }
    }
    resumeIfStopped()
  }

  /// Closes everything at once, for a server that nobody holds any more.
  func abandon() {
    stopListening()
    for connection in connections.values { connection.abort() }
    leave()
  }

  // MARK: The loop's end

  func handlerBegins() { atWork += 1 }

  func handlerReturned() {
    atWork -= 1
    endIfLeft()
  }

  /// Nobody needs the loop any more but handlers that go on although they were cancelled.
  ///
  /// - Returns: whether it ends now.
  @discardableResult
  func leave() -> Bool {
    isLeft = true
    endIfLeft()
    return atWork == 0
  }

  private func endIfLeft() {
    if isLeft, atWork == 0 { loop.stop() }
  }

  private func stopListening() {
    if let pause { loop.cancel(pause) }
    guard let listener else { return }
    loop.unwatch(listener.descriptor)
    listener.close()
    self.listener = nil
  }

  private func resumeIfStopped() {
    guard isStopping, connections.isEmpty else { return }
    if let grace { loop.cancel(grace) }
    let waiters = onStopped
    onStopped = []
    for waiter in waiters { waiter() }
  }
}
