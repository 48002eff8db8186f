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
    // Length and first letter tell all known names apart from nearly all others.
    for header in candidates(length: name.count) where matches(name, header) { return header }
    return nil
  }

  private static func candidates(length: Int) -> [KnownHeader] {
    length < byLength.count ? byLength[length] : []
  }

  private static let byLength: [[KnownHeader]] = {
    var table = [[KnownHeader]](repeating: [], count: 20)
    for header in allCases { table[header.name.utf8CodeUnitCount].append(header) }
    return table
  }()

  private static let lowercase: [[UInt8]] = allCases.map { Array("\($0.name)".utf8) }

  private static func matches(_ name: Span<UInt8>, _ header: KnownHeader) -> Bool {
    let expected = lowercase[header.rawValue]
    for position in 0..<expected.count {
      var byte = name[position]
      if byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") { byte |= 0x20 }
      if byte != expected[position] { return false }
    }
    return true
  }
}

/// The values of the known header fields of one request, as bytes.
package struct HTTPHeaders: Sendable {
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

  mutating func reset() {
    text.removeAll(keepingCapacity: true)
    for position in entries.indices { entries[position] = Entry() }
    isMalformed = false
    size = 0
  }

  /// Takes one field as the HTTP library saw it.
  package mutating func add(name: Span<UInt8>, value: Span<UInt8>) {
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
