/// Media types, as far as the gateway needs them (RFC 9110 sections 8.3 and 12.5.1).
enum ContentNegotiation {
  /// Whether `Content-Type` says JSON: `application/json` or any `…+json`.
  static func isJSON(_ value: ArraySlice<UInt8>) -> Bool {
    if value.elementsEqual(json) { return true }
    let type = mediaType(value)
    if type == json { return true }
    return type.count > suffix.count && type.suffix(suffix.count).elementsEqual(suffix)
  }

  /// Whether `Accept` leaves room for JSON. The most specific range that matches decides.
  static func acceptsJSON(_ value: ArraySlice<UInt8>) -> Bool {
    if value.elementsEqual(json) || value.elementsEqual(anything) { return true }
    var specificity = -1
    var accepted = false
    for range in value.split(separator: UInt8(ascii: ",")) {
      let type = mediaType(range)
      let rank =
        type == json ? 2 : type == anyApplication ? 1 : type == anything ? 0 : -1
      guard rank >= 0, rank >= specificity else { continue }
      let isWanted = !isRefused(range)
      accepted = rank == specificity ? accepted || isWanted : isWanted
      specificity = rank
    }
    return accepted
  }

  private static let json = Array("application/json".utf8)
  private static let anyApplication = Array("application/*".utf8)
  private static let anything = Array("*/*".utf8)
  private static let suffix = Array("+json".utf8)

  /// The part before parameters, without blanks, in lower case.
  private static func mediaType(_ value: ArraySlice<UInt8>) -> [UInt8] {
    value.prefix { $0 != UInt8(ascii: ";") }.compactMap { byte in
      if isBlank(byte) { return nil }
      return byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
  }

  /// `q=0`, `q=0.0`, `q=0.00`, `q=0.000`.
  private static func isRefused(_ range: ArraySlice<UInt8>) -> Bool {
    for parameter in range.split(separator: UInt8(ascii: ";")).dropFirst() {
      let text = parameter.filter { !isBlank($0) }
      guard text.count > 2, text[0] | 0x20 == UInt8(ascii: "q"), text[1] == UInt8(ascii: "=") else { continue }
      return text.dropFirst(2).allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
    }
    return false
  }
}
