/// JSON numbers: their extent, and their value as an integer.
enum JSONNumber {
  @inline(__always)
  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  /// The first byte at or behind `index` that is no digit.
  @inline(__always)
  private static func endOfDigits(_ text: ByteView, _ index: Int, _ end: Int) -> Int {
    var index = index
    while index &+ 8 <= end {
      let word = text.word(at: index)
      // High bits: of bytes below "0", above "9", or not ASCII. The lowest one is exact.
      let others =
        ((word &- 0x3030_3030_3030_3030) | (word &+ 0x4646_4646_4646_4646) | word) & 0x8080_8080_8080_8080
      if others != 0 { return index &+ others.trailingZeroBitCount >> 3 }
      index &+= 8
    }
    while index < end, isDigit(text[index]) { index &+= 1 }
    return index
  }

  /// The value of one to eight digits at `start`, which lie within eight bytes that may be read.
  @inline(__always)
  private static func upToEight(_ word: UInt64, _ length: Int) -> UInt64 {
    // The digits move to the upper end; what comes in below counts as zeros.
    var value = (word &- 0x3030_3030_3030_3030) << UInt64(truncatingIfNeeded: (8 &- length) &* 8)
    value = value &* 10 &+ value >> 8
    let mask: UInt64 = 0x0000_00FF_0000_00FF
    let low = (value & mask) &* (100 &+ 1_000_000 << 32)
    let high = (value >> 16 & mask) &* (1 &+ 10_000 << 32)
    return (low &+ high) >> 32
  }

  /// The number that begins at `start`: its end, -1 when the grammar of RFC 8259 §6 is broken, and whether
  /// it has a fraction or an exponent.
  static func extent(_ text: ByteView, from start: Int, to end: Int) -> (end: Int, isComplex: Bool) {
    var index = start
    func digit() -> Bool { index < end && isDigit(text[index]) }
    if index < end, text[index] == UInt8(ascii: "-") { index += 1 }
    guard digit() else { return (-1, false) }
    if text[index] == UInt8(ascii: "0") {
      index += 1
      if digit() { return (-1, false) }
    } else {
      index = endOfDigits(text, index &+ 1, end)
    }
    var isComplex = false
    if index < end, text[index] == UInt8(ascii: ".") {
      isComplex = true
      index += 1
      guard digit() else { return (-1, false) }
      index = endOfDigits(text, index &+ 1, end)
    }
    if index < end, text[index] | 0x20 == UInt8(ascii: "e") {
      isComplex = true
      index += 1
      if index < end, text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-") { index += 1 }
      guard digit() else { return (-1, false) }
      index = endOfDigits(text, index &+ 1, end)
    }
    return (index, isComplex)
  }

  /// Sign and magnitude of a number that is an integer: `12`, `-3`, `1e3`, `1.50e1`. Nil when it has a
  /// fraction or does not fit 64 bits.
  @inline(__always)
  static func integer(
    _ text: ByteView, from start: Int, to end: Int, isComplex: Bool
  ) -> (magnitude: UInt64, isNegative: Bool)? {
    if isComplex { return complexInteger(text, from: start, to: end) }
    let isNegative = text[start] == UInt8(ascii: "-")
    var index = isNegative ? start &+ 1 : start
    var magnitude: UInt64 = 0
    if end &- index <= 8, index &+ 8 <= text.count {
      return (upToEight(text.word(at: index), end &- index), isNegative)
    }
    if end &- index <= 19 {
      if end &- index >= 8 {
        magnitude = upToEight(text.word(at: index), 8)
        index &+= 8
      }
      while index < end {
        magnitude = magnitude &* 10 &+ UInt64(text[index] &- UInt8(ascii: "0"))
        index &+= 1
      }
      return (magnitude, isNegative)
    }
    while index < end {
      let (tens, tooMuch) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, over) = tens.addingReportingOverflow(UInt64(text[index] &- UInt8(ascii: "0")))
      if tooMuch || over { return nil }
      magnitude = sum
      index &+= 1
    }
    return (magnitude, isNegative)
  }

  /// Shifts the decimal point instead of going through `Double`, which holds 53 bits only.
  private static func complexInteger(
    _ text: ByteView, from start: Int, to end: Int
  ) -> (magnitude: UInt64, isNegative: Bool)? {
    let number = DecimalText(text, from: start, to: end)
    if number.isZero { return (0, number.isNegative) }
    guard number.exponent >= 0, number.exponent < 20, let digits = number.significand else { return nil }
    var magnitude = digits
    for _ in 0..<number.exponent {
      let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      magnitude = product
    }
    return (magnitude, number.isNegative)
  }
}

