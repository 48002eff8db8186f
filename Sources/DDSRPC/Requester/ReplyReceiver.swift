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
  fileprivate func take(_ sample: [UInt8], remoteException: Int32) -> Bool {
    switch self {
    case .one(let shot): shot.resume(.reply(sample, remoteException: remoteException))
    case .several(let mailbox): mailbox.put(sample, remoteException: remoteException)
    }
  }
}

/// Takes replies from the reply topic to the calls that wait for them.
final class ReplyReceiver: EndpointListener {
  private struct Calls {
    /// Our request writer; replies with another are not ours.
    var writer = GUID.zero
    var waiting: [Int64: ReplyTaker] = [:]
  }

  private let calls = Lock(Calls())
  private let counts: RequesterCounts
  private let signal: MatchSignal

  init(_ counts: RequesterCounts, _ signal: MatchSignal) {
    self.counts = counts
    self.signal = signal
  }

  func accept(repliesTo writer: GUID) { calls.withLock { $0.writer = writer } }

  func expect(_ sequence: Int64, _ taker: ReplyTaker) { calls.withLock { $0.waiting[sequence] = taker } }

  func forget(_ sequence: Int64) { _ = calls.withLock { $0.waiting.removeValue(forKey: sequence) } }

  func received(_ sample: Span<UInt8>) {
    let header: ReplyEnvelope.Header
    do throws(CDRError) {
      header = try ReplyEnvelope.header(sample)
    } catch {
      return counts.undecodableReplies.count()
    }
    let (isOurs, taker) = calls.withLock { calls -> (Bool, ReplyTaker?) in
      guard header.identity.writer == calls.writer else { return (false, nil) }
      return (true, calls.waiting[header.identity.sequence])
    }
    guard isOurs else { return counts.foreignReplies.count() }
    guard let taker else { return counts.lateReplies.count() }
    // SAFETY: the pointer does not leave the closure, and the array copies from it.
    let bytes = unsafe sample.withUnsafeBufferPointer { unsafe [UInt8]($0) }
    guard taker.take(bytes, remoteException: header.remoteException) else {
      return counts.lateReplies.count()
    }
    counts.replies.count()
  }

  func matchingChanged() { signal.changed() }

  func incompatible(policy: UInt32) { signal.incompatible(policy, side: .writer) }
}
