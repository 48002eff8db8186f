import Foundation

extension Process {
  /// Starts the process, while no other one is being started.
  ///
  /// Foundation hears of a child's end by a socket that only the child has at its other side. One that another thread starts at
  /// the same time inherits it, and then the first one's end is not seen before the second one has ended, too.
  package func startAlone() throws {
    launching.lock()
    defer { launching.unlock() }
    try run()
  }
}

private let launching = NSLock()
