import Foundation

/// Something that a test waits for; set from any thread.
package final class Event<Value: Sendable>: @unchecked Sendable {
  // SAFETY: `values` is touched only with `condition` locked.
  private let condition = NSCondition()
  private var values: [Value] = []

  package init() {}

  package func set(_ value: Value) {
    condition.lock()
    values.append(value)
    condition.broadcast()
    condition.unlock()
  }

  /// The first value that fits, waiting for it at most `seconds`.
  package func wait(seconds: Double = 20, where fits: (Value) -> Bool = { _ in true }) -> Value? {
    let end = Date(timeIntervalSinceNow: seconds)
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let value = values.first(where: fits) { return value }
      if !condition.wait(until: end) { return values.first(where: fits) }
    }
  }

  package var all: [Value] {
    condition.lock()
    defer { condition.unlock() }
    return values
  }
}