/// A number of the JSON grammar as significand × 10^exponent. The exponent is negative only where no trailing zero of
/// the significand can make it less so.
struct DecimalText {
  var isNegative: Bool
  /// Nil when the digits, without leading and trailing zeros, do not fit.
  var significand: UInt64?
  var exponent = 0
  var isZero = false

  init(_ text: ByteView, from start: Int, to end: Int) {
    isNegative = text[start] == UInt8(ascii: "-")
    let first = isNegative ? start &+ 1 : start
    let index = end &- first <= 19 ? readShort(text, first, end) : readLong(text, first, end)
    if index < end { exponent += DecimalText.exponent(text, behind: index, end) }
    while exponent < 0, let digits = significand, digits != 0, digits % 10 == 0 {
      significand = digits / 10
      exponent &+= 1
    }
  }

  /// Up to 19 characters, whose digits fit whatever they are. Returns where the exponent begins.
  private mutating func readShort(_ text: ByteView, _ start: Int, _ end: Int) -> Int {
    var digits: UInt64 = 0
    var point = end
    var index = start
    while index < end {
      let digit = text[index] &- UInt8(ascii: "0")
      if digit < 10 {
        digits = digits &* 10 &+ UInt64(digit)
      } else if text[index] == UInt8(ascii: ".") {
        point = index
      } else {
        break
      }
      index &+= 1
    }
    isZero = digits == 0
    if point < index { exponent = point &+ 1 &- index }
    significand = digits
    return index
  }

  /// Any number of digits, most of which may be zeros.
  private mutating func readLong(_ text: ByteView, _ start: Int, _ end: Int) -> Int {
    var digits: UInt64 = 0
    var overflow = false
    var pendingZeros = 0
    var scale = 0
    var isFraction = false
    var index = start
    loop: while index < end {
      let byte = text[index]
      switch byte {
      case UInt8(ascii: "."):
        isFraction = true
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if isFraction { scale -= 1 }
        if byte == UInt8(ascii: "0") {
          pendingZeros += 1
        } else {
          if digits != 0 || overflow {
            for _ in 0..<min(pendingZeros, 20) { overflow = DecimalText.push(0, &digits) || overflow }
          }
          pendingZeros = 0
          overflow = DecimalText.push(byte - UInt8(ascii: "0"), &digits) || overflow
        }
      default:
        break loop
      }
      index += 1
    }
    isZero = digits == 0 && !overflow
    significand = overflow ? nil : digits
    exponent = scale + pendingZeros
    return index
  }

  /// The number behind the `e` at `index`; one of more than nine digits is beyond any type, whatever the significand.
  private static func exponent(_ text: ByteView, behind index: Int, _ end: Int) -> Int {
    var index = index + 1
    let isNegative = text[index] == UInt8(ascii: "-")
    if isNegative || text[index] == UInt8(ascii: "+") { index += 1 }
    var written = 0
    while index < end {
      written = min(written * 10 + Int(text[index] - UInt8(ascii: "0")), 1_000_000_000)
      index += 1
    }
    return isNegative ? -written : written
  }

  private static func push(_ digit: UInt8, _ digits: inout UInt64) -> Bool {
    let (tens, tooMuch) = digits.multipliedReportingOverflow(by: 10)
    let (sum, over) = tens.addingReportingOverflow(UInt64(digit))
    if tooMuch || over { return true }
    digits = sum
    return false
  }
}
