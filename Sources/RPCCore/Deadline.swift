package import EventLoop

/// The instant at which a call ends, whatever happens; `never` for none.
package struct Deadline: Sendable, Hashable {
  package let instant: MonotonicInstant

  package init(_ instant: MonotonicInstant) { self.instant = instant }

  package static let never = Deadline(MonotonicInstant(nanoseconds: .max))

  package func hasPassed(at now: MonotonicInstant) -> Bool { instant <= now }

  package func nanosecondsLeft(at now: MonotonicInstant) -> UInt64 { instant.nanoseconds(after: now) }
}
