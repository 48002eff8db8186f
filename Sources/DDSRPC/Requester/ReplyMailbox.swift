internal import EventLoop

/// Replies on their way from Cyclone's thread to the call that takes several; bounded.
final class ReplyMailbox: Sendable {
  enum Outcome: Sendable {
    case reply([UInt8], remoteException: Int32)
    case expired
    case cancelled
    /// Replies came faster than they were taken.
    case overflow
  }

  /// Most replies, and most bytes, that wait; a single reply may be larger.
  static let maxReplies = 1024
  static let maxBytes = 16 * 1024 * 1024

  private struct State {
    var replies: [(sample: [UInt8], remoteException: Int32)] = []
    /// How many of them have been taken.
    var taken = 0
    var bytes = 0
    var isCancelled = false
    var hasOverflowed = false
    var waiting: OneShot<Bool>?
  }

  private let state = Lock(State())

  /// False when nobody takes replies any more. From any thread.
  func put(_ sample: [UInt8], remoteException: Int32) -> Bool {
    let (isTaken, waiting) = state.withLock { state -> (Bool, OneShot<Bool>?) in
      guard !state.isCancelled, !state.hasOverflowed else { return (false, nil) }
      let count = state.replies.count - state.taken
      if count >= Self.maxReplies || (count > 0 && state.bytes + sample.count > Self.maxBytes) {
        state.hasOverflowed = true
      } else {
        state.replies.append((sample, remoteException))
        state.bytes += sample.count
      }
      defer { state.waiting = nil }
      return (!state.hasOverflowed, state.waiting)
    }
    waiting?.resume(true)
    return isTaken
  }

  /// The caller has gone. From any thread.
  func cancel() {
    let waiting = state.withLock { state -> OneShot<Bool>? in
      state.isCancelled = true
      defer { state.waiting = nil }
      return state.waiting
    }
    waiting?.resume(true)
  }

  /// The next reply, or why there is none; what came before an overflow is given first. One caller at a time.
  func next(by instant: MonotonicInstant, on loop: EventLoop) async -> Outcome {
    while true {
      let shot = OneShot<Bool>()
      if let outcome = state.withLock({ Self.take(&$0, otherwise: shot) }) { return outcome }
      let expiry = Expiry(loop, shot, false)
      let isWoken = await shot.wait {
        if instant.nanoseconds < .max { expiry.start(at: instant) }
      }
      expiry.cancel()
      if !isWoken {
        state.withLock { $0.waiting = nil }
        return .expired
      }
    }
  }

  private static func take(_ state: inout State, otherwise shot: OneShot<Bool>) -> Outcome? {
    if state.isCancelled { return .cancelled }
    guard state.taken < state.replies.count else {
      if state.hasOverflowed { return .overflow }
      state.replies.removeAll(keepingCapacity: true)
      state.taken = 0
      state.waiting = shot
      return nil
    }
    let reply = state.replies[state.taken]
    state.replies[state.taken].sample = []
    state.taken += 1
    state.bytes -= reply.sample.count
    return .reply(reply.sample, remoteException: reply.remoteException)
  }
}
