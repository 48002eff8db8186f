internal import EventLoop
internal import Synchronization

/// How a request ended that had left.
enum RequestOutcome: Sendable {
  case reply([UInt8], remoteException: Int32)
  case expired
  case cancelled
}

/// Who waits for what a request brings.
enum ReplyTaker: Sendable {
  /// A call with one reply.
  case one(OneShot<RequestOutcome>)
  case several(ReplyMailbox)

  /// False when it has ended.
  fileprivate func take(_ sample: [UInt8], remoteException: Int32, from writer: UInt64) -> Bool {
    switch self {
    case .one(let shot): shot.resume(.reply(sample, remoteException: remoteException))
    case .several(let mailbox): mailbox.put(sample, remoteException: remoteException, from: writer)
    }
  }

  fileprivate func cancel() {
    switch self {
    case .one(let shot): shot.resume(.cancelled)
    case .several(let mailbox): mailbox.cancel()
    }
  }

  /// A call with one reply has its deadline.
  fileprivate var mailbox: ReplyMailbox? { if case .several(let mailbox) = self { mailbox } else { nil } }
}

/// Takes replies from the reply topic to the calls that wait for them.
final class ReplyReceiver: EndpointListener {
  private struct Calls {
    /// Our request writer; replies with another are not ours.
    var writer = GUID.zero
    var waiting: [SampleIdentity: ReplyTaker] = [:]
    var areAbandoned = false
  }

  private let calls = Lock(Calls())
  private let counts: RequesterCounts
  private let signal: MatchSignal
  private let shape: EnvelopeShape

  init(_ counts: RequesterCounts, _ signal: MatchSignal, _ shape: EnvelopeShape = EnvelopeShape()) {
    self.counts = counts
    self.signal = signal
    self.shape = shape
  }

  /// From here on replies to this writer are ours. Calls of an earlier one get none any more.
  func accept(repliesTo writer: GUID) {
    let earlier = calls.withLock { calls in
      calls.writer = writer
      return calls.waiting.values.compactMap(\.mailbox)
    }
    for mailbox in earlier { mailbox.abandon() }
  }

  /// The calls that take several replies.
  var series: [ReplyMailbox] { calls.withLock { $0.waiting.values.compactMap(\.mailbox) } }

  /// `sequence` is one of the writer that is accepted.
  func expect(_ sequence: Int64, _ taker: ReplyTaker) {
    let isAbandoned = calls.withLock { calls in
      calls.waiting[SampleIdentity(writer: calls.writer, sequence: sequence)] = taker
      return calls.areAbandoned
    }
    if isAbandoned { taker.cancel() }
  }

  /// Ends all calls, and those that are just being sent.
  func abandonCalls() {
    let takers = calls.withLock { calls in
      calls.areAbandoned = true
      return Array(calls.waiting.values)
    }
    for taker in takers { taker.cancel() }
  }

  func forget(_ identity: SampleIdentity) {
    calls.withLock { _ = $0.waiting.removeValue(forKey: identity) }
  }

  func received(_ sample: Span<UInt8>, from writer: UInt64, related: SampleIdentity?) {
    let header: ReplyEnvelope.Header
    do throws(CDRError) {
      header = try ReplyEnvelope.header(sample, shape, related: related)
    } catch {
      return counts.undecodableReplies.count()
    }
    let (isOurs, taker) = calls.withLock { calls -> (Bool, ReplyTaker?) in
      guard header.identity.writer == calls.writer else { return (false, nil) }
      return (true, calls.waiting[header.identity])
    }
    guard isOurs else { return counts.foreignReplies.count() }
    guard let taker else { return counts.lateReplies.count() }
    // SAFETY: the pointer does not leave the closure, and the array copies from it.
    let bytes = unsafe sample.withUnsafeBufferPointer { unsafe [UInt8]($0) }
    // Before the caller is woken: who has a reply finds it counted.
    counts.replies.count()
    if taker.take(bytes, remoteException: header.remoteException, from: writer) { return }
    counts.replies.takeBack()
    counts.lateReplies.count()
  }

  func matchingChanged() { signal.changed() }

  func incompatible(policy: UInt32) { signal.incompatible(policy, side: .writer) }
}
