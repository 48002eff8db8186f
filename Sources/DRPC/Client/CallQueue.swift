/// Calls that wait, first come first served: those that leave when the loop's batch ends, and those for which there is no
/// connection, which have a place in the budget.
struct CallQueue {
  private let budget: QueueBudget
  private var calls: [PendingCall?] = []
  /// Calls before this position have been taken.
  private var head = 0
  /// How many have no place in the budget.
  private var leaving = 0

  init(_ budget: QueueBudget) { self.budget = budget }

  var isEmpty: Bool { head == calls.count }

  /// Those that wait, in order.
  var waiting: [PendingCall] { calls[head...].compactMap { $0 } }

  /// False when the call would have to wait for a connection and the budget is used up.
  ///
  /// - Parameter room: how many calls could be sent now.
  mutating func append(_ call: PendingCall, room: Int) -> Bool {
    if calls.count - head < room {
      leaving += 1
    } else {
      guard takePlace(call) else { return false }
    }
    calls.append(call)
    return true
  }

  /// Puts a call back that was taken out a moment ago; false when the budget is used up.
  mutating func prepend(_ call: PendingCall) -> Bool {
    guard takePlace(call) else { return false }
    if head > 0 {
      head -= 1
      calls[head] = call
    } else {
      calls.insert(call, at: 0)
    }
    return true
  }

  mutating func popFirst() -> PendingCall? {
    guard head < calls.count, let call = calls[head] else { return nil }
    calls[head] = nil
    head += 1
    if head == calls.count || head == Self.compactAfter {
      calls.removeFirst(head)
      head = 0
    }
    left(call)
    return call
  }

  /// Takes out a call that has ended while it waited; nothing when it is not here.
  mutating func remove(_ call: PendingCall) {
    guard let position = calls[head...].firstIndex(where: { $0 === call }) else { return }
    calls.remove(at: position)
    left(call)
  }

  /// There is no more room: those that were to leave wait as all others do.
  ///
  /// - Returns: those for which the budget has no place, taken out.
  mutating func keepLeaving() -> [PendingCall] {
    if leaving == 0 { return [] }
    var refused: [PendingCall] = []
    for call in waiting where !call.hasPlace {
      if takePlace(call) { leaving -= 1 } else { refused.append(call) }
    }
    for call in refused { remove(call) }
    return refused
  }

  private func takePlace(_ call: PendingCall) -> Bool {
    call.hasPlace = budget.take()
    return call.hasPlace
  }

  private mutating func left(_ call: PendingCall) {
    if call.hasPlace { budget.giveBack() } else { leaving -= 1 }
    call.hasPlace = false
  }

  private static let compactAfter = 64
}
