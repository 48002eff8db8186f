/// What a client says about how long it waits, in nanoseconds; nil when it is no such value.
package enum RequestDeadline {
  /// `Request-Timeout`: `2.5s`, `500ms`, `1m`, or a bare number of seconds.
  package static func requestTimeout(_ text: ArraySlice<UInt8>) -> UInt64? {
    let number = text.prefix { isDigit($0) || $0 == UInt8(ascii: ".") }
    let unit = String(decoding: text.dropFirst(number.count), as: UTF8.self)
    let scale: UInt64
    switch unit {
    case "ms": scale = 1_000_000
    case "", "s": scale = 1_000_000_000
    case "m": scale = 60_000_000_000
    default: return nil
    }
    return decimal(number, scale: scale)
  }

  /// `grpc-timeout`: at most 8 digits and a unit (gRPC over HTTP/2, "Requests").
  static func grpcTimeout(_ text: ArraySlice<UInt8>) -> UInt64? {
    let digits = text.prefix(while: isDigit)
    guard !digits.isEmpty, digits.count <= 8, text.count == digits.count + 1, let unit = text.last else {
      return nil
    }
    let scale: UInt64
    switch unit {
    case UInt8(ascii: "H"): scale = 3_600_000_000_000
    case UInt8(ascii: "M"): scale = 60_000_000_000
    case UInt8(ascii: "S"): scale = 1_000_000_000
    case UInt8(ascii: "m"): scale = 1_000_000
    case UInt8(ascii: "u"): scale = 1_000
    case UInt8(ascii: "n"): scale = 1
    default: return nil
    }
    return decimal(digits, scale: scale)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  /// `digits[.digits]` times `scale`; digits beyond the scale are dropped, what does not fit is no value.
  private static func decimal(_ text: ArraySlice<UInt8>, scale: UInt64) -> UInt64? {
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard let whole = parts.first, parts.count <= 2, !parts.contains(where: \.isEmpty), whole.count <= 12
    else {
      return nil
    }
    var value: UInt64 = 0
    for digit in whole { value = value * 10 + UInt64(digit - UInt8(ascii: "0")) }
    var (total, overflow) = value.multipliedReportingOverflow(by: scale)
    if overflow { return nil }
    var unit = scale / 10
    for digit in parts.count == 2 ? parts[1] : [] {
      let (sum, carry) = total.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")) * unit)
      if carry { return nil }
      total = sum
      unit /= 10
    }
    return total
  }
}
