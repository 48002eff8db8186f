/// Percent-encoding (RFC 3986 §2.1), decoded once and never twice.
enum PercentEncoding {
  /// Whether two hexadecimal digits follow the `%` at `index`, and they are not a NUL.
  static func isValid(_ bytes: [UInt8], at index: Int, end: Int) -> Bool {
    octet(bytes, at: index, end: end) > 0
  }

  /// Appends a value of a path. With `keepingSlash`, `%2F` stays as it is.
  ///
  /// - Returns: the offset of a byte that cannot be decoded, -1 for none.
  static func decode(
    _ bytes: [UInt8], _ range: Range<Int>, keepingSlash: Bool, into output: inout [UInt8]
  ) -> Int {
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = bytes[index]
      if byte == UInt8(ascii: "%") {
        let octet = octet(bytes, at: index, end: range.upperBound)
        if octet <= 0 { return index }
        if keepingSlash, octet == Int(UInt8(ascii: "/")) {
          output += bytes[index..<index + 3]
        } else {
          output.append(UInt8(truncatingIfNeeded: octet))
        }
        index += 3
      } else {
        if byte == 0 { return index }
        output.append(byte)
        index += 1
      }
    }
    return -1
  }

  /// Appends a name or value of a query, where `+` is a space (URL standard, application/x-www-form-urlencoded).
  ///
  /// - Returns: the offset of a byte that cannot be decoded, -1 for none.
  static func decodeForm(_ bytes: [UInt8], _ range: Range<Int>, into output: inout [UInt8]) -> Int {
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "%"):
        let octet = octet(bytes, at: index, end: range.upperBound)
        if octet <= 0 { return index }
        output.append(UInt8(truncatingIfNeeded: octet))
        index += 2
      case UInt8(ascii: "+"): output.append(UInt8(ascii: " "))
      case 0: return index
      default: output.append(byte)
      }
      index += 1
    }
    return -1
  }

  /// What the `%XX` at `index` stands for; -1 when it is not one.
  private static func octet(_ bytes: [UInt8], at index: Int, end: Int) -> Int {
    guard index + 2 < end else { return -1 }
    let high = digit(bytes[index + 1])
    let low = digit(bytes[index + 2])
    return high < 0 || low < 0 ? -1 : high << 4 | low
  }

  private static func digit(_ byte: UInt8) -> Int {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte - UInt8(ascii: "A") + 10)
    default: -1
    }
  }
}
