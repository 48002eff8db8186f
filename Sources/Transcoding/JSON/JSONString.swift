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

  /// The first of sixteen bytes to stop at, the first in the low bits; 16 when there is none.
  @inline(__always)
  static func firstStop(_ low: UInt64, _ high: UInt64) -> Int {
    let early = stops(low)
    let late = stops(high)
    if early | late == 0 { return 16 }
    return early != 0 ? early.trailingZeroBitCount >> 3 : 8 &+ late.trailingZeroBitCount >> 3
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
    let plain = sink.appendPlain(bytes, from: start, to: end)
    let invalid = plain == end ? nil : appendEscaped(bytes, from: plain, to: end, into: &sink)
    sink.append(UInt8(ascii: "\""))
    return invalid
  }

  /// As above, for text that is known to be UTF-8.
  static func appendLiteral(of text: borrowing ByteSink, into sink: inout ByteSink) {
    text.withView { _ = appendLiteral($0, from: 0, to: $0.count, into: &sink) }
  }

  /// Goes on at a byte that is no plain one.
  private static func appendEscaped(
    _ bytes: ByteView, from start: Int, to end: Int, into sink: inout ByteSink
  ) -> Int? {
    var index = start
    while index < end {
      let byte = bytes[index]
      if byte >= 0x80 {
        let scalars = index
        index = UTF8Form.endOfScalars(bytes, from: index, to: end)
        sink.append(bytes, from: scalars, to: index)
        if index < end, bytes[index] >= 0x80 { return index }
      } else {
        appendEscape(byte, into: &sink)
        index &+= 1
      }
      index = sink.appendPlain(bytes, from: index, to: end)
    }
    return nil
  }

  /// By character: the bytes of its escape, the first in the low bits, and their number in the highest.
  private static let escapes: FrozenTable<UInt64> = {
    func word(_ text: String) -> UInt64 {
      text.utf8.reversed().reduce(0) { $0 << 8 | UInt64($1) } | UInt64(text.utf8.count) << 56
    }
    let digits = Array("0123456789abcdef")
    var table = (0..<0x80).map { word("\\u00\(digits[$0 >> 4])\(digits[$0 & 15])") }
    let short: [(UInt8, String)] = [
      (0x08, "b"), (0x09, "t"), (0x0A, "n"), (0x0C, "f"), (0x0D, "r"), (0x22, "\""), (0x5C, "\\"),
    ]
    for (byte, letter) in short { table[Int(byte)] = word("\\\(letter)") }
    return FrozenTable(table)
  }()

  private static func appendEscape(_ byte: UInt8, into sink: inout ByteSink) {
    let escape = escapes.view[Int32(byte)]
    sink.append(word: escape, length: Int(truncatingIfNeeded: escape >> 56))
  }
}
