/// Percent-encoding (RFC 3986 §2.1), decoded once and never twice.
enum PercentEncoding {
  /// Whether two hexadecimal digits follow the `%` at `index`, and they are not a NUL.
  static func isValid(_ bytes: [UInt8], at index: Int, end: Int) -> Bool {
    guard index + 2 < end, let high = digit(bytes[index + 1]), let low = digit(bytes[index + 2]) else {
      return false
    }
    return high | low != 0
  }

  static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
