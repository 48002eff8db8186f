internal import EventLoop
internal import RPCCore

/// One connection of a `SocketPool`: feeds a `ConnectionState` from a socket and does what it says.
///
/// Exactly the connections that are not idle have a call.
final class ClientConnection: DescriptorHandler {
  enum Start {
    /// The connection has the call.
    case started
    /// The call cannot go on any connection; this one stays idle.
    case tooLarge(limit: Int)
    /// The connection is dead and the server has not seen the call.
    case dead(errno: Int32)
  }

  let descriptor: Int32
  /// The process at the other end.
  let server: Int32
  private(set) var state: ConnectionState
  private(set) var call: PendingCall?
  private let pool: SocketPool
  private var sender = MessageSender()
  private var waitsForRoom = false

  init(_ descriptor: Int32, server: Int32, state: ConnectionState, pool: SocketPool) {
    self.descriptor = descriptor
    self.server = server
    self.state = state
    self.pool = pool
  }

  /// Sends the framing probe; `call` follows when it has been answered.
  func probe(before call: PendingCall) -> Start {
    hold(call)
    sender.load(ConnectionState.probe, body: [], framing: state.framing)
    return push()
  }

  /// Sends `call`. The connection must be idle.
  func start(_ call: PendingCall) -> Start {
    guard let sequence = state.beginCall() else { return .dead(errno: 0) }
    let envelope = CallEnvelope(module: call.module, method: call.method, sequence: sequence)
    sender.load(envelope, body: call.body, framing: state.framing)
    let limit = pool.settings.requestLimit(state.framing)
    guard sender.messageSize <= limit else { return refuse(limit: limit) }
    hold(call)
    return push()
  }

  /// Forgets the call, which somebody else ends or takes over.
  func release() -> PendingCall? {
    let released = call
    released?.connection = nil
    call = nil
    return released
  }

  func markClosed() {
    state.closed()
    sender.clear()
  }

  func descriptorReady(_ descriptor: Int32, events: ReadyEvents) {
    if waitsForRoom, events.contains(.writable) {
      // Without its last packets the server does not act on it.
      if let call, call.deadline.hasPassed(at: pool.loop.now) { return pool.deadlinePassed(call) }
      if case .dead = push() { return pool.ended(self, .endOfStream(partialReply: false)) }
    }
    guard events != .writable else { return }
    var action = ConnectionState.Action.wait
    var left = Self.packetBatch
    while action == .wait, left > 0 {
      left -= 1
      switch pool.buffer.receive(from: descriptor) {
      case .packet(let count): action = pool.buffer.withPacket(count) { state.receive($0) }
      case .wouldBlock: return
      case .truncated: action = state.packetTruncated()
      case .end, .failed: action = state.end()
      case .endUnread: action = state.endUnread()
      }
    }
    switch action {
    case .wait: break
    case .ready: pool.probed(self)
    case .reconnectRaw: pool.foundRaw(self)
    case .deliver(let status, let body): pool.answered(self, status: status, body: body)
    case .close(let ending): pool.ended(self, ending)
    }
  }

  /// Most packets read before others get their turn; what is left is reported again.
  static let packetBatch = 64

  private func hold(_ call: PendingCall) {
    self.call = call
    call.connection = self
  }

  private func refuse(limit: Int) -> Start {
    sender.clear()
    state.takeBackCall()
    _ = release()
    return .tooLarge(limit: limit)
  }

  /// Sends what the socket takes, and asks to hear when it takes more.
  private func push() -> Start {
    switch sender.send(on: descriptor) {
    case .whole:
      state.sentWhole()
      return wait(forRoom: false)
    case .wouldBlock:
      return wait(forRoom: true)
    case .failed(PacketSocket.tooLarge) where state.framing == .raw:
      // `maxRequest` allows more than this kernel.
      return refuse(limit: PacketSocket.usualKernelLimit)
    case .failed(let errno):
      return .dead(errno: errno)
    }
  }

  private func wait(forRoom blocked: Bool) -> Start {
    guard blocked != waitsForRoom else { return .started }
    waitsForRoom = blocked
    do throws(SystemError) {
      try pool.loop.rewatch(descriptor, for: blocked ? [.readable, .writable] : .readable)
      return .started
    } catch {
      return .dead(errno: error.code)
    }
  }
}

/// Where a loop's connections receive packets; one is enough, since a packet is read before the next comes.
final class ReceiveBuffer {
  private var bytes = [UInt8](repeating: 0, count: PacketSocket.receiveBuffer)

  func receive(from descriptor: Int32) -> PacketSocket.Received {
    PacketSocket.receive(descriptor, into: &bytes)
  }

  func withPacket<Result>(_ count: Int, _ body: (Span<UInt8>) -> Result) -> Result {
    let bytes = bytes
    return body(bytes.span.extracting(0..<count))
  }
}
