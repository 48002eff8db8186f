internal import CMicrohttpd
internal import EventLoop
internal import GatewayCore
internal import Routing

/// One connection: whose turn it is, and until when. What it does while it streams stands in ConnectionStreaming.swift,
/// and how it ends before its time in ConnectionLeaving.swift.
///
/// SAFETY: `@unchecked Sendable` because a connection is touched on its loop's thread only.
final class Connection: DescriptorHandler, TimerTarget, @unchecked Sendable {
  /// Whose turn it is. The library owns the descriptor from `idle` on, until it reports the connection closed.
  enum Phase {
    /// The first head is not complete; the library does not know the connection.
    case holdingHead
    /// We refused without the library and wait for the client to read it.
    case lingering
    /// Between requests, or inside a later head.
    case idle
    /// The head is admitted; the body is coming.
    case receiving
    /// Answered from the head alone; the library gets the response on its next call.
    case refused
    /// The handler is at work; the library asks on each of its turns, until it is suspended.
    case answering
    /// It is done; the library gets the response on its next call.
    case answered
    /// The library is sending.
    case sending
    /// The library has sent what there is of a streamed response; suspended until there is more.
    case streaming
    /// Nobody waits any more: the library is to close as soon as it calls.
    case abandoned
    case closed
  }

  let descriptor: Int32
  let worker: Worker
  private(set) var exchange: HTTPExchange
  var phase = Phase.holdingHead
  private let memory = ResponseMemory()

  /// From the library's "started" to its "closed" callback.
  private(set) var library: LibraryConnection?
  private var isSuspended = false
  /// How often the library has asked for the answer that the handler is at work on.
  private var looks = 0
  /// The library's turn in which it called last, and whether that call left the request waiting for its answer.
  private var lastTurn: UInt64 = 0
  private var waits = false
  private var swallowed = 0
  private var lingered = 0
  private var isLogged = false
  /// Since when the phase lasts; whether its lasting is watched, or about to be.
  var phaseStart = MonotonicInstant(nanoseconds: 0)
  var isWatched = false
  var isListed = false

  /// When the present phase ends. The timer may fire earlier and is then set anew: moving a deadline further
  /// away, which every request does several times, costs nothing.
  private var deadline = MonotonicInstant(nanoseconds: .max)
  private var timer: (token: TimerToken, due: MonotonicInstant)?

  init(descriptor: Int32, peer: String, worker: Worker) {
    self.descriptor = descriptor
    self.worker = worker
    exchange = HTTPExchange(context: worker.context, peer: peer)
    exchange.front = self
  }

  var settings: HTTPFrontSettings { worker.settings }
  var loop: EventLoop { worker.loop }

  // MARK: The first head

  func start() {
    do throws(SystemError) {
      try loop.watch(descriptor, for: [.readable, .peerClosed, .edgeTriggered], handler: self)
    } catch {
      return closeOwn()
    }
    setDeadline(after: settings.headTimeout)
  }

  func descriptorReady(_ descriptor: Int32, events: ReadyEvents) {
    switch phase {
    case .holdingHead:
      lookAtHead()
      // Part of a head, and no more to come.
      if phase == .holdingHead, !events.isDisjoint(with: [.peerClosed, .hangUp, .error]) { closeOwn() }
    case .lingering: linger()
    default:
      if !events.isDisjoint(with: [.peerClosed, .hangUp, .error]) { clientLeft() }
    }
  }

  private func lookAtHead() {
    guard let count = Sockets.peek(descriptor, into: &worker.peekBuffer) else { return closeOwn() }
    if count == 0 { return }
    switch HeadScan.scan(worker.peekBuffer[..<count], limits: settings) {
    case .incomplete: return
    case .complete: handOver()
    case .refused(let type, let detail): refuseDirectly(type, detail)
    }
  }

  private func handOver() {
    enter(.idle)
    loop.unwatch(descriptor)
    setDeadline(after: settings.idleTimeout)
    worker.handOver(self)
  }

