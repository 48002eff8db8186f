import Dispatch
import EventLoop
import Glibc
import Testing

@Suite(.timeLimit(.minutes(1))) struct LifecycleTests {
  @Test func workHandedInBeforeTheStopIsDone() throws {
    let loop = try EventLoop()
    let ran = Lock(0)
    for _ in 0..<100 { loop.submit { ran.withLock { $0 += 1 } } }
    loop.stop()
    try loop.start()
    loop.join()
    #expect(ran.withLock { $0 } == 100)
    // A second wait has nothing to wait for.
    loop.join()
  }

  @Test func tasksThatAreReadyEndBeforeTheLoop() async throws {
    let loop = try EventLoop()
    let task = Task(executorPreference: loop) {
      for _ in 0..<100 { await Task.yield() }
      return loop.isCurrent
    }
    loop.stop()
    try loop.start()
    loop.join()
    #expect(await task.value)
  }

  @Test func aStoppedLoopIsReleased() throws {
    weak var released: EventLoop?
    do {
      let loop = try EventLoop()
      released = loop
      try loop.start()
      loop.stop()
      loop.join()
    }
    #expect(released == nil)
  }

  @Test func aParticipantHasItsTurns() throws {
    let loop = try EventLoop()
    let guest = Guest(loop, turns: 50)
    loop.participant = guest
    try loop.start()
    loop.join()
    loop.participant = nil
    #expect(guest.left.withLock { $0 } == 0)
  }

  @Test func aParticipantsWishEndsTheWait() throws {
    let loop = try EventLoop()
    // No event, no timer: only the wish for a turn in a millisecond keeps the loop going.
    let guest = Guest(loop, turns: 3, patience: 1_000_000)
    loop.participant = guest
    let start = MonotonicInstant.current()
    try loop.start()
    loop.join()
    loop.participant = nil
    #expect(MonotonicInstant.current().nanoseconds(after: start) >= 3_000_000)
  }

  @Test func signalsArriveAsEvents() async throws {
    try await withLoop { loop in
      let signal = await withCheckedContinuation { (done: CheckedContinuation<Int32, Never>) in
        loop.submit {
          // Blocked for, and sent to, the loop's thread only: the rest of this process is other tests.
          SignalSource.block([SIGUSR1])
          #expect(throws: Never.self) {
            _ = try SignalSource([SIGUSR1], on: loop) { done.resume(returning: $0) }
          }
          pthread_kill(pthread_self(), SIGUSR1)
        }
      }
      #expect(signal == SIGUSR1)
    }
  }

  @Test func theLockExcludes() {
    let counter = Lock(0)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      for _ in 0..<20_000 {
        counter.withLock { value in
          // Two steps, so that a thread between them would lose a count.
          let old = value
          value = old + 1
        }
      }
    }
    #expect(counter.withLock { $0 } == 160_000)
  }

  @Test func theLockIsReleasedByAnError() {
    struct Failure: Error, Equatable {}
    let lock = Lock(1)
    #expect(throws: Failure()) { try lock.withLock { _ throws(Failure) in throw Failure() } }
    #expect(lock.withLock { $0 } == 1)
  }
}

/// Wants `turns` turns, then stops the loop.
private final class Guest: LoopParticipant, Sendable {
  let left: Lock<Int>
  private let loop: EventLoop
  private let patience: UInt64

  init(_ loop: EventLoop, turns: Int, patience: UInt64 = 0) {
    self.loop = loop
    self.patience = patience
    left = Lock(turns)
  }

  var wantsTurnWithin: UInt64? { patience }

  func takeTurn() {
    let ended = left.withLock { left -> Bool in
      left = max(0, left - 1)
      return left == 0
    }
    if ended { loop.stop() }
  }
}
