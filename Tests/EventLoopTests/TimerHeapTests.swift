import Testing

@testable import EventLoop

extension TimerHeap {
  /// What the loop does with timers that are due.
  fileprivate mutating func fire(upTo now: MonotonicInstant) {
    while let (target, purpose) = popDue(now) { target.timerFired(purpose) }
  }
}

@Suite struct TimerHeapTests {
  /// The oracle is a sorted list: whatever was not cancelled fires, in order of its due time.
  @Test(arguments: 1...20) func firesWhatWasNotCancelledInOrder(seed: UInt64) {
    var random = SplitMix(state: seed)
    var heap = TimerHeap()
    let log = TimerLog()
    var pending: [(due: UInt64, token: TimerToken)] = []
    for step in 0..<200 {
      // Distinct due times, which also serve as purposes, make the expected order unique.
      let due = (random.next() >> 20) &* 256 &+ UInt64(step)
      let token = heap.insert(due: MonotonicInstant(nanoseconds: due), target: log, purpose: Int(due))
      pending.append((due, token))
      if random.next() % 3 == 0 {
        heap.remove(pending.remove(at: Int(random.next() % UInt64(pending.count))).token)
      }
    }
    #expect(heap.count == pending.count)
    #expect(heap.earliest?.nanoseconds == pending.map(\.due).min())
    let middle = pending.map(\.due).sorted()[pending.count / 2]
    heap.fire(upTo: MonotonicInstant(nanoseconds: middle))
    #expect(log.fired == pending.map { Int($0.due) }.filter { $0 <= Int(middle) }.sorted())
    heap.fire(upTo: MonotonicInstant(nanoseconds: .max))
    #expect(log.fired == pending.map { Int($0.due) }.sorted())
    #expect(heap.count == 0)
    #expect(heap.earliest == nil)
  }

  @Test func aUsedTokenCancelsNothing() {
    var heap = TimerHeap()
    let log = TimerLog()
    let old = heap.insert(due: MonotonicInstant(nanoseconds: 1), target: log, purpose: 1)
    heap.fire(upTo: MonotonicInstant(nanoseconds: 1))
    // Takes over the slot of the first.
    let new = heap.insert(due: MonotonicInstant(nanoseconds: 2), target: log, purpose: 2)
    heap.remove(old)
    #expect(heap.count == 1)
    heap.remove(new)
    heap.remove(new)
    #expect(heap.count == 0)
    #expect(log.fired == [1])
  }

  @Test func aFiredTimerReleasesItsTarget() {
    var heap = TimerHeap()
    weak var released: TimerLog?
    do {
      let log = TimerLog()
      released = log
      _ = heap.insert(due: MonotonicInstant(nanoseconds: 1), target: log, purpose: 0)
    }
    #expect(released != nil)
    heap.fire(upTo: MonotonicInstant(nanoseconds: 1))
    #expect(released == nil)
  }
}

/// A small generator with a seed, so that a failure can be repeated (Steele, Lea, Flood: SplitMix64).
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
