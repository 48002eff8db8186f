/// What the conventions of OMG DDS-JSON 1.0 (7.3.7.4) change; they are chosen for a whole service.
///
/// - 64-bit integers and bit masks are numbers up to 2^53 - 1, and strings beyond.
/// - Bit masks are their numbers.
/// - What is not finite is `"nan"`, `"inf"` or `"-inf"`.
/// - A `long double` is the base64 of its decimal digits: the specification speaks of the value's base64 and its
///   example, `"My4xNA=="`, is that of the text `3.14`.
///
/// Octets as arrays and the names of the schema are options of their own, which a service with these conventions has
/// set. What the specification leaves open (bit sets, maps with other keys than strings and integers) is as ever.
enum DDSJSON {
  /// Largest magnitude of a number that is written without quotes (RFC 7493 2.2).
  static let largestNumber: UInt64 = 1 << 53 - 1

  static func appendNonFinite(_ value: Double, to sink: inout ByteSink) {
    sink.append(value.isNaN ? "\"nan\"" : value < 0 ? "\"-inf\"" : "\"inf\"")
  }

  /// The value of one of the names above.
  static func nonFinite(_ bytes: ByteView, _ start: Int, _ end: Int) -> Double? {
    if bytes.equals(start, end, "nan") { return .nan }
    if bytes.equals(start, end, "inf") { return .infinity }
    return bytes.equals(start, end, "-inf") ? -.infinity : nil
  }
}

extension CDRDecoder {
  mutating func ddsLongDouble(_ value: Double) {
    buffers.spare.removeAll()
    FloatingPointText.append(value, to: &buffers.spare)
    buffers.sink.append(UInt8(ascii: "\""))
    Base64.encode(buffers.spare, into: &buffers.sink)
    buffers.sink.append(UInt8(ascii: "\""))
  }
}

extension CDREncoder {
  /// The pattern of a finite long double; nil when the text is not the base64 of a number.
  mutating func ddsLongDouble(_ token: JSONToken) -> UInt64? {
    let start = buffers.sink.count
    defer { buffers.sink.truncate(to: start) }
    guard buffers.appendBase64(of: token, in: text) else { return nil }
    return buffers.sink.withView { CDRText.number(.float128, $0, start, $0.count) }
  }
}
