/// The shortest decimal that reads back as the same binary number, and of those the closest
/// (Raffaele Giulietti, "The Schubfach way to render doubles", 2020).
struct ShortestDecimal {
  /// Without trailing zeros.
  private(set) var significand: UInt64
  private(set) var exponent: Int

  init(_ value: Double) {
    self.init(
      fraction: value.significandBitPattern, biasedExponent: Int(value.exponentBitPattern),
      fractionBits: 52, bias: 1023)
  }

  init(_ value: Float) {
    self.init(
      fraction: UInt64(value.significandBitPattern), biasedExponent: Int(value.exponentBitPattern),
      fractionBits: 23, bias: 127)
  }

  /// The value is finite and not zero.
  private init(fraction: UInt64, biasedExponent: Int, fractionBits: Int, bias: Int) {
    let isNormal = biasedExponent != 0
    let c = isNormal ? fraction | 1 << UInt64(fractionBits) : fraction
    let q = (isNormal ? biasedExponent : 1) - bias - fractionBits
    if q <= 0, q > -fractionBits, c & (1 << UInt64(-q) - 1) == 0 {
      significand = c >> UInt64(-q)
      exponent = 0
    } else {
      (significand, exponent) = ShortestDecimal.shortest(
        c, q, isLowerCloser: fraction == 0 && biasedExponent > 1)
    }
    while significand % 10 == 0 {
      significand /= 10
      exponent += 1
    }
  }

  /// c·2^q, and whether the next smaller number is only half as far as the next larger one.
  private static func shortest(_ c: UInt64, _ q: Int, isLowerCloser: Bool) -> (UInt64, Int) {
    let isOdd: UInt64 = c & 1
    // k = floor(log10(2^q)), or of 3/4 of that; all logarithms in fixed point.
    let k = (q * 1_262_611 - (isLowerCloser ? 524_031 : 0)) >> 22
    let shift = UInt64(q + ((-k * 1_741_647) >> 19) + 1)
    let power = PowersOfTen.shared[-k]
    // Four times the number and the ends of its rounding interval, scaled by 10^-k.
    let lower = scale(power, (4 * c - 2 + (isLowerCloser ? 1 : 0)) << shift) + isOdd
    let middle = scale(power, 4 * c << shift)
    let upper = scale(power, (4 * c + 2) << shift) - isOdd

    let s = middle / 4
    if s >= 10 {
      let tens = s / 10
      let downFits = lower <= 40 * tens
      let upFits = 40 * tens + 40 <= upper
      if downFits != upFits { return (upFits ? tens + 1 : tens, k + 1) }
    }
    let downFits = lower <= 4 * s
    let upFits = 4 * s + 4 <= upper
    if downFits != upFits { return (upFits ? s + 1 : s, k) }
    let half = 4 * s + 2
    let roundUp = middle > half || middle == half && s & 1 == 1
    return (roundUp ? s + 1 : s, k)
  }

  /// The product's upper bits, the lowest of them set when any bit below it is ("round to odd").
  private static func scale(_ power: PowersOfTen.Significand, _ factor: UInt64) -> UInt64 {
    let low = power.low.multipliedFullWidth(by: factor)
    let high = power.high.multipliedFullWidth(by: factor)
    let (middle, carry) = high.low.addingReportingOverflow(low.high)
    return (high.high + (carry ? 1 : 0)) | (middle > 1 ? 1 : 0)
  }
}
