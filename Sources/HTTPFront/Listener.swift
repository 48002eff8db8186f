internal import EventLoop
internal import GatewayCore

/// Accepts the connections of one socket on the first loop, in bounded batches.
final class Listener: DescriptorHandler, TimerTarget {
  /// Connections accepted in one turn, so that a flood of them does not starve requests.
  static let acceptBatch = 64
  /// Pause after the process ran out of descriptors, in nanoseconds.
  static let exhaustedPause: UInt64 = 100_000_000

  private let socket: ListenSocket
  private let loop: EventLoop
  private let admit: (Int32, String) -> Void
  private let report: (String) -> Void
  private var isWatched = false

  /// `admit` takes over each accepted descriptor.
  init(
    _ socket: ListenSocket, loop: EventLoop, report: @escaping (String) -> Void,
    admit: @escaping (Int32, String) -> Void
  ) {
    self.socket = socket
    self.loop = loop
    self.report = report
    self.admit = admit
  }

  func start() {
    do throws(SystemError) {
      try loop.watch(socket.descriptor, for: .readable, handler: self)
      isWatched = true
    } catch {
      report("cannot watch \(socket.address): \(error)")
    }
  }

  func descriptorReady(_ descriptor: Int32, events: ReadyEvents) { accept(atMost: Self.acceptBatch) }

  func timerFired(_ purpose: Int) { if !isWatched { start() } }

  /// Takes what already waits, then closes: nobody who was queued is cut off.
  func stop() {
    pause()
    accept(atMost: Int(ListenSocket.backlog))
    socket.close()
  }

  private func accept(atMost limit: Int) {
    for _ in 0..<limit {
      switch Sockets.accept(socket.descriptor) {
      case .connection(let descriptor, let peer): admit(descriptor, peer)
      case .none: return
      case .skip: continue
      case .exhausted(let code):
        // The listener stays readable: watching it on would spin.
        report("cannot accept on \(socket.address): \(System.message(code)); retrying")
        guard isWatched else { return }
        pause()
        _ = loop.schedule(at: loop.now.advanced(nanoseconds: Self.exhaustedPause), self)
        return
      }
    }
  }

  private func pause() {
    if isWatched { loop.unwatch(socket.descriptor) }
    isWatched = false
  }
}
