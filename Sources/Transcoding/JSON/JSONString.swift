/// The text of JSON strings (RFC 8259 §7), in and out.
enum JSONString {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// The high bit of each of eight bytes that a scan must stop at: quote, backslash, control, not ASCII.
  /// Only the lowest one is exact, which is the one that is looked at.
  @inline(__always)
  static func stops(_ word: UInt64) -> UInt64 {
    let quote = word ^ 0x2222_2222_2222_2222
    let backslash = word ^ 0x5C5C_5C5C_5C5C_5C5C
    // A byte that borrows has a lower one that stops, or is below what is subtracted itself; those with the
    // high bit stop anyway.
    return ((quote &- ones) | (backslash &- ones) | (word &- 0x2020_2020_2020_2020) | word) & highs
  }

  @inline(__always)
  static func isStop(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  /// Four hexadecimal digits, which lie within `text`.
  static func hexUnit(_ text: ByteView, at start: Int) -> UInt32? {
    var unit: UInt32 = 0
    for i in 0..<4 {
      let byte = text[start + i]
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: return nil
      }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }

  /// Appends what a scanned string stands for.
  @inline(__always)
  static func appendText(of token: JSONToken, in text: ByteView, to sink: inout ByteSink) {
    if token.isComplex {
      unescape(text, from: Int(token.start), to: Int(token.end), into: &sink)
    } else {
      sink.append(text, from: Int(token.start), to: Int(token.end))
    }
  }

  /// The scanner has checked every escape, so that nothing can fail here.
  private static func unescape(_ text: ByteView, from start: Int, to end: Int, into sink: inout ByteSink) {
    var index = start
    while index < end {
      let run = text.firstBackslash(from: index, to: end)
      sink.append(text, from: index, to: run)
      if run == end { return }
      let code = text[run + 1]
      index = run + 2
      switch code {
      case UInt8(ascii: "b"): sink.append(0x08)
      case UInt8(ascii: "f"): sink.append(0x0C)
      case UInt8(ascii: "n"): sink.append(0x0A)
      case UInt8(ascii: "r"): sink.append(0x0D)
      case UInt8(ascii: "t"): sink.append(0x09)
      case UInt8(ascii: "u"):
        var scalar = hexUnit(text, at: index) ?? 0xFFFD
        index += 4
        if scalar & 0xFC00 == 0xD800 {
          let low = hexUnit(text, at: index + 2) ?? 0xDC00
          scalar = 0x10000 + (scalar & 0x3FF) << 10 + low & 0x3FF
          index += 6
        }
        UTF8Form.append(scalar, to: &sink)
      default: sink.append(code)
      }
    }
  }

  /// Appends `bytes[start..<end]` with its quotes and the escapes that RFC 8259 requires.
  ///
  /// - Returns: nil, or the offset of the first byte that is not UTF-8; part of the text is then appended.
  @discardableResult
  @inline(__always)
  static func appendLiteral(
    _ bytes: ByteView, from start: Int, to end: Int, into sink: inout ByteSink
  ) -> Int? {
    sink.append(UInt8(ascii: "\""))
    let invalid = appendEscaped(bytes, from: start, to: end, into: &sink)
    sink.append(UInt8(ascii: "\""))
    return invalid
  }

  /// As above, for text that is known to be UTF-8.
  static func appendLiteral(of text: borrowing ByteSink, into sink: inout ByteSink) {
    text.withView { _ = appendLiteral($0, from: 0, to: $0.count, into: &sink) }
  }

  /// Copies runs that need no escape whole: one look at each byte decides that and whether it is UTF-8.
  private static func appendEscaped(
    _ bytes: ByteView, from start: Int, to end: Int, into sink: inout ByteSink
  ) -> Int? {
    var copied = start
    var index = start
    while true {
      index = bytes.firstStop(from: index, to: end)
      if index == end { break }
      let byte = bytes[index]
      if byte >= 0x80 {
        index = UTF8Form.endOfScalars(bytes, from: index, to: end)
        if index < end, bytes[index] >= 0x80 { return index }
        continue
      }
      sink.append(bytes, from: copied, to: index)
      appendEscape(byte, into: &sink)
      index &+= 1
      copied = index
    }
    sink.append(bytes, from: copied, to: end)
    return nil
  }

  private static func appendEscape(_ byte: UInt8, into sink: inout ByteSink) {
    sink.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): sink.append(byte)
    case 0x08: sink.append(UInt8(ascii: "b"))
    case 0x09: sink.append(UInt8(ascii: "t"))
    case 0x0A: sink.append(UInt8(ascii: "n"))
    case 0x0C: sink.append(UInt8(ascii: "f"))
    case 0x0D: sink.append(UInt8(ascii: "r"))
    default:
      sink.append("u00")
      sink.append(UInt8(ascii: "0") + byte >> 4)
      let low = byte & 15
      sink.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
    }
  }
}