  /// Answers by ourselves and closes once the client has read the answer.
  private func refuseDirectly(_ type: ProblemType, _ detail: String) {
    worker.handler.refuse(exchange, as: type, detail: detail)
    exchange.response.closes = true
    Sockets.send(descriptor, Refusal.bytes(exchange.response))
    Sockets.shutDownWriting(descriptor)
    finished(status: exchange.response.status)
    phase = .lingering
    setDeadline(after: Refusal.lingerTime)
    linger()
  }

  /// Reads on until the client closes: closing with unread bytes would reset the connection, and the client
  /// might never see the answer.
  private func linger() {
    let isOpen = Sockets.discard(descriptor, into: &worker.peekBuffer, taken: &lingered)
    if !isOpen || lingered > Refusal.lingerBytes { closeOwn() }
  }

  /// Ends a connection that the library does not know.
  func closeOwn() {
    loop.unwatch(descriptor)
    System.close(descriptor)
    ended()
  }

  /// `MHD_add_connection` failed; it has closed the descriptor.
  func libraryRefused() {
    loop.unwatch(descriptor)
    ended()
  }

  private func ended() {
    phase = .closed
    exchange.front = nil
    if let timer { loop.cancel(timer.token) }
    timer = nil
    worker.forget(self)
  }

  // MARK: What the library reports

  /// Each of the library's calls begins with this.
  func called() {
    if lastTurn != worker.turn {
      lastTurn = worker.turn
      worker.called += 1
    } else if waits {
      worker.waiting -= 1
    }
    waits = false
  }

  /// The library has nothing to do for the connection but to ask for the answer.
  private func waitForAnswer() {
    waits = true
    worker.waiting += 1
  }

  /// The library has taken the connection up.
  func started(_ library: LibraryConnection) { self.library = library }

  /// The library is about to close the descriptor.
  func libraryClosed() {
    library = nil
    loop.unwatch(descriptor)
    if phase == .answering { giveUp() }
    ended()
  }

  /// A request line has come; nothing else is known yet.
  func targetArrived(_ target: UnsafeBufferPointer<UInt8>) {
    if phase == .abandoned { return }
    let exchange = exchange
    exchange.reset()
    isLogged = false
    swallowed = 0
    // SAFETY: the library keeps the text until this callback returns.
    unsafe exchange.setTarget(
      UnsafeBufferPointer(rebasing: target.prefix(settings.maxTarget + 1)))
    phase = .idle
  }

  /// The library's first call for a request: its head is complete.
  func headArrived(
    _ library: LibraryConnection, _ line: RequestLine, _ layout: HeadLayout
  ) -> MHD_Result {
    let exchange = exchange
    exchange.begin(line.method, at: loop.now)
    library.readHeaders(into: exchange.headers, after: layout)
    let fault = HeadChecks.fault(in: exchange, line, settings: settings)
    var admission = Admission.proceed
    if let fault {
      worker.handler.refuse(exchange, as: fault.type, detail: fault.detail)
      exchange.response.closes = exchange.response.closes || fault.closes
      admission = .respond
    } else {
      admission = worker.handler.admit(exchange)
    }
    switch admission {
    case .proceed:
      // Without a body the next call comes at once.
      if exchange.bodyLength == .none { phase = .receiving } else { enter(.receiving) }
      setDeadline(after: settings.bodyTimeout)
      return .YES
    case .respond where exchange.bodyLength != .none:
      // The body stays unread: the library sends this, asks for nothing, and closes.
      return send(library)
    case .respond:
      phase = .refused
      return .YES
    }
  }

  /// A part of the body has come.
  func bodyArrived(_ bytes: UnsafeBufferPointer<UInt8>) -> MHD_Result {
    let exchange = exchange
    if swallowed == 0, bytes.count <= settings.maxBody - exchange.bodyCount {
      // SAFETY: the library keeps the bytes until this callback returns.
      unsafe exchange.appendBody(bytes)
      return .YES
    }
    swallowed += bytes.count
    return swallowed > settings.maxSwallowed ? .NO : .YES
  }

