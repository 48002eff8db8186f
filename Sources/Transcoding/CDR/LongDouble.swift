/// IEEE 754 binary128, which is what CDR's `long double` is: 1 bit of sign, 15 of exponent, 112 of fraction.
///
/// JSON numbers go through `Double` here: every double has an exact long double; a long double becomes the nearest
/// double, ties to even. One that is finite but beyond all doubles has none.
struct LongDouble {
  var high: UInt64
  var low: UInt64

  private static let bias = 16383
  private static let exponentMask: UInt64 = 0x7FFF

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  init(_ value: Double) {
    let sign: UInt64 = value.sign == .minus ? 1 << 63 : 0
    var exponent: UInt64
    var fraction: UInt64
    if value.isZero {
      (exponent, fraction) = (0, 0)
    } else if value.isFinite {
      // Subnormal doubles are normal here.
      exponent = UInt64(Int(value.exponent) + LongDouble.bias)
      fraction = value.significand.significandBitPattern
    } else {
      (exponent, fraction) = (LongDouble.exponentMask, value.significandBitPattern)
    }
    // 52 bits become the upper ones of 112: 48 in the high word.
    high = sign | exponent << 48 | fraction >> 4
    low = fraction << 60
  }

  /// The nearest double; nil when the value is finite and no double is near.
  var double: Double? {
    let isNegative = high >> 63 == 1
    let exponent = Int(high >> 48 & LongDouble.exponentMask)
    let fraction = high & 0xFFFF_FFFF_FFFF
    if exponent == Int(LongDouble.exponentMask) {
      if fraction | low != 0 { return .nan }
      return isNegative ? -.infinity : .infinity
    }
    // Subnormal long doubles are far below all doubles.
    if exponent == 0 { return isNegative ? -0.0 : 0 }
    // The leading one, 62 bits of the fraction, and whether anything below them is set.
    let lost: UInt64 = low << 14 == 0 ? 0 : 1
    let significand = 1 << 63 | fraction << 15 | low >> 49 | lost
    let power = exponent - LongDouble.bias
    // A double has 53 bits, fewer below 2^-1022.
    let precision = power >= -1022 ? 53 : 53 - (-1022 - power)
    if precision < 0 { return isNegative ? -0.0 : 0 }
    let rounded = LongDouble.rounded(significand, droppedBits: 64 - precision)
    let magnitude = Double(sign: .plus, exponent: power - (precision - 1), significand: Double(rounded))
    if magnitude.isInfinite { return nil }
    return isNegative ? -magnitude : magnitude
  }

  /// The upper bits, rounded to nearest, ties to even.
  private static func rounded(_ significand: UInt64, droppedBits: Int) -> UInt64 {
    let kept = droppedBits >= 64 ? 0 : significand >> UInt64(droppedBits)
    let half: UInt64 = 1 << UInt64(droppedBits - 1)
    let rest = droppedBits >= 64 ? significand : significand & (1 << UInt64(droppedBits) - 1)
    return rest > half || rest == half && kept & 1 == 1 ? kept + 1 : kept
  }
}
