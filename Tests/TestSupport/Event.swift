import Foundation

/// Something that a test waits for; set from any thread.
package final class Event<Value: Sendable>: @unchecked Sendable {
  // SAFETY: `values` and `isClosed` are touched only with `condition` locked.
  private let condition = NSCondition()
  private var values: [Value] = []
  private var isClosed = false

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
      if isClosed { return nil }
      if !condition.wait(until: end) { return values.first(where: fits) }
    }
  }

  /// No value comes any more; nobody need wait longer.
  package func close() {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }

  /// The value that was set after `position` others, waiting for it at most `seconds`.
  package func value(at position: Int, seconds: Double) -> Value? {
    let end = Date(timeIntervalSinceNow: seconds)
    condition.lock()
    defer { condition.unlock() }
    while values.count <= position, !isClosed, condition.wait(until: end) {}
    return position < values.count ? values[position] : nil
  }

  package var all: [Value] {
    condition.lock()
    defer { condition.unlock() }
    return values
  }
}
