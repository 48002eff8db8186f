/// 10^k as 128-bit significands, for k = -324 … 324: ceil(10^k / 2^(floor(log2 10^k) - 127)).
///
/// Computed at first use with schoolbook arithmetic instead of standing here as 1,298 constants.
struct PowersOfTen: Sendable {
  static let shared = PowersOfTen()
  static let limit = 324

  struct Significand: BitwiseCopyable {
    var high: UInt64
    var low: UInt64
  }

  private let table: FrozenTable<Significand>

  @inline(__always)
  subscript(exponent: Int) -> Significand {
    table.view[Int32(truncatingIfNeeded: exponent &+ PowersOfTen.limit)]
  }

  private init() {
    var powers = [Significand](
      repeating: Significand(high: 1 << 63, low: 0), count: 2 * PowersOfTen.limit + 1)
    // Limbs of 32 bits, lowest first. 2^1376 leaves 299 bits of 2^1376 / 10^324: more than 128.
    var positive: [UInt32] = [1]
    var negative = [UInt32](repeating: 0, count: 43) + [1]
    for exponent in 1...PowersOfTen.limit {
      PowersOfTen.multiplyByTen(&positive)
      PowersOfTen.divideByTen(&negative)
      powers[PowersOfTen.limit + exponent] = PowersOfTen.top(positive, isExact: true)
      // No negative power of ten is a binary fraction: the quotient always lost something.
      powers[PowersOfTen.limit - exponent] = PowersOfTen.top(negative, isExact: false)
    }
    table = FrozenTable(powers)
  }

  private static func multiplyByTen(_ limbs: inout [UInt32]) {
    var carry: UInt64 = 0
    for i in limbs.indices {
      let product = UInt64(limbs[i]) * 10 + carry
      limbs[i] = UInt32(truncatingIfNeeded: product)
      carry = product >> 32
    }
    if carry > 0 { limbs.append(UInt32(carry)) }
  }

  private static func divideByTen(_ limbs: inout [UInt32]) {
    var remainder: UInt64 = 0
    for i in limbs.indices.reversed() {
      let part = remainder << 32 | UInt64(limbs[i])
      limbs[i] = UInt32(part / 10)
      remainder = part % 10
    }
    while limbs.last == 0 { limbs.removeLast() }
  }

  /// The highest 128 bits, plus one when anything was cut off.
  private static func top(_ limbs: [UInt32], isExact: Bool) -> Significand {
    let bits = limbs.count * 32 - (limbs.last?.leadingZeroBitCount ?? 0)
    func bit(_ index: Int) -> Bool { index >= 0 && limbs[index / 32] >> UInt32(index % 32) & 1 == 1 }
    var high: UInt64 = 0
    var low: UInt64 = 0
    for i in 0..<64 {
      high = high << 1 | (bit(bits - 1 - i) ? 1 : 0)
      low = low << 1 | (bit(bits - 65 - i) ? 1 : 0)
    }
    let lost = !isExact || bits > 128 && (0..<(bits - 128)).contains { bit($0) }
    if lost {
      low &+= 1
      if low == 0 { high &+= 1 }
    }
    return Significand(high: high, low: low)
  }
}
