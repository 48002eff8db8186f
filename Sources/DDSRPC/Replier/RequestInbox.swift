internal import EventLoop
internal import Synchronization

/// A request that has been read as far as its envelope.
struct IncomingRequest: Sendable {
  var envelope: RequestEnvelope
  /// The whole sample; empty for one that is refused.
  var sample: [UInt8]
  /// There is no room for it.
  var isRefused: Bool

  func `public`(_ operation: String) -> DDSRequest {
    DDSRequest(
      operation: operation, instanceName: envelope.instanceName, sample: sample,
      cursor: envelope.parameters)
  }
}

/// Takes requests from Cyclone's thread to the loop, bounded.
final class RequestInbox: EndpointListener {
  /// What is known of a requester.
  enum Acquaintance { case none, writerOnly, both }

  /// Whom requests are given to. A bare function in a lock would get one more wrapper from the compiler each time
  /// that the lock is taken.
  private struct Delivery {
    let take: @Sendable (IncomingRequest) -> Void
  }

  private struct Matching {
    var requesters: Set<GUID> = []
    var readers: Set<GUID> = []
  }

  /// Hears of the reply writer.
  let replies: WriterListener
  private let signal = MatchSignal()
  private let instanceName: String
  private let hasOperations: Bool
  private let limits: DDSReplier.Limits
  private let counts: ReplierCounts
  private let atWork = Atomic(0)
  private let matching = Lock(Matching())
  private let delivery = Lock<Delivery?>(nil)

  init(
    instanceName: String, hasOperations: Bool = true, limits: DDSReplier.Limits, _ counts: ReplierCounts
  ) {
    self.hasOperations = hasOperations
    self.instanceName = instanceName
    self.limits = limits
    self.counts = counts
    replies = WriterListener(signal)
  }

  func deliver(_ body: @escaping @Sendable (IncomingRequest) -> Void) {
    delivery.withLock { $0 = Delivery(take: body) }
  }

  func stop() { delivery.withLock { $0 = nil } }

  func received(_ sample: Span<UInt8>, from writer: UInt64, related: SampleIdentity?) {
    let envelope: RequestEnvelope
    do throws(CDRError) {
      envelope = try RequestEnvelope(sample, EnvelopeShape(), hasLabel: hasOperations)
    } catch {
      return counts.undecodableRequests.count()
    }
    guard envelope.instanceName.isEmpty || envelope.instanceName == instanceName else {
      return counts.otherInstances.count()
    }
    guard sample.count <= limits.maxRequest, let isRefused = admit() else {
      return counts.droppedRequests.count()
    }
    counts.requests.count()
    if isRefused { counts.refusedRequests.count() }
    // SAFETY: the pointer does not leave the closure, and the array copies from it.
    let bytes = isRefused ? [] : unsafe sample.withUnsafeBufferPointer { unsafe [UInt8]($0) }
    let request = IncomingRequest(envelope: envelope, sample: bytes, isRefused: isRefused)
    guard let deliver = delivery.withLock({ $0 }) else { return ended() }
    deliver.take(request)
  }

  /// Whether there is room: false for it, true for a refusal, nil for neither.
  private func admit() -> Bool? {
    let used = atWork.add(1, ordering: .relaxed).newValue
    if used <= limits.maxRequests { return false }
    if used <= 2 * limits.maxRequests { return true }
    atWork.subtract(1, ordering: .relaxed)
    return nil
  }

  /// A request that was delivered has been answered.
  func ended() { atWork.subtract(1, ordering: .relaxed) }

  func matchingChanged() { signal.changed() }
  func incompatible(policy: UInt32) {}

  /// How far a requester is matched. On the loop, never on Cyclone's thread.
  func knows(_ participant: GUID, reader: TopicReader, writer: TopicWriter) -> Acquaintance {
    if signal.takeChange() {
      let requesters = Set(reader.peers.map(\.participant.participantPrefix))
      let readers = Set(writer.peers.map(\.participant.participantPrefix))
      matching.withLock { $0 = Matching(requesters: requesters, readers: readers) }
    }
    return matching.withLock { matching in
      if matching.readers.contains(participant) { return .both }
      return matching.requesters.contains(participant) ? .writerOnly : .none
    }
  }
}
