package import GatewayCore

/// Looks at the raw bytes of a first head, before libmicrohttpd does.
///
/// libmicrohttpd 0.9.75 takes heads that other parsers read differently (bare LF, folded lines, NUL), which is
/// how requests are smuggled past a proxy; once it has parsed them the difference is no longer visible.
/// Grammar: RFC 9112 sections 2.2, 3 and 5, without what they let a server tolerate.
package enum HeadScan: Equatable {
  /// Nothing wrong so far; more bytes are to come.
  case incomplete
  /// A whole head, nothing wrong.
  case complete
  case refused(ProblemType, String)

  package static func scan(_ bytes: ArraySlice<UInt8>, limits: HTTPFrontSettings) -> HeadScan {
    var scanner = HeadScanner(bytes: bytes, limits: limits)
    return scanner.run()
  }
}

private struct HeadScanner {
  /// Starts at index 0.
  let bytes: ArraySlice<UInt8>
  let limits: HTTPFrontSettings
  var position = 0

  mutating func run() -> HeadScan {
    // RFC 9112 section 2.2: empty lines before the request line are skipped, by the library too.
    while position + 1 < bytes.count, bytes[position] == cr, bytes[position + 1] == lf { position += 2 }
    let start = position
    if let refused = requestLine(from: start) { return refused }
    guard let first = lineEnd(from: start) else { return unfinished(start) }
    position = first + 2
    while true {
      guard let end = lineEnd(from: position) else { return unfinished(start) }
      if end == position {
        return end + 2 - start > limits.maxHead ? tooLarge : .complete
      }
      if let refused = field(from: position, to: end) { return refused }
      position = end + 2
    }
  }

  /// Position of the CR of the CRLF that ends the line; nil when it is not there yet, also for a line that is
  /// wrong, which `unfinished` then says.
  private func lineEnd(from start: Int) -> Int? {
    var scan = start
    while scan + 1 < bytes.count {
      if bytes[scan] == cr, bytes[scan + 1] == lf { return scan }
      if bytes[scan] == lf || bytes[scan] == 0 || bytes[scan] == cr { return nil }
      scan += 1
    }
    return nil
  }

  /// The rest holds no line end: wrong, too large, or still to come.
  private func unfinished(_ start: Int) -> HeadScan {
    for scan in position..<max(position, bytes.count) {
      let byte = bytes[scan]
      if byte == 0 { return .refused(.malformedRequest, "the request head holds a NUL byte") }
      if byte == lf {
        return .refused(.malformedRequest, "a line of the request head ends in LF without CR")
      }
      if byte == cr, scan + 1 < bytes.count, bytes[scan + 1] != lf {
        return .refused(.malformedRequest, "the request head holds a CR without LF")
      }
    }
    return bytes.count - start > limits.maxHead ? tooLarge : .incomplete
  }

  private var tooLarge: HeadScan {
    .refused(.headTooLarge, "the request head is longer than \(limits.maxHead) bytes")
  }

  /// Judges as much of the request line as is there.
  private func requestLine(from start: Int) -> HeadScan? {
    if bytes[start...].starts(with: Self.preface) {
      return .refused(
        .malformedRequest, "HTTP/2 is not spoken here; put a proxy in front that does, or use HTTP/1.1")
    }
    var scan = start
    while scan < bytes.count, isTokenByte(bytes[scan]) { scan += 1 }
    if scan == bytes.count { return nil }
    if scan == start || bytes[scan] != space {
      return bytes[scan] == lf || bytes[scan] == 0
        ? nil : .refused(.malformedRequest, "the request line does not start with a method and one blank")
    }
    let target = scan + 1
    var end = target
    var parameters = 1
    while end < bytes.count, bytes[end] > space, bytes[end] != 0x7f {
      if bytes[end] == UInt8(ascii: "&") { parameters += 1 }
      end += 1
    }
    if end - target > limits.maxTarget {
      return .refused(.uriTooLong, "the request target is longer than \(limits.maxTarget) bytes")
    }
    if parameters > limits.maxQueryParameters {
      return .refused(
        .malformedRequest,
        "the query has more than \(limits.maxQueryParameters) parameters")
    }
    guard end < bytes.count else { return nil }
    if end == target || bytes[end] != space {
      return bytes[end] == lf || bytes[end] == 0
        ? nil : .refused(.malformedRequest, "the request target is empty or holds a blank or control byte")
    }
    return version(at: end + 1)
  }

  private func version(at start: Int) -> HeadScan? {
    let wrong = HeadScan.refused(.malformedRequest, "the request line does not end in HTTP/1.0 or HTTP/1.1")
    for (position, expected) in Self.protocolName.enumerated() {
      if start + position >= bytes.count { return nil }
      if bytes[start + position] != expected { return wrong }
    }
    let digit = start + Self.protocolName.count
    if digit >= bytes.count { return nil }
    guard bytes[digit] == UInt8(ascii: "0") || bytes[digit] == UInt8(ascii: "1") else { return wrong }
    if digit + 1 < bytes.count, bytes[digit + 1] != cr, bytes[digit + 1] != lf { return wrong }
    return nil
  }

  private static let protocolName = Array("HTTP/1.".utf8)
  private static let preface = Array("PRI * HTTP/2.0".utf8)

  private func field(from start: Int, to end: Int) -> HeadScan? {
    if isBlank(bytes[start]) {
      return .refused(.malformedRequest, "a header line starts with a blank (obsolete folding)")
    }
    var scan = start
    while scan < end, isTokenByte(bytes[scan]) { scan += 1 }
    guard scan > start, scan < end, bytes[scan] == UInt8(ascii: ":") else {
      return .refused(.malformedRequest, "a header line does not start with a field name and a colon")
    }
    return nil
  }
}

private let cr = UInt8(ascii: "\r")
private let lf = UInt8(ascii: "\n")
private let space = UInt8(ascii: " ")

private func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == UInt8(ascii: "\t") }