  /// The body is complete, or there is none.
  func requestArrived(_ library: LibraryConnection) -> MHD_Result {
    switch phase {
    case .receiving where swallowed > 0:
      worker.handler.refuse(
        exchange, as: .payloadTooLarge, detail: "the body is longer than \(settings.maxBody) bytes")
      exchange.response.closes = true
      return send(library)
    case .receiving:
      enter(.answering)
      setDeadline(after: nil)
      looks = 0
      worker.handler.answer(exchange)
      guard phase == .answering else { return requestArrived(library) }
      waitForAnswer()
      return .YES
    case .answering:
      looks += 1
      waitForAnswer()
      if looks == Self.patientLooks || hasLasted(at: loop.now) { suspend(library) }
      return .YES
    case .refused, .answered: return send(library)
    case .abandoned: return .NO
    case .holdingHead, .lingering, .idle, .sending, .streaming, .closed: return .YES
    }
  }

  /// How often the library may ask for an answer before its connection is suspended.
  ///
  /// Suspending and resuming cost two changes of its descriptor set and a read that finds nothing: more than some
  /// looks, and most answers come within a few turns.
  private static let patientLooks = 32

  /// Takes the connection out of the library's hands until `wake`. Within a callback of it only.
  func suspend(_ library: LibraryConnection) {
    isSuspended = true
    library.suspend()
  }

  /// Has the library call again.
  func wake() {
    if isSuspended { library?.resume() }
    isSuspended = false
    worker.requestTurn()
  }

  /// The library is done with the request, one way or the other.
  func requestEnded(completely: Bool) {
    guard phase != .abandoned else { return }
    if exchange.response.stream?.state == .open { return streamCutOff() }
    if completely {
      finished(status: exchange.response.status)
    } else if phase == .answering {
      return
    } else if phase == .sending || phase == .receiving || phase == .streaming {
      finished(status: Self.clientClosedRequest)
    }
    enter(.idle)
    setDeadline(after: settings.idleTimeout)
  }

  /// For the log and metrics: the client went away before the answer.
  static let clientClosedRequest = 499

  // MARK: Answering

  private func send(_ library: LibraryConnection) -> MHD_Result {
    if worker.isDraining { exchange.response.closes = true }
    phase = .sending
    setDeadline(after: settings.writeTimeout)
    return library.queue(exchange.response, in: memory, for: self)
  }

  /// A handler may still write into the exchange that it has.
  func replaceExchange() {
    exchange.front = nil
    exchange = HTTPExchange(context: worker.context, peer: exchange.peer)
    exchange.front = self
  }

  func finished(status: Int) {
    if isLogged { return }
    isLogged = true
    worker.handler.finished(exchange, status: status)
  }

  // MARK: Deadlines

  func setDeadline(after nanoseconds: UInt64?) {
    guard let nanoseconds else {
      deadline = MonotonicInstant(nanoseconds: .max)
      return
    }
    deadline = loop.now.advanced(nanoseconds: nanoseconds)
    if let timer {
      if timer.due <= deadline { return }
      loop.cancel(timer.token)
    }
    timer = (loop.schedule(at: deadline, self), deadline)
  }

  func timerFired(_ purpose: Int) {
    timer = nil
    if loop.now < deadline {
      if deadline.nanoseconds < .max { timer = (loop.schedule(at: deadline, self), deadline) }
      return
    }
    switch phase {
    case .holdingHead where (Sockets.peek(descriptor, into: &worker.peekBuffer) ?? 0) > 0:
      refuseDirectly(.requestTimeout, "the request head was not complete in time")
    case .holdingHead, .lingering: closeOwn()
    case .receiving:
      finished(status: ProblemType.requestTimeout.row.status)
      Sockets.shutDown(descriptor)
    case .idle, .refused, .answered, .sending, .abandoned: Sockets.shutDown(descriptor)
    case .answering, .streaming, .closed: return
    }
    if phase != .closed { worker.requestTurn() }
  }
}
