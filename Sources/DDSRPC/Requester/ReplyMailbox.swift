internal import EventLoop

/// Replies on their way from Cyclone's thread to the call that takes several; bounded.
final class ReplyMailbox: Sendable {
  enum Outcome: Sendable {
    case reply([UInt8], remoteException: Int32)
    case expired
    case cancelled
    /// Replies came faster than they were taken.
    case overflow
    /// There were replies, and none of those is left who could send more.
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
    /// Who has replied, by `Peer.handle`.
    var senders: Set<UInt64> = []
    var isDeserted = false
    /// Why none is taken in any more.
    var end: Outcome?
    var waiting: OneShot<Bool>?
  }

  private let state = Lock(State())

  /// False when nobody takes replies any more; otherwise it will be given, unless the caller goes. From any thread.
  func put(_ sample: [UInt8], remoteException: Int32, from writer: UInt64) -> Bool {
    let (isTaken, waiting) = state.withLock { state -> (Bool, OneShot<Bool>?) in
      guard state.end == nil else { return (false, nil) }
      let count = state.replies.count - state.taken
      let fits = count < Self.maxReplies && (count == 0 || state.bytes + sample.count <= Self.maxBytes)
      if fits {
        state.replies.append((sample, remoteException))
        state.bytes += sample.count
        state.senders.insert(writer)
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
  func cancel() {
    change { state in
      state.end = .cancelled
      return true
    }
  }

  /// Who has replied so far, by `Peer.handle`. From any thread.
  var senders: Set<UInt64> { state.withLock { $0.senders } }

  /// The requester is matched with these writers, asked for after those `senders` had replied. A series has lost its servers
  /// when none is left that has replied: others do not go on with it, nor does one that was started again. Before the first
  /// reply the call has its deadline. From any thread.
  func matched(_ writers: Set<UInt64>, after senders: Set<UInt64>) {
    change { state in
      // One that has replied since may be younger than `writers`; there will be another look.
      guard !senders.isEmpty, state.senders == senders, senders.isDisjoint(with: writers) else {
        return false
      }
      state.isDeserted = true
      return true
    }
  }

  /// No reply comes any more; one may be on its way. From any thread.
  func abandon() {
    change { state in
      state.isDeserted = true
      return true
    }
  }

  /// - Parameter body: whether to wake who waits.
  private func change(_ body: (inout State) -> Bool) {
    let waiting = state.withLock { state -> OneShot<Bool>? in
      guard body(&state) else { return nil }
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
      if state.isDeserted, !state.senders.isEmpty, state.end == nil { state.end = .deserted }
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
