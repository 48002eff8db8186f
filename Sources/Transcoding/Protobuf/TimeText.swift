/// `google.protobuf.Timestamp` and `Duration` in JSON: RFC 3339 in UTC, and seconds with the suffix `s`;
/// fractions of 0, 3, 6 or 9 digits out, 1 to 9 in. Ranges as timestamp.proto and duration.proto give them.
struct TimeText: Equatable {
  var seconds: Int64
  var nanoseconds: Int32

  /// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z
  private static let timestamps: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
  private static let durations: ClosedRange<Int64> = -315_576_000_000...315_576_000_000

  private static func number(_ text: ByteView, _ start: Int, _ count: Int, _ end: Int) -> Int64? {
    guard count > 0, start + count <= end else { return nil }
    var value: Int64 = 0
    for i in start..<(start + count) {
      let digit = text[i] &- UInt8(ascii: "0")
      if digit > 9 { return nil }
      value = value * 10 + Int64(digit)
    }
    return value
  }

  /// The fraction that begins with a point at `index`, which moves behind it; 0 when there is none.
  private static func fraction(_ text: ByteView, _ index: inout Int, _ end: Int) -> Int32? {
    guard index < end, text[index] == UInt8(ascii: ".") else { return 0 }
    let start = index + 1
    index = start
    while index < end, text[index] &- UInt8(ascii: "0") < 10 { index += 1 }
    guard index - start <= 9, var value = number(text, start, index - start, end) else { return nil }
    for _ in (index - start)..<9 { value *= 10 }
    return Int32(truncatingIfNeeded: value)
  }

  static func timestamp(_ text: ByteView, _ start: Int, _ end: Int) -> TimeText? {
    func separator(_ offset: Int, _ byte: UInt8) -> Bool { text[start + offset] == byte }
    guard end - start >= 20, let year = number(text, start, 4, end), year >= 1,
      separator(4, UInt8(ascii: "-")), let month = number(text, start + 5, 2, end), 1...12 ~= month,
      separator(7, UInt8(ascii: "-")), let day = number(text, start + 8, 2, end),
      1...daysIn(month, of: year) ~= day, separator(10, UInt8(ascii: "T")),
      let hour = number(text, start + 11, 2, end), hour < 24, separator(13, UInt8(ascii: ":")),
      let minute = number(text, start + 14, 2, end), minute < 60, separator(16, UInt8(ascii: ":")),
      let second = number(text, start + 17, 2, end), second < 60
    else { return nil }
    var index = start + 19
    guard let nanoseconds = fraction(text, &index, end), index < end else { return nil }
    var seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second
    switch text[index] {
    case UInt8(ascii: "Z"):
      index += 1
    case UInt8(ascii: "+"), UInt8(ascii: "-"):
      guard let hours = number(text, index + 1, 2, end), hours < 24, index + 6 <= end,
        text[index + 3] == UInt8(ascii: ":"), let minutes = number(text, index + 4, 2, end), minutes < 60
      else { return nil }
      let offset = hours * 3_600 + minutes * 60
      seconds += text[index] == UInt8(ascii: "-") ? offset : -offset
      index += 6
    default: return nil
    }
    guard index == end, timestamps ~= seconds else { return nil }
    return TimeText(seconds: seconds, nanoseconds: nanoseconds)
  }

  static func duration(_ text: ByteView, _ start: Int, _ end: Int) -> TimeText? {
    guard end - start >= 2, text[end - 1] == UInt8(ascii: "s") else { return nil }
    let isNegative = text[start] == UInt8(ascii: "-")
    let first = isNegative ? start + 1 : start
    var index = first
    while index < end, text[index] &- UInt8(ascii: "0") < 10 { index += 1 }
    guard index - first <= 12, let seconds = number(text, first, index - first, end),
      let nanoseconds = fraction(text, &index, end), index == end - 1
    else { return nil }
    let signed = isNegative ? -seconds : seconds
    guard durations ~= signed else { return nil }
    return TimeText(seconds: signed, nanoseconds: isNegative ? -nanoseconds : nanoseconds)
  }

  /// False when the time is out of range.
  func appendTimestamp(to sink: inout ByteSink) -> Bool {
    guard TimeText.timestamps ~= seconds, 0..<1_000_000_000 ~= nanoseconds else { return false }
    let day = (seconds - (((seconds % 86_400) + 86_400) % 86_400)) / 86_400
    let second = seconds - day * 86_400
    let date = TimeText.date(day)
    TimeText.pad(date.year, 4, &sink)
    sink.append(UInt8(ascii: "-"))
    TimeText.pad(date.month, 2, &sink)
    sink.append(UInt8(ascii: "-"))
    TimeText.pad(date.day, 2, &sink)
    sink.append(UInt8(ascii: "T"))
    TimeText.pad(second / 3_600, 2, &sink)
    sink.append(UInt8(ascii: ":"))
    TimeText.pad(second / 60 % 60, 2, &sink)
    sink.append(UInt8(ascii: ":"))
    TimeText.pad(second % 60, 2, &sink)
    appendFraction(to: &sink)
    sink.append(UInt8(ascii: "Z"))
    return true
  }

  /// False when the time is out of range or its parts differ in sign.
  func appendDuration(to sink: inout ByteSink) -> Bool {
    guard TimeText.durations ~= seconds, nanoseconds.magnitude < 1_000_000_000,
      seconds == 0 || nanoseconds == 0 || (seconds < 0) == (nanoseconds < 0)
    else { return false }
    if seconds < 0 || nanoseconds < 0 { sink.append(UInt8(ascii: "-")) }
    DecimalDigits.append(seconds.magnitude, to: &sink)
    appendFraction(to: &sink)
    sink.append(UInt8(ascii: "s"))
    return true
  }

  private func appendFraction(to sink: inout ByteSink) {
    let fraction = Int64(nanoseconds.magnitude)
    if fraction == 0 { return }
    sink.append(UInt8(ascii: "."))
    if fraction % 1_000_000 == 0 {
      TimeText.pad(fraction / 1_000_000, 3, &sink)
    } else if fraction % 1_000 == 0 {
      TimeText.pad(fraction / 1_000, 6, &sink)
    } else {
      TimeText.pad(fraction, 9, &sink)
    }
  }

  private static func pad(_ value: Int64, _ width: Int, _ sink: inout ByteSink) {
    var divisor: Int64 = 1
    for _ in 1..<width { divisor *= 10 }
    while divisor > 0 {
      sink.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }

  // MARK: The proleptic Gregorian calendar, in years that begin in March so that leap days come last

  private static func daysIn(_ month: Int64, of year: Int64) -> Int64 {
    if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
  }

  /// Days since 1970-01-01 of a date in the years 1…9999.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = (month + 9) % 12
    let y = month <= 2 ? year - 1 : year
    return y * 365 + y / 4 - y / 100 + y / 400 + (shifted * 306 + 5) / 10 + day - 1 - 719_468
  }

  private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let day = days + 719_468
    // An estimate from the mean year, at most one off.
    var year = (day * 10_000 + 14_780) / 3_652_425
    var dayOfYear = day - (year * 365 + year / 4 - year / 100 + year / 400)
    if dayOfYear < 0 {
      year -= 1
      dayOfYear = day - (year * 365 + year / 4 - year / 100 + year / 400)
    }
    let shifted = (dayOfYear * 100 + 52) / 3_060
    let month = (shifted + 2) % 12 + 1
    return (month <= 2 ? year + 1 : year, month, dayOfYear - (shifted * 306 + 5) / 10 + 1)
  }
}
