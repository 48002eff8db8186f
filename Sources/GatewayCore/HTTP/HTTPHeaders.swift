/// The header fields that the gateway reads, by index; all others are looked at for their form only.
package enum KnownHeader: Int, CaseIterable, Sendable {
  case host, contentLength, transferEncoding, contentType, accept, expect, requestTimeout, grpcTimeout, requestID,
    traceparent, tracestate

  /// Lower case.
  var name: StaticString {
    switch self {
    case .host: "host"
    case .contentLength: "content-length"
    case .transferEncoding: "transfer-encoding"
    case .contentType: "content-type"
    case .accept: "accept"
    case .expect: "expect"
    case .requestTimeout: "request-timeout"
    case .grpcTimeout: "grpc-timeout"
    case .requestID: "x-request-id"
    case .traceparent: "traceparent"
    case .tracestate: "tracestate"
    }
  }

  /// For messages: `Request-Timeout`.
  var fieldName: String {
    var upper = true
    return String(
      "\(name)".map { letter in
        defer { upper = letter == "-" }
        return upper ? Character(letter.uppercased()) : letter
      })
  }

  /// Finds a field by its name in any case; nil for the many that the gateway does not read.
  package static func named(_ name: Span<UInt8>) -> KnownHeader? {
    // The length tells most names apart from all known ones; at most two share one.
    switch name.count {
    case 4: matches(name, .host)
    case 6: matches(name, .accept) ?? matches(name, .expect)
    case 10: matches(name, .tracestate)
    case 11: matches(name, .traceparent)
    case 12: matches(name, .contentType) ?? matches(name, .requestID) ?? matches(name, .grpcTimeout)
    case 14: matches(name, .contentLength)
    case 15: matches(name, .requestTimeout)
    case 17: matches(name, .transferEncoding)
    default: nil
    }
  }

  private static func matches(_ name: Span<UInt8>, _ header: KnownHeader) -> KnownHeader? {
    let expected = header.name
    guard expected.utf8CodeUnitCount == name.count else { return nil }
    for position in 0..<name.count {
      var byte = name[position]
      if byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") { byte |= 0x20 }
      // SAFETY: a static string of that length.
      if unsafe byte != expected.utf8Start[position] { return nil }
    }
    return header
  }
}

/// The values of the known header fields of one request, as bytes. Reused; a class, so that reading a value
/// copies no buffers.
///
/// SAFETY: `@unchecked Sendable` because it belongs to one `HTTPExchange` and shares its confinement.
package final class HTTPHeaders: @unchecked Sendable {
  /// Occurrences of one field.
  private struct Entry {
    var start: Int32 = 0
    var end: Int32 = 0
    var count: Int32 = 0
  }

  private var text: [UInt8] = []
  private var entries = [Entry](repeating: Entry(), count: KnownHeader.allCases.count)
  /// A field name that is not a token, or a name or value that breaks the form otherwise.
  package var isMalformed = false
  /// Bytes of all names and values, for the limit on heads.
  package private(set) var size = 0

  package init() {}

  func reset() {
    text.removeAll(keepingCapacity: true)
    for position in entries.indices { entries[position] = Entry() }
    isMalformed = false
    size = 0
  }

  /// Takes one field as the HTTP library saw it.
  package func add(name: Span<UInt8>, value: Span<UInt8>) {
    size += name.count + value.count + 4
    if name.isEmpty { isMalformed = true }
    for position in 0..<name.count where !isTokenByte(name[position]) { isMalformed = true }
    guard let header = KnownHeader.named(name) else { return }
    entries[header.rawValue].count += 1
    entries[header.rawValue].start = Int32(clamping: text.count)
    for position in 0..<value.count { text.append(value[position]) }
    entries[header.rawValue].end = Int32(clamping: text.count)
  }

  /// How often the field came.
  package func count(_ header: KnownHeader) -> Int { Int(entries[header.rawValue].count) }

  /// The field's last value without surrounding blanks; nil when it did not come.
  package func value(_ header: KnownHeader) -> ArraySlice<UInt8>? {
    let entry = entries[header.rawValue]
    guard entry.count > 0 else { return nil }
    var slice = text[Int(entry.start)..<Int(entry.end)]
    while let first = slice.first, isBlank(first) { slice.removeFirst() }
    while let last = slice.last, isBlank(last) { slice.removeLast() }
    return slice
  }
}

/// RFC 9110 section 5.6.2.
private let tokenBytes: [Bool] = {
  var table = [Bool](repeating: false, count: 256)
  for byte in "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8 {
    table[Int(byte)] = true
  }
  return table
}()

package func isTokenByte(_ byte: UInt8) -> Bool { tokenBytes[Int(byte)] }

func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
