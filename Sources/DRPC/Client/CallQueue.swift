/// Calls that wait for a connection, first come first served.
struct CallQueue {
  private var calls: [PendingCall?] = []
  /// Calls before this position have been taken.
  private var head = 0

  var isEmpty: Bool { head == calls.count }

  var count: Int { calls.count - head }

  /// Those that wait, in order.
  var waiting: [PendingCall] { calls[head...].compactMap { $0 } }

  mutating func append(_ call: PendingCall) { calls.append(call) }

  /// Puts a call back that was taken out a moment ago.
  mutating func prepend(_ call: PendingCall) {
    if head > 0 {
      head -= 1
      calls[head] = call
    } else {
      calls.insert(call, at: 0)
    }
  }

  mutating func popFirst() -> PendingCall? {
    guard head < calls.count else { return nil }
    let call = calls[head]
    calls[head] = nil
    head += 1
    if head == calls.count || head == Self.compactAfter {
      calls.removeFirst(head)
      head = 0
    }
    return call
  }

  /// Takes out a call that has ended while it waited; false when it is not here.
  mutating func remove(_ call: PendingCall) -> Bool {
    guard let position = calls[head...].firstIndex(where: { $0 === call }) else { return false }
    calls.remove(at: position)
    return true
  }

  private static let compactAfter = 64
}
