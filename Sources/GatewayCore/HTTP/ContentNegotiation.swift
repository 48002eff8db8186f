/// Media types, as far as the gateway needs them (RFC 9110 sections 8.3 and 12.5.1).
enum ContentNegotiation {
  /// Whether `Content-Type` says JSON: `application/json` or any `…+json`.
  static func isJSON(_ value: ArraySlice<UInt8>) -> Bool {
    if value.elementsEqual(json) { return true }
    let type = mediaType(value)
    if type == json { return true }
    let parts = type.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return parts.count == 2 && type.allSatisfy { isTokenByte($0) || $0 == UInt8(ascii: "/") }
      && !parts[0].isEmpty && parts[1].count > suffix.count
      && parts[1].suffix(suffix.count).elementsEqual(suffix)
  }

  /// Whether `Accept` leaves room for JSON. The most specific range that matches decides; a list without a range
  /// excludes nothing.
  static func acceptsJSON(_ value: ArraySlice<UInt8>) -> Bool {
    if value.elementsEqual(json) || value.elementsEqual(anything) { return true }
    var specificity = -1
    var accepted = false
    var isEmpty = true
    for range in value.split(separator: UInt8(ascii: ",")) {
      let type = mediaType(range)
      if type.isEmpty { continue }
      isEmpty = false
      let rank = type == json ? 2 : type == anyApplication ? 1 : type == anything ? 0 : -1
      guard rank >= 0, rank >= specificity else { continue }
      let isWanted = !isRefused(range)
      accepted = rank == specificity ? accepted || isWanted : isWanted
      specificity = rank
    }
    return accepted || isEmpty
  }

  private static let json = Array("application/json".utf8)
  private static let anyApplication = Array("application/*".utf8)
  private static let anything = Array("*/*".utf8)
  private static let suffix = Array("+json".utf8)

  /// The part before parameters, without blanks around it, in lower case.
  private static func mediaType(_ value: ArraySlice<UInt8>) -> [UInt8] {
    trimmed(value.prefix { $0 != UInt8(ascii: ";") }).map { byte in
      byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
  }

  /// `q=0`, `q=0.0`, `q=0.00`, `q=0.000`.
  private static func isRefused(_ range: ArraySlice<UInt8>) -> Bool {
    for parameter in range.split(separator: UInt8(ascii: ";")).dropFirst() {
      let text = Array(trimmed(parameter))
      guard text.count > 2, text[0] | 0x20 == UInt8(ascii: "q"), text[1] == UInt8(ascii: "=") else {
        continue
      }
      return text.dropFirst(2).allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
    }
    return false
  }
}

/// `bytes` without blanks around it.
func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
  var slice = bytes
  while let first = slice.first, isBlank(first) { slice.removeFirst() }
  while let last = slice.last, isBlank(last) { slice.removeLast() }
  return slice
}
