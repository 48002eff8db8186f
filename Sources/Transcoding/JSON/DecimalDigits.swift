/// Integers as decimal digits.
enum DecimalDigits {
  static func append(_ value: Int64, to sink: inout ByteSink) {
    if value < 0 { sink.append(UInt8(ascii: "-")) }
    append(value.magnitude, to: &sink)
  }

  @inline(__always)
  static func append(_ value: UInt64, to sink: inout ByteSink) {
    if value < 10 {
      sink.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value))
    } else {
      appendLong(value, to: &sink)
    }
  }

  /// Eight digits at a time are gathered in a word, lowest digit in the highest byte, and stored at once.
  private static func appendLong(_ value: UInt64, to sink: inout ByteSink) {
    if value >= 100_000_000 {
      let high = value / 100_000_000
      appendLong(high, to: &sink)
      sink.append(word: eight(UInt32(truncatingIfNeeded: value &- high &* 100_000_000)), length: 8)
    } else {
      let word = eight(UInt32(truncatingIfNeeded: value))
      // At least one digit stays, also of 0, which comes here below a high part of another call only.
      let zeros = min((word ^ 0x3030_3030_3030_3030).trailingZeroBitCount >> 3, 7)
      sink.append(word: word >> UInt64(zeros &* 8), length: 8 &- zeros)
    }
  }

  /// The eight digits of a number below 10^8, the first in the low byte: halves, then pairs, then digits, all
  /// divided side by side in one word.
  @inline(__always)
  private static func eight(_ value: UInt32) -> UInt64 {
    let high = value / 10_000
    let fours = UInt64(high) | UInt64(value &- high &* 10_000) << 32
    let hundreds = (fours &* 10_486) >> 20 & 0x0000_007F_0000_007F
    let pairs = hundreds | (fours &- hundreds &* 100) << 16
    let tens = (pairs &* 103) >> 10 & 0x000F_000F_000F_000F
    return (tens | (pairs &- tens &* 10) << 8) &+ 0x3030_3030_3030_3030
  }
}
