import EventLoop
import RPCCore
import SchemaModel
import TestSupport
import Testing

@testable import DRPC

/// Calls that begin in one turn of the loop's participant leave together when it is over.
@Suite(.timeLimit(.minutes(1))) struct DepartureTests {
  private func settings(_ listener: RawListener, connections: Int, queue: Int = 64) -> DRPCSettings {
    DRPCSettings(sockets: [listener.path], framing: .chunked, connections: connections, queue: queue)
  }

  @Test func theyLeaveWhenTheTurnIsOver() async throws {
    let listener = try RawListener()
    let turn = try Turn(settings(listener, connections: 3), calls: 3) {
      if case .success(nil) = Result(catching: { try listener.acceptNow() }) { true } else { false }
    }
    #expect(turn.observation.wait() == true)
    #expect(try await listener.answer(3).sorted() == [0, 1, 2])
    for number in 0..<3 { #expect(turn.outcome(of: number) == .reply(UInt8(number))) }
    await turn.stop()
  }

  /// Those that have room when they come take no place in the queue.
  @Test func onlyThoseWithoutRoomCountInTheQueue() async throws {
    let listener = try RawListener()
    let turn = try Turn(settings(listener, connections: 2, queue: 1), calls: 4)
    #expect(turn.outcome(of: 3) == .failure(.overloaded, sent: false))
    #expect(try await listener.answer(3).sorted() == [0, 1, 2])
    for number in 0..<3 { #expect(turn.outcome(of: number) == .reply(UInt8(number))) }
    await turn.stop()
  }

  /// The room that was there when they came is gone when they are to leave: they wait, or are refused, as others are.
  @Test func roomThatVanishes() async throws {
    // One connection that is not accepted fills this backlog, and further ones are told to come again.
    let listener = try RawListener(backlog: 0)
    let turn = try Turn(settings(listener, connections: 4, queue: 1), calls: 4)
    for number in 2..<4 { #expect(turn.outcome(of: number) == .failure(.overloaded, sent: false)) }
    #expect(try await listener.answer(2) == [0, 1])
    for number in 0..<2 { #expect(turn.outcome(of: number) == .reply(UInt8(number))) }
    await turn.stop()
  }

  /// Given up before they have left: the server never sees them, and their room is free again.
  @Test func givenUpBeforeTheyLeave() async throws {
    let listener = try RawListener()
    let turn = try Turn(settings(listener, connections: 1, queue: 1), calls: 3, givesUp: 0..<2)
    for number in 0..<2 { #expect(turn.outcome(of: number) == .failure(.cancelled, sent: false)) }
    #expect(try await listener.answer(1) == [2])
    #expect(turn.outcome(of: 2) == .reply(2))
    await turn.stop()
  }
}

/// A loop whose participant makes calls in its first turn, each with its number as its body.
private final class Turn: LoopParticipant, Sendable {
  /// What the look at the end of the turn gave.
  let observation = Event<Bool>()
  private let loop: EventLoop
  private let backend: DRPCBackend
  private let callers: [NumberedCaller]
  private let givesUp: Range<Int>
  private let look: @Sendable () -> Bool
  private let isOver = Lock(false)

  init(
    _ settings: DRPCSettings, calls: Int, givesUp: Range<Int> = 0..<0,
    look: @escaping @Sendable () -> Bool = { true }
  ) throws {
    let loop = try EventLoop()
    self.loop = loop
    backend = DRPCBackend(settings, methods: [DRPCMethod(module: 2, method: 203)], loops: [loop])
    callers = (0..<calls).map { _ in NumberedCaller(loop) }
    self.givesUp = givesUp
    self.look = look
    loop.participant = self
    try loop.start()
    // A turn comes with each pass of the loop, and this makes one.
    loop.submit {}
  }

  var wantsTurnWithin: UInt64? { nil }

  func takeTurn() {
    let isFirst = isOver.withLock { isOver in
      defer { isOver = true }
      return !isOver
    }
    guard isFirst else { return }
    for (number, caller) in callers.enumerated() {
      let call = RPCCall(
        method: MethodID(rawValue: 0), body: [UInt8(number)], deadline: .never, abandonable: true)
      let handle = backend.begin(call, caller: caller)
      if givesUp.contains(number) { handle?.cancel() }
    }
    observation.set(look())
  }

  /// Nil when the call does not end.
  func outcome(of number: Int) -> NumberedCaller.Outcome? { callers[number].outcome.wait() }

  func stop() async {
    await backend.shutDown(by: .never)
    loop.stop()
    loop.join()
    loop.participant = nil
  }
}

private final class NumberedCaller: RPCCaller {
  enum Outcome: Equatable {
    case reply(UInt8)
    case failure(RPCStatus.TransportFailure?, sent: Bool)
  }

  let loop: EventLoop
  let outcome = Event<Outcome>()
  private let reply = Lock<UInt8?>(nil)

  init(_ loop: EventLoop) { self.loop = loop }

  func receive(_ body: ReplyBody) -> ReplyDemand {
    reply.withLock { $0 = body.bytes.last }
    return .enough
  }

  func ended(_ status: RPCStatus) {
    if let number = reply.withLock({ $0 }) { return outcome.set(.reply(number)) }
    outcome.set(.failure(status.failure, sent: status.sent))
  }
}

extension RawListener {
  /// Echoes `count` calls on whatever connections they come; their bodies in the order in which they were seen.
  fileprivate func answer(_ count: Int) async throws -> [UInt8] {
    var peers: [RawPeer] = []
    var bodies: [UInt8] = []
    _ = try await eventually {
      if let peer = try acceptNow() { peers.append(peer) }
      for peer in peers {
        guard let call = try peer.receiveNow(), let body = call.last else { continue }
        bodies.append(body)
        try peer.send(try echoReply(to: call))
      }
      return bodies.count >= count
    }
    return bodies
  }
}
