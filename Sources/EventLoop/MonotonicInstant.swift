internal import Glibc

/// A point on the monotonic clock, in nanoseconds; not related to the time of day.
package struct MonotonicInstant: Sendable, Hashable, Comparable {
  package let nanoseconds: UInt64

  package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

  /// Reads the clock.
  package static func current() -> MonotonicInstant {
    var time = timespec()
    // SAFETY: the call fills the structure on our stack and keeps no pointer to it.
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return MonotonicInstant(nanoseconds: UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec))
  }

  package static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

  /// Saturates at the clock's end, so that "no limit" can be a large number.
  package func advanced(nanoseconds delta: UInt64) -> MonotonicInstant {
    let (sum, overflow) = nanoseconds.addingReportingOverflow(delta)
    return MonotonicInstant(nanoseconds: overflow ? .max : sum)
  }

  /// 0 when this instant is not after `other`.
  package func nanoseconds(after other: MonotonicInstant) -> UInt64 {
    nanoseconds > other.nanoseconds ? nanoseconds - other.nanoseconds : 0
  }
}

extension Duration {
  /// In the clock's unit; negative durations are 0 and very long ones the largest number.
  package var wholeNanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, carry) = whole.addingReportingOverflow(UInt64(attoseconds / 1_000_000_000))
    return overflow || carry ? .max : sum
  }
}
