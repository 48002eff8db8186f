internal import EventLoop

/// One accepted connection: one call at a time, answered in order.
///
/// SAFETY: `@unchecked Sendable` because it is touched only on `loop`'s thread; the tasks of its handlers run there.
final class ServerConnection: DescriptorHandler, @unchecked Sendable {
  private let descriptor: Int32
  private let loop: EventLoop
  private let service: ServerLoop
  private let caller: DRPCCaller
  private var state: ServerConnectionState
  private var sender = MessageSender()
  /// The handler at work.
  private var task: Task<Void, Never>?
  private var waitsForRoom = false
  /// How many packets may be read before others get their turn; calls between them may have been answered.
  private var left = 0
  private var isClosing = false
  private var isClosed = false

  init(_ descriptor: Int32, caller: DRPCCaller, service: ServerLoop) {
    self.descriptor = descriptor
    self.caller = caller
    self.service = service
    loop = service.loop
    state = ServerConnectionState(maxMessage: service.limits.maxMessage)
  }

  /// Edge-triggered: while a handler works nothing is read, and a level would report the same packet for ever.
  func open() throws(SystemError) {
    try loop.watch(descriptor, for: [.readable, .edgeTriggered], handler: self)
  }

  func descriptorReady(_ descriptor: Int32, events: ReadyEvents) {
    left = Self.packetBatch
    if waitsForRoom, events.contains(.writable) { push() }
    receive()
  }

  /// Ends the connection after the call at work, or at once when there is none.
  func closeWhenIdle() {
    isClosing = true
    if isIdle { close() }
  }

  /// Cancels the call at work and ends the connection.
  func abort() {
    task?.cancel()
    close()
  }

  private var isIdle: Bool { task == nil && !sender.isPending }

  /// Most packets read before others get their turn.
  static let packetBatch = 64

  /// Reads until a call has come or nothing is left.
  private func receive() {
    while left > 0 {
      guard isIdle, !isClosed else { return }
      left -= 1
      let action: ServerConnectionState.Action
      switch service.buffer.receive(from: descriptor) {
      case .packet(let count): action = service.buffer.withPacket(count) { state.receive($0) }
      case .wouldBlock: return
      case .end, .endUnread, .truncated, .failed: action = .close
      }
      switch action {
      case .wait: break
      case .call(let call, let body): begin(call, body)
      case .undecodable: reply(.undecodableCall, [])
      case .close: close()
      }
    }
    if isIdle, !isClosed { readOnLater() }
  }

  /// Setting the events anew reports what is left, which the edge has reported before.
  private func readOnLater() {
    do throws(SystemError) {
      try loop.rewatch(descriptor, for: [.readable, .edgeTriggered])
    } catch {
      close()
    }
  }

  private func begin(_ call: CallEnvelope, _ body: [UInt8]) {
    guard let methods = service.modules[call.module] else {
      return reply(ResponseEnvelope(sequence: call.sequence, status: .unknownModule), [])
    }
    guard let handler = methods[call.method] else {
      return reply(ResponseEnvelope(sequence: call.sequence, status: .unknownMethod), [])
    }
    let request = DRPCRequest(module: call.module, method: call.method, body: body, caller: caller)
    service.handlerBegins()
    task = Task(executorPreference: loop) { [self] in
      let answer = await Self.answer(request, handler)
      task = nil
      defer { service.handlerReturned() }
      reply(ResponseEnvelope(sequence: call.sequence, status: answer.status), answer.body)
      receive()
    }
  }

  private static func answer(_ request: DRPCRequest, _ handler: DRPCModule.Handler) async -> DRPCReply {
    do {
      return try await handler(request)
    } catch let status as DRPCStatus {
      return DRPCReply(status: status)
    } catch {
      return DRPCReply(status: .failure)
    }
  }

  private func reply(_ response: ResponseEnvelope, _ body: [UInt8]) {
    guard !isClosed else { return }
    let framing = state.framing ?? .raw
    sender.load(response, body: body, framing: framing)
    if sender.messageSize > service.limits.maxMessage
      || framing == .raw && sender.messageSize > Self.maxRawReply
    {
      let instead = ResponseEnvelope(sequence: response.sequence, status: .failedMarshal)
      sender.load(instead, body: [], framing: framing)
    }
    push()
  }

  /// Largest reply that the kernel takes as one packet.
  static let maxRawReply = PacketSocket.usualKernelLimit

  private func push() {
    switch sender.send(on: descriptor) {
    case .whole:
      waitForRoom(false)
      if isClosing { close() }
    case .wouldBlock:
      waitForRoom(true)
    case .failed:
      close()
    }
  }

  private func waitForRoom(_ blocked: Bool) {
    guard blocked != waitsForRoom else { return }
    waitsForRoom = blocked
    do throws(SystemError) {
      try loop.rewatch(
        descriptor, for: blocked ? [.readable, .writable, .edgeTriggered] : [.readable, .edgeTriggered])
    } catch {
      close()
    }
  }

  private func close() {
    guard !isClosed else { return }
    isClosed = true
    sender.clear()
    loop.unwatch(descriptor)
    System.close(descriptor)
    service.closed(self)
  }
}
