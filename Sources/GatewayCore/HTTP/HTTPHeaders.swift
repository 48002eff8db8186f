/// The header fields that the gateway reads, by index; all others are looked at for their form only.
package enum KnownHeader: Int, CaseIterable, Sendable {
  case host, contentLength, transferEncoding, contentType, accept, expect, requestTimeout, grpcTimeout,
    requestID,
    traceparent, tracestate, origin, accessControlRequestMethod, instance

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
    case .origin: "origin"
    case .accessControlRequestMethod: "access-control-request-method"
    case .instance: "drawbridge-instance"
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
    // The length tells most names apart from all known ones; at most three share one.
    switch name.count {
    case 4: matches(name, .host)
    case 6: matches(name, .accept) ?? matches(name, .expect) ?? matches(name, .origin)
    case 10: matches(name, .tracestate)
    case 11: matches(name, .traceparent)
    case 12: matches(name, .contentType) ?? matches(name, .requestID) ?? matches(name, .grpcTimeout)
    case 14: matches(name, .contentLength)
    case 15: matches(name, .requestTimeout)
    case 17: matches(name, .transferEncoding)
    case 19: matches(name, .instance)
    case 29: matches(name, .accessControlRequestMethod)
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
  /// Occurrences of one field; the last one's value.
  private struct Entry {
    var start: Int32 = 0
    var end: Int32 = 0
    var count: Int32 = 0
  }

  private var text: [UInt8] = []
  /// In place: an array would count references for each look.
  private var entries = InlineArray<14, Entry>(repeating: Entry())
  /// A field name that is not a token, or what `markMalformed` was called for.
  package private(set) var isMalformed = false
  /// Bytes of all names and values, for the limit on heads.
  package private(set) var size = 0

  package init() {}

  func reset() {
    text.removeAll(keepingCapacity: true)
    entries = InlineArray(repeating: Entry())
    isMalformed = false
    size = 0
  }

  /// Takes one field as the HTTP library saw it.
  package func add(name: Span<UInt8>, value: Span<UInt8>) {
    size += name.count + value.count + 4
    guard let header = KnownHeader.named(name) else {
      var isToken = !name.isEmpty
      for position in 0..<name.count where !isTokenByte(name[position]) { isToken = false }
      if !isToken { isMalformed = true }
      return
    }
    let start = Int32(clamping: text.count)
    // SAFETY: the span outlives the call, which copies.
    unsafe value.withUnsafeBufferPointer { unsafe text.append(contentsOf: $0) }
    let count = entries[header.rawValue].count + 1
    entries[header.rawValue] = Entry(start: start, end: Int32(clamping: text.count), count: count)
  }

  /// The front saw something wrong with the head that the fields themselves do not show.
  package func markMalformed() { isMalformed = true }

  /// How often the field came.
  package func count(_ header: KnownHeader) -> Int { Int(entries[header.rawValue].count) }

  /// The field's last value without surrounding blanks; nil when it did not come.
  package func value(_ header: KnownHeader) -> ArraySlice<UInt8>? {
    let entry = entries[header.rawValue]
    guard entry.count > 0 else { return nil }
    var start = Int(entry.start)
    var end = Int(entry.end)
    while start < end, isBlank(text[start]) { start += 1 }
    while start < end, isBlank(text[end - 1]) { end -= 1 }
    return text[start..<end]
  }
}

/// Whether a byte may stand in a token: a letter, a digit or one of ``!#$%&'*+-.^_`|~`` (RFC 9110 section 5.6.2).
package func isTokenByte(_ byte: UInt8) -> Bool {
  // One bit a byte; bytes from 128 on are none.
  let bits: UInt64 = byte < 64 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
  return byte < 128 && bits >> UInt64(byte & 63) & 1 == 1
}

func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
