/// Is called on the loop's thread when a timer is due.
package protocol TimerTarget: AnyObject {
  /// `purpose` is what `schedule` was given: one target may have several timers.
  func timerFired(_ purpose: Int)
}

/// Names one scheduled timer. Using it after the timer has fired is harmless.
package struct TimerToken: Sendable, Hashable {
  fileprivate let slot: Int32
  fileprivate let generation: UInt32
}

/// A binary heap whose entries know their position, so that cancelling costs O(log n) and leaves nothing
/// behind: requests cancel nearly every deadline that they schedule.
///
/// A value that never calls a target: targets schedule and cancel, which would overlap with a call from here.
struct TimerHeap {
  private struct Slot {
    var due: UInt64
    var target: (any TimerTarget)?
    var purpose: Int
    var position: Int32
    var generation: UInt32
  }

  private var slots: [Slot] = []
  private var free: [Int32] = []
  private var heap: [Int32] = []

  var count: Int { heap.count }

  var earliest: MonotonicInstant? {
    heap.first.map { MonotonicInstant(nanoseconds: slots[Int($0)].due) }
  }

  mutating func insert(due: MonotonicInstant, target: any TimerTarget, purpose: Int) -> TimerToken {
    let position = Int32(heap.count)
    let slot: Int32
    if let reused = free.popLast() {
      slot = reused
      slots[Int(slot)].due = due.nanoseconds
      slots[Int(slot)].target = target
      slots[Int(slot)].purpose = purpose
      slots[Int(slot)].position = position
    } else {
      slot = Int32(slots.count)
      slots.append(
        Slot(due: due.nanoseconds, target: target, purpose: purpose, position: position, generation: 0))
    }
    heap.append(slot)
    siftUp(Int(position))
    return TimerToken(slot: slot, generation: slots[Int(slot)].generation)
  }

  mutating func remove(_ token: TimerToken) {
    guard slots[Int(token.slot)].generation == token.generation else { return }
    removeFromHeap(at: Int(slots[Int(token.slot)].position))
    release(token.slot)
  }

  /// Takes out the earliest timer if it is due.
  mutating func popDue(_ now: MonotonicInstant) -> (any TimerTarget, Int)? {
    guard let slot = heap.first, slots[Int(slot)].due <= now.nanoseconds else { return nil }
    removeFromHeap(at: 0)
    let due = slots[Int(slot)].target.map { ($0, slots[Int(slot)].purpose) }
    release(slot)
    return due
  }

  private mutating func release(_ slot: Int32) {
    slots[Int(slot)].target = nil
    slots[Int(slot)].generation &+= 1
    free.append(slot)
  }

  private mutating func removeFromHeap(at position: Int) {
    let last = heap.removeLast()
    guard position < heap.count else { return }
    heap[position] = last
    slots[Int(last)].position = Int32(position)
    siftUp(position)
    siftDown(Int(slots[Int(last)].position))
  }

  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    slots[Int(heap[left])].due < slots[Int(heap[right])].due
  }

  private mutating func exchange(_ left: Int, _ right: Int) {
    heap.swapAt(left, right)
    slots[Int(heap[left])].position = Int32(left)
    slots[Int(heap[right])].position = Int32(right)
  }

  private mutating func siftUp(_ start: Int) {
    var position = start
    while position > 0 {
      let parent = (position - 1) / 2
      guard isBefore(position, parent) else { return }
      exchange(position, parent)
      position = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var position = start
    while true {
      var child = 2 * position + 1
      guard child < heap.count else { return }
      if child + 1 < heap.count, isBefore(child + 1, child) { child += 1 }
      guard isBefore(child, position) else { return }
      exchange(position, child)
      position = child
    }
  }
}
