internal import Synchronization

/// What a service's calls came to, since it was set up.
package struct DDSCounters: Sendable, Equatable {
  /// Requests that left.
  package var requests = 0
  /// Replies that a call waited for.
  package var replies = 0
  /// Replies to others: all requesters of a service share its reply topic.
  package var foreignReplies = 0
  /// Replies to calls that had ended: after the deadline, or from a second server.
  package var lateReplies = 0
  /// Samples on the reply topic whose header cannot be read.
  package var undecodableReplies = 0
  /// Calls that were refused because too many were in flight, or the writer was full.
  package var overloads = 0
  /// Calls that found no server in time.
  package var absences = 0
  /// Calls without a reply by their deadline.
  package var deadlines = 0
}

/// The same, counting.
final class RequesterCounts: Sendable {
  let requests = Atomic(0)
  let replies = Atomic(0)
  let foreignReplies = Atomic(0)
  let lateReplies = Atomic(0)
  let undecodableReplies = Atomic(0)
  let overloads = Atomic(0)
  let absences = Atomic(0)
  let deadlines = Atomic(0)

  var now: DDSCounters {
    DDSCounters(
      requests: requests.load(ordering: .relaxed), replies: replies.load(ordering: .relaxed),
      foreignReplies: foreignReplies.load(ordering: .relaxed),
      lateReplies: lateReplies.load(ordering: .relaxed),
      undecodableReplies: undecodableReplies.load(ordering: .relaxed),
      overloads: overloads.load(ordering: .relaxed), absences: absences.load(ordering: .relaxed),
      deadlines: deadlines.load(ordering: .relaxed))
  }
}

extension Atomic where Value == Int {
  func count() { add(1, ordering: .relaxed) }
  func takeBack() { subtract(1, ordering: .relaxed) }
}
