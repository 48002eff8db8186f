/// Doubles and floats as JSON numbers, both ways.
enum FloatingPointText {
  /// Appends a finite number as ECMAScript does (RFC 8785 §3.2.2.3): plain from 10^-6 to 10^21, else with an
  /// exponent. Minus zero keeps its sign.
  static func append(_ value: Double, to sink: inout ByteSink) {
    if value.sign == .minus { sink.append(UInt8(ascii: "-")) }
    let magnitude = value.magnitude
    if magnitude < 9_007_199_254_740_992, magnitude == magnitude.rounded(.towardZero) {
      DecimalDigits.append(UInt64(magnitude), to: &sink)
      // `-0` would be read as the integer zero.
      if magnitude == 0, value.sign == .minus { sink.append(".0") }
    } else {
      append(ShortestDecimal(magnitude), to: &sink)
    }
  }

  static func append(_ value: Float, to sink: inout ByteSink) {
    if value.sign == .minus { sink.append(UInt8(ascii: "-")) }
    let magnitude = value.magnitude
    if magnitude < 16_777_216, magnitude == magnitude.rounded(.towardZero) {
      DecimalDigits.append(UInt64(magnitude), to: &sink)
      // `-0` would be read as the integer zero.
      if magnitude == 0, value.sign == .minus { sink.append(".0") }
    } else {
      append(ShortestDecimal(magnitude), to: &sink)
    }
  }

  /// Appends NaN or an infinity as the service wants it; false when it wants an error.
  static func appendNonFinite(
    _ value: Double, _ form: JSONOptions.NonFinite, to sink: inout ByteSink
  ) -> Bool {
    switch form {
    case .string: sink.append(value.isNaN ? "\"NaN\"" : value < 0 ? "\"-Infinity\"" : "\"Infinity\"")
    case .null: sink.append("null")
    case .error: return false
    }
    return true
  }

  private static func append(_ decimal: ShortestDecimal, to sink: inout ByteSink) {
    let start = sink.count
    DecimalDigits.append(decimal.significand, to: &sink)
    let digits = sink.count - start
    // The value is 0.DIGITS × 10^point.
    let point = digits + decimal.exponent
    if decimal.exponent >= 0, point <= 21 {
      for _ in 0..<decimal.exponent { sink.append(UInt8(ascii: "0")) }
    } else if point > 0, point <= 21 {
      sink.insert(UInt8(ascii: "."), at: start + point)
    } else if point > -6, point <= 0 {
      let zeros = 2 - point
      for _ in 0..<zeros { sink.append(UInt8(ascii: "0")) }
      for i in (0..<digits).reversed() { sink[start + zeros + i] = sink[start + i] }
      for i in 0..<zeros { sink[start + i] = UInt8(ascii: "0") }
      sink[start + 1] = UInt8(ascii: ".")
    } else {
      if digits > 1 { sink.insert(UInt8(ascii: "."), at: start + 1) }
      sink.append(UInt8(ascii: "e"))
      sink.append(point > 0 ? UInt8(ascii: "+") : UInt8(ascii: "-"))
      DecimalDigits.append(UInt64((point - 1).magnitude), to: &sink)
    }
  }

  private static let exactPowers = FrozenTable<Double>([
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
  ])

  /// The closest double of a number of the JSON grammar; infinite when it is too large.
  static func parse(_ text: ByteView, from start: Int, to end: Int) -> Double {
    let number = DecimalText(text, from: start, to: end)
    if number.isZero { return number.isNegative ? -0.0 : 0 }
    // Both operands are exact, so that one rounding remains (W. D. Clinger, 1990).
    if let significand = number.significand, significand <= 1 << 53, number.exponent >= -22,
      number.exponent <= 22
    {
      let power = exactPowers.view[Int32(truncatingIfNeeded: number.exponent.magnitude)]
      let value = number.exponent < 0 ? Double(significand) / power : Double(significand) * power
      return number.isNegative ? -value : value
    }
    if let significand = number.significand, let value = parseBounded(significand, number.exponent) {
      return number.isNegative ? -value : value
    }
    return parseLong(text, from: start, to: end)
  }

  /// The closest double of significand × 10^exponent, from a product of 192 bits; nil when those do not decide, or
  /// when the result is not a normal number.
  ///
  /// The table's powers are rounded up by less than one in their last place, so that the true product lies above
  /// `upper - significand`. When both bounds round to the same double, it is the right one.
  private static func parseBounded(_ significand: UInt64, _ exponent: Int) -> Double? {
    guard significand != 0, exponent >= -PowersOfTen.limit, exponent <= PowersOfTen.limit else { return nil }
    let shift = significand.leadingZeroBitCount
    let factor = significand << UInt64(shift)
    let power = PowersOfTen.shared[exponent]
    let top = factor.multipliedFullWidth(by: power.high)
    let bottom = factor.multipliedFullWidth(by: power.low)
    let (middle, carry) = top.low.addingReportingOverflow(bottom.high)
    let high = top.high &+ (carry ? 1 : 0)
    let binary = 64 &+ (exponent &* 1_741_647) >> 19 &- shift
    guard let upper = rounded(high, middle, bottom.low, binary) else { return nil }
    let (lowerLow, borrow) = bottom.low.subtractingReportingOverflow(factor)
    let (lowerMiddle, borrowMore) = middle.subtractingReportingOverflow(borrow ? 1 : 0)
    let lower = rounded(high &- (borrowMore ? 1 : 0), lowerMiddle, lowerLow, binary)
    return lower == upper ? upper : nil
  }

  /// The double closest to (high, middle, low) × 2^(binary - 191), ties to even; nil when it is not normal.
  private static func rounded(_ high: UInt64, _ middle: UInt64, _ low: UInt64, _ binary: Int) -> Double? {
    let isShort = high >> 63 == 0
    let head = isShort ? high << 1 | middle >> 63 : high
    let hasTail = (isShort ? middle << 1 : middle) | low != 0
    let rest = head & 0x7FF
    var mantissa = head >> 11
    if rest > 0x400 || rest == 0x400 && (hasTail || mantissa & 1 == 1) { mantissa &+= 1 }
    var exponent = isShort ? binary &- 1 : binary
    if mantissa >> 53 != 0 {
      mantissa >>= 1
      exponent &+= 1
    }
    guard exponent >= -1022, exponent <= 1023 else { return nil }
    return Double(bitPattern: UInt64(exponent &+ 1023) << 52 | mantissa & 0xF_FFFF_FFFF_FFFF)
  }

  /// Digits beyond a double's precision, or a large exponent: the standard library rounds these correctly.
  private static func parseLong(_ text: ByteView, from start: Int, to end: Int) -> Double {
    Double(text.string(from: start, to: end)) ?? 0
  }
}
