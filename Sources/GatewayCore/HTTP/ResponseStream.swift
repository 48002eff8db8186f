/// The body of a response that is still being made: a handler writes, a front sends, and a bounded buffer is between
/// them.
///
/// Both on the loop's thread. The end can come from either side: the handler's `end` and `fail`, and `abandon` of the
/// front whose client has gone.
package final class ResponseStream {
  package enum State: Sendable {
    case open
    /// Complete once what is pending has been taken.
    case ended
    /// Broken off: the client must be able to tell that it has not seen the end.
    case failed
  }

  /// Who sends it. Told when there is more to send, and of the end; nil from then on.
  package var front: (any HTTPExchangeFront)?
  package private(set) var state = State.open
  /// What the client has not been sent.
  package private(set) var pending: [UInt8] = []
  /// How much of it has been taken.
  private var taken = 0
  private let limit: Int

  /// - Parameter limit: most pending bytes; a single part may be larger when nothing else is pending.
  package init(limit: Int) { self.limit = limit }

  /// Adds a part; false when the client is too slow for it, or has gone: the stream has failed then.
  package func write(_ part: [UInt8]) -> Bool {
    guard state == .open else { return false }
    let waiting = pending.count - taken
    guard waiting == 0 || part.count <= limit - waiting else {
      fail()
      return false
    }
    if taken > 0 {
      pending.removeFirst(taken)
      taken = 0
    }
    pending += part
    front?.streamChanged(self)
    return true
  }

  package func end() { finish(.ended) }

  package func fail() { finish(.failed) }

  /// The front has nobody to send to any more.
  package func abandon() {
    front = nil
    finish(.failed)
  }

  private func finish(_ state: State) {
    guard self.state == .open else { return }
    self.state = state
    front?.streamChanged(self)
    front = nil
  }

  /// Moves pending bytes to `buffer`; 0 when there are none.
  ///
  /// SAFETY: `buffer` is written before this returns.
  package func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, pending.count - taken)
    if count == 0 { return 0 }
    unsafe buffer.copyBytes(from: pending[taken..<taken + count])
    taken += count
    if taken == pending.count {
      pending.removeAll(keepingCapacity: pending.capacity <= HTTPExchange.keptBodyCapacity)
      taken = 0
    }
    return count
  }
}
