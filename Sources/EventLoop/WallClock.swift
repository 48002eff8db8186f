internal import Glibc

/// The time of day, for logs.
package enum WallClock {
  /// RFC 3339 in UTC with milliseconds: `2026-11-21T02:03:04.567Z`.
  package static func timestamp() -> String {
    var time = timespec()
    // SAFETY: the kernel writes one timespec.
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return timestamp(seconds: time.tv_sec, milliseconds: time.tv_nsec / 1_000_000)
  }

  /// The same for a time given since 1970-01-01.
  static func timestamp(seconds: Int, milliseconds: Int) -> String {
    let (year, month, day) = civil(days: seconds / 86_400)
    let second = seconds % 86_400
    let clock = "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
    return "\(year)-\(two(month))-\(two(day))T\(clock).\("\(milliseconds + 1000)".dropFirst())Z"
  }

  /// The Gregorian date of a day since 1970-01-01, not negative. Counts years from March, so that the leap day
  /// is a year's last.
  private static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
