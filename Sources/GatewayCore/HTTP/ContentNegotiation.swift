/// Media types, as far as the gateway needs them (RFC 9110 sections 8.3 and 12.5.1).
enum ContentNegotiation {
  /// Whether `Content-Type` says JSON: `application/json` or any `…+json`.
  static func isJSON(_ value: ArraySlice<UInt8>) -> Bool {
    if value == json[...] { return true }
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
    if value == json[...] || value == anything[...] { return true }
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

  /// Whether `Content-Type` says exactly this media type, parameters aside.
  static func isType(_ value: ArraySlice<UInt8>, _ type: String) -> Bool {
    mediaType(value).elementsEqual(type.utf8)
  }

  /// Whether `Accept` wants `type` rather than JSON: it weighs more, or as much and only it is named.
  static func prefers(_ type: String, _ value: ArraySlice<UInt8>) -> Bool {
    let (other, plain) = (weight(of: Array(type.utf8), value), weight(of: json, value))
    if other.weight == 0 { return false }
    return other.weight > plain.weight || other.weight == plain.weight && other.rank > plain.rank
  }

  /// Thousandths, and how specific the range was that says so.
  private static func weight(of wanted: [UInt8], _ value: ArraySlice<UInt8>) -> (weight: Int, rank: Int) {
    var found = (weight: 0, rank: -1)
    for range in value.split(separator: UInt8(ascii: ",")) {
      let type = mediaType(range)
      let rank = type == wanted ? 2 : type == anyApplication ? 1 : type == anything ? 0 : -1
      if rank > found.rank { found = (thousandths(range), rank) }
    }
    return found
  }

  /// `;q=0.25` as 250; 1000 without it.
  private static func thousandths(_ range: ArraySlice<UInt8>) -> Int {
    for parameter in range.split(separator: UInt8(ascii: ";")).dropFirst() {
      let text = Array(trimmed(parameter))
      guard text.count > 2, text[0] | 0x20 == UInt8(ascii: "q"), text[1] == UInt8(ascii: "=") else {
        continue
      }
      var weight = 0
      var scale = 1000
      for byte in text.dropFirst(2).prefix(5) where byte != UInt8(ascii: ".") {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return 1000 }
        weight += Int(byte - UInt8(ascii: "0")) * scale
        scale /= 10
      }
      return min(weight, 1000)
    }
    return 1000
  }

  private static let json = Array("application/json".utf8)
  private static let anyApplication = Array("application/*".utf8)
  private static let anything = Array("*/*".utf8)
  private static let suffix = Array("+json".utf8)

  /// The part before parameters, without blanks around it, in lower case.
  static func mediaType(_ value: ArraySlice<UInt8>) -> [UInt8] {
    trimmed(value.prefix { $0 != UInt8(ascii: ";") }).map { byte in
      byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
  }

  /// `q=0`, `q=0.0`, `q=0.00`, `q=0.000`.
  static func isRefused(_ range: ArraySlice<UInt8>) -> Bool {
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
