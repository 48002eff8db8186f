/// How long a pool waits between attempts to connect to a server that is not there, as a value without a clock.
///
/// The first failure is told at once. What comes then waits for the next attempt, so that a flood of calls makes a
/// handful of attempts a second and the first call after the server's return is served by it.
struct ReconnectDelay {
  /// In nanoseconds.
  static let first: UInt64 = 5_000_000
  /// In nanoseconds: the longest that a call waits in vain.
  static let longest: UInt64 = 100_000_000

  private var next = first

  /// An attempt has failed; how long to wait before the next one.
  mutating func failed() -> UInt64 {
    defer { next = min(next * 2, Self.longest) }
    return next
  }

  /// An attempt has succeeded.
  mutating func succeeded() { next = Self.first }
}
