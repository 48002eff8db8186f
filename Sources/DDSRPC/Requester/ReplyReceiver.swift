internal import EventLoop
internal import Synchronization

/// How a request ended that had left.
enum RequestOutcome: Sendable {
  case reply([UInt8], remoteException: Int32)
  case expired
  case cancelled
}

/// Takes replies from the reply topic to the calls that wait for them.
final class ReplyReceiver: EndpointListener {
  private struct Calls {
    /// Our request writer; replies with another are not ours.
    var writer = GUID.zero
    var waiting: [Int64: OneShot<RequestOutcome>] = [:]
  }

  private let calls = Lock(Calls())
  private let counts: RequesterCounts
  private let signal: MatchSignal

  init(_ counts: RequesterCounts, _ signal: MatchSignal) {
    self.counts = counts
    self.signal = signal
  }

  func accept(repliesTo writer: GUID) { calls.withLock { $0.writer = writer } }

  func expect(_ sequence: Int64, _ shot: OneShot<RequestOutcome>) {
    calls.withLock { $0.waiting[sequence] = shot }
  }

  func forget(_ sequence: Int64) { _ = calls.withLock { $0.waiting.removeValue(forKey: sequence) } }

  func received(_ sample: Span<UInt8>) {
    let header: ReplyEnvelope.Header
    do throws(CDRError) {
      header = try ReplyEnvelope.header(sample)
    } catch {
      return counts.undecodableReplies.count()
    }
    let (isOurs, shot) = calls.withLock { calls -> (Bool, OneShot<RequestOutcome>?) in
      guard header.identity.writer == calls.writer else { return (false, nil) }
      return (true, calls.waiting[header.identity.sequence])
    }
    guard isOurs else { return counts.foreignReplies.count() }
    guard let shot else { return counts.lateReplies.count() }
    // SAFETY: the pointer does not leave the closure, and the array copies from it.
    let bytes = unsafe sample.withUnsafeBufferPointer { unsafe [UInt8]($0) }
    guard shot.resume(.reply(bytes, remoteException: header.remoteException)) else {
      return counts.lateReplies.count()
    }
    counts.replies.count()
  }

  func matchingChanged() { signal.changed() }

  func incompatible(policy: UInt32) { signal.incompatible(policy, side: .writer) }
}
