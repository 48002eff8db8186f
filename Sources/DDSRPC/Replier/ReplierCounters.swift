internal import Synchronization

/// What a service's requests came to, since it was started.
package struct ReplierCounters: Sendable, Equatable {
  package var requests = 0
  package var replies = 0
  /// Requests that name another instance.
  package var otherInstances = 0
  package var unknownOperations = 0
  /// Requests whose envelope cannot be read.
  package var undecodableRequests = 0
  /// Requests answered with `OUT_OF_RESOURCES` because too many were at work.
  package var refusedRequests = 0
  /// Requests that were not answered, because far too many were at work or they are too large.
  package var droppedRequests = 0
  /// Replies that could not be written.
  package var lostReplies = 0
}

/// The same, counting.
final class ReplierCounts: Sendable {
  let requests = Atomic(0)
  let replies = Atomic(0)
  let otherInstances = Atomic(0)
  let unknownOperations = Atomic(0)
  let undecodableRequests = Atomic(0)
  let refusedRequests = Atomic(0)
  let droppedRequests = Atomic(0)
  let lostReplies = Atomic(0)

  var now: ReplierCounters {
    ReplierCounters(
      requests: requests.load(ordering: .relaxed), replies: replies.load(ordering: .relaxed),
      otherInstances: otherInstances.load(ordering: .relaxed),
      unknownOperations: unknownOperations.load(ordering: .relaxed),
      undecodableRequests: undecodableRequests.load(ordering: .relaxed),
      refusedRequests: refusedRequests.load(ordering: .relaxed),
      droppedRequests: droppedRequests.load(ordering: .relaxed),
      lostReplies: lostReplies.load(ordering: .relaxed))
  }
}
