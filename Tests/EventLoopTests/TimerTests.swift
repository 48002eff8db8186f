import EventLoop
import Testing

@Suite(.timeLimit(.minutes(1))) struct TimerTests {
  @Test func fireInOrderAndNotEarly() async throws {
    try await withLoop { loop in
      let start = MonotonicInstant.current()
      let due = { @Sendable (purpose: Int) in start.advanced(nanoseconds: UInt64(purpose) * 2_000_000) }
      let early = Lock([Int]())
      let order = Lock([Int]())
      await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
        let log = TimerLog { purpose in
          if MonotonicInstant.current() < due(purpose) { early.withLock { $0.append(purpose) } }
          order.withLock { $0.append(purpose) }
          if purpose == 3 { done.resume() }
        }
        loop.submit {
          for purpose in [3, 1, 2] { _ = loop.schedule(at: due(purpose), log, purpose: purpose) }
          loop.cancel(loop.schedule(at: due(1), log, purpose: 99))
        }
      }
      #expect(order.withLock { $0 } == [1, 2, 3])
      #expect(early.withLock { $0 }.isEmpty)
    }
  }

  @Test func aTimerThatIsAlwaysDueDoesNotStopTheLoop() async throws {
    try await withLoop { loop in
      let restless = Restless(loop)
      try await loop.perform { _ = loop.schedule(at: loop.now, restless) }
      // Comes only if the loop takes its other work between two turns of the timer.
      try await loop.perform { restless.rest.withLock { $0 = true } }
    }
  }

  @Test func sleepEndsAfterTheInstantOnTheLoop() async throws {
    try await withLoop { loop in
      let due = MonotonicInstant.current().advanced(nanoseconds: 5_000_000)
      let awake = await Task(executorPreference: loop) {
        await loop.sleep(until: due)
        return (MonotonicInstant.current(), loop.isCurrent)
      }.value
      #expect(awake.0 >= due)
      #expect(awake.1)
    }
  }

  @Test func instantsSaturate() {
    let late = MonotonicInstant(nanoseconds: .max - 1)
    #expect(late.advanced(nanoseconds: 5).nanoseconds == .max)
    #expect(MonotonicInstant(nanoseconds: 3).nanoseconds(after: late) == 0)
    #expect(late.nanoseconds(after: MonotonicInstant(nanoseconds: 3)) == UInt64.max - 4)
  }
}

/// Schedules itself anew for an instant that has passed.
private final class Restless: TimerTarget, Sendable {
  let rest = Lock(false)
  private let loop: EventLoop

  init(_ loop: EventLoop) { self.loop = loop }

  func timerFired(_ purpose: Int) {
    if !rest.withLock({ $0 }) { _ = loop.schedule(at: loop.now, self) }
  }
}
