internal import CMicrohttpd
internal import GatewayCore
internal import Glibc

/// Where libmicrohttpd left the parts of a head in its buffer, and so what stood between them.
///
/// The library tolerates what RFC 9112 sections 2.2, 3 and 5 tell a server to refuse (a bare LF, a folded line,
/// NUL, more than one blank), and nothing of it is left in the texts that it hands out. But version 0.9.75 parses
/// in place: it writes NUL over each separator and gives out addresses in the buffer. Between two parts of a good
/// head lies exactly one blank or one CRLF, behind the last one CRLF CRLF; any other distance is refused.
/// `HeadScan` sees the bytes themselves, but only of the first head of a connection.
struct HeadLayout {
  private let start: UInt
  /// The address right behind the part before.
  private var end: UInt
  private var isInSequence: Bool
  private var hasBadValue = false

  /// Whether the library in this process is one whose layout is known.
  // SAFETY: the library returns a constant text.
  private static let isKnown = unsafe String(cString: MHD_get_version()) == "0.9.75"

  /// The request line: three parts with one blank between them.
  init(
    method: UnsafePointer<CChar>, target: UnsafePointer<CChar>?, targetCount: Int,
    version: UnsafePointer<CChar>
  ) {
    // SAFETY: method and version end in NUL; addresses are compared only.
    start = UInt(bitPattern: method)
    let targetAddress = UInt(bitPattern: target)
    let versionAddress = UInt(bitPattern: version)
    let methodEnd = unsafe start &+ UInt(strlen(method))
    isInSequence =
      targetAddress == methodEnd &+ 1
      && versionAddress == targetAddress &+ UInt(bitPattern: targetCount) &+ 1
    unsafe end = versionAddress &+ UInt(strlen(version))
  }

  /// Whether nothing else stood between the parts than should have; `headSize` is what the library counted.
  func isSound(headSize: Int) -> Bool {
    let ends = start &+ UInt(bitPattern: headSize) == end &+ 4
    return !hasBadValue && (isInSequence && ends || !Self.isKnown)
  }

  /// The next field. The library has skipped the colon and the blanks before the value.
  mutating func field(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    // SAFETY: addresses are compared only.
    let nameAddress = UInt(bitPattern: name.baseAddress)
    let valueAddress = UInt(bitPattern: value.baseAddress)
    isInSequence =
      isInSequence && nameAddress == end &+ 2 && valueAddress > nameAddress &+ UInt(name.count)
    end = valueAddress &+ UInt(value.count)
    // SAFETY: the value has that size; the fields of a head come from one buffer, as bytes.
    guard let first = value.baseAddress, let last = unsafe value.last else { return }
    // RFC 9110 section 5.5: other parsers take CR for the end of the line.
    if unsafe memchr(first, 0x0d, value.count) != nil { hasBadValue = true }
    // The library does not know `chunked` with a blank behind it, and would wait for the end of the stream.
    if last == UInt8(ascii: " ") || last == UInt8(ascii: "\t"),
      unsafe KnownHeader.named(name.bindMemory(to: UInt8.self).span) == .transferEncoding
    {
      hasBadValue = true
    }
  }
}
