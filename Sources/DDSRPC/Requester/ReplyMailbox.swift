internal import EventLoop

/// Replies on their way from Cyclone's thread to the call that takes several; bounded.
final class ReplyMailbox: Sendable {
  enum Outcome: Sendable {
    case reply([UInt8], remoteException: Int32)
    case expired
    case cancelled
    /// Replies came faster than they were taken.
    case overflow
    /// There were replies, and nobody is left who could send more.
    case deserted
  }

  /// Most replies, and most bytes, that wait; a single reply may be larger.
  static let maxReplies = 1024
  static let maxBytes = 16 * 1024 * 1024

  private struct State {
    var replies: [(sample: [UInt8], remoteException: Int32)] = []
    /// How many of them have been taken.
    var taken = 0
    var bytes = 0
    var hasReply = false
    var isDeserted = false
    /// Why none is taken in any more.
    var end: Outcome?
    var waiting: OneShot<Bool>?
  }

  private let state = Lock(State())

  /// False when nobody takes replies any more; otherwise it will be given, unless the caller goes. From any thread.
  func put(_ sample: [UInt8], remoteException: Int32) -> Bool {
    let (isTaken, waiting) = state.withLock { state -> (Bool, OneShot<Bool>?) in
      guard state.end == nil else { return (false, nil) }
      let count = state.replies.count - state.taken
      let fits = count < Self.maxReplies && (count == 0 || state.bytes + sample.count <= Self.maxBytes)
      if fits {
        state.replies.append((sample, remoteException))
        state.bytes += sample.count
        state.hasReply = true
      } else {
        state.end = .overflow
      }
      defer { state.waiting = nil }
      return (fits, state.waiting)
    }
    waiting?.resume(true)
    return isTaken
  }

  /// The caller has gone. From any thread.
  func cancel() { change { $0.end = .cancelled } }

  /// Whether anybody is left who could reply. Before the first reply others may come and do it; one who has begun does
  /// not go on when he is back. From any thread.
  func mayExpectMore(_ may: Bool) {
    change { state in
      if !may || !state.hasReply { state.isDeserted = !may }
    }
  }

  private func change(_ body: (inout State) -> Void) {
    let waiting = state.withLock { state -> OneShot<Bool>? in
      body(&state)
      defer { state.waiting = nil }
      return state.waiting
    }
    waiting?.resume(true)
  }

  /// The next reply, or why there is none; what came before the end is given first. One caller at a time.
  func next(by instant: MonotonicInstant, on loop: EventLoop) async -> Outcome {
    while true {
      let shot = OneShot<Bool>()
      if let outcome = state.withLock({ Self.take(&$0, otherwise: shot) }) { return outcome }
      let expiry = Expiry(loop, shot, false)
      let isWoken = await shot.wait {
        if instant.nanoseconds < .max { expiry.start(at: instant) }
      }
      expiry.cancel()
      if !isWoken { return state.withLock(Self.takeLast) }
    }
  }

  /// A reply may have come since the time was over.
  private static func takeLast(_ state: inout State) -> Outcome {
    if let outcome = take(&state, otherwise: nil) { return outcome }
    state.end = .expired
    return .expired
  }

  private static func take(_ state: inout State, otherwise shot: OneShot<Bool>?) -> Outcome? {
    if case .cancelled = state.end { return .cancelled }
    guard state.taken < state.replies.count else {
      if state.isDeserted, state.hasReply, state.end == nil { state.end = .deserted }
      if let end = state.end { return end }
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
