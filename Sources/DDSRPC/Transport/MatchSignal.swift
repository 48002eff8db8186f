internal import EventLoop
internal import Synchronization

/// What Cyclone's thread leaves behind about matching, for a loop to look into.
final class MatchSignal: Sendable {
  /// The peer's endpoint whose QoS does not fit ours.
  enum Side: Sendable, Hashable, CaseIterable {
    case reader, writer
  }

  private let isStale = Atomic(true)
  private let refused = Lock<[Side: UInt32]>([:])
  /// In a structure: a bare function in a lock gets one more wrapper each time that the lock is taken.
  private struct Observer {
    var changed: (@Sendable () -> Void)?
  }

  private let observer = Lock(Observer())

  /// Whether something has changed since it was last asked.
  func takeChange() -> Bool {
    // The load alone costs calls nothing; an exchange would.
    isStale.load(ordering: .acquiring) && isStale.exchange(false, ordering: .acquiringAndReleasing)
  }

  var hasChanged: Bool { isStale.load(ordering: .acquiring) }

  /// The last policy that did not fit, by side.
  var refusals: [Side: UInt32] { refused.withLock { $0 } }

  func whenChanged(_ body: (@Sendable () -> Void)?) { observer.withLock { $0.changed = body } }

  func changed() {
    isStale.store(true, ordering: .releasing)
    observer.withLock { $0.changed }?()
  }

  func incompatible(_ policy: UInt32, side: Side) {
    refused.withLock { $0[side] = policy }
    changed()
  }

  /// What did not fit was the endpoint on our side, which is another one now.
  func forgetRefusal(_ side: Side) { refused.withLock { $0[side] = nil } }
}

/// Hears what there is to hear of a writer.
final class WriterListener: EndpointListener {
  private let signal: MatchSignal

  init(_ signal: MatchSignal) { self.signal = signal }

  func received(_ sample: Span<UInt8>, from writer: UInt64, related: SampleIdentity?) {}
  func matchingChanged() { signal.changed() }
  func incompatible(policy: UInt32) { signal.incompatible(policy, side: .reader) }
}
