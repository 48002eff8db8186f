import EventLoop
import Testing

/// What acts when a batch ends: of events, or the participant's turn.
@Suite(.timeLimit(.minutes(1))) struct BatchTests {
  @Test func outsideOfABatchAtOnce() async throws {
    let order = try await withLoop { loop in
      let log = BatchLog()
      try await loop.perform {
        loop.whenBatchEnds(log)
        log.note("after")
      }
      return log.notes
    }
    #expect(order == ["ended", "after"])
  }

  /// Both descriptors are ready in one wait, and the target acts once behind them.
  @Test func behindAllEventsOfAWait() async throws {
    let (first, second) = (SocketPair(), SocketPair())
    defer {
      first.close()
      second.close()
    }
    first.send()
    second.send()
    let order = try await withLoop { loop in
      let log = BatchLog()
      let handler = EventLog { descriptor in
        log.note("event")
        if log.notes == ["event"] { loop.whenBatchEnds(log) }
        loop.unwatch(descriptor)
      }
      try await loop.perform {
        try loop.watch(first.left, for: .readable, handler: handler)
        try loop.watch(second.left, for: .readable, handler: handler)
      }
      await log.end()
      return log.notes
    }
    #expect(order == ["event", "event", "ended"])
  }

  @Test func behindTheParticipantsTurn() async throws {
    let loop = try EventLoop()
    let log = BatchLog()
    let guest = TurnGuest { turn in
      guard turn == 1 else { return loop.stop() }
      loop.whenBatchEnds(log)
      log.note("turn over")
    }
    loop.participant = guest
    try loop.start()
    loop.join()
    loop.participant = nil
    #expect(log.notes == ["turn over", "ended"])
  }
}

/// Notes what happens, in order, and the end of a batch as `ended`.
private final class BatchLog: BatchTarget, Sendable {
  private let state = Lock(State())

  private struct State {
    var notes: [String] = []
    var waiter: CheckedContinuation<Void, Never>?
  }

  var notes: [String] { state.withLock { $0.notes } }

  func note(_ text: String) { state.withLock { $0.notes.append(text) } }

  func batchEnded() {
    let waiter = state.withLock { state in
      state.notes.append("ended")
      return state.waiter.take()
    }
    waiter?.resume()
  }

  /// Waits until a batch has ended.
  func end() async {
    await withCheckedContinuation { waiter in
      let isOver = state.withLock { state in
        if state.notes.contains("ended") { return true }
        state.waiter = waiter
        return false
      }
      if isOver { waiter.resume() }
    }
  }
}

/// Does something in each of its turns, and wants the next at once.
private final class TurnGuest: LoopParticipant, Sendable {
  private let turns = Lock(0)
  private let act: @Sendable (Int) -> Void

  init(_ act: @escaping @Sendable (Int) -> Void) { self.act = act }

  func takeTurn() {
    act(
      turns.withLock {
        $0 += 1
        return $0
      })
  }

  var wantsTurnWithin: UInt64? { 0 }
}
