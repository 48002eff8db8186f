/// UTF-8 as RFC 3629 and the Unicode standard (table 3-7) define it: no overlong forms, no surrogates,
/// nothing above U+10FFFF.
enum UTF8Form {
  /// The same for four bytes, the first in the low bits.
  @inline(__always)
  private static func scalarLength(_ word: UInt32) -> Int {
    if word & 0x80 == 0 { return 1 }
    if word & 0xE0 == 0xC0 {
      // 0xC0 and 0xC1 would be overlong.
      return word & 0xC000 == 0x8000 && word & 0x1E != 0 ? 2 : 0
    }
    if word & 0xF0 == 0xE0 {
      // E0 and a second byte below A0 are overlong; ED and one from there on, surrogates.
      let lead = word & 0x200F
      return word & 0xC0_C000 == 0x80_8000 && lead != 0 && lead != 0x200D ? 3 : 0
    }
    // F0 and a second byte below 90 are overlong; F4 and one from there on, and all above, beyond Unicode.
    let lead = (word & 7) << 2 | word >> 12 & 3
    return word & 0xC0C0_C0F8 == 0x8080_80F0 && lead != 0 && lead <= 16 ? 4 : 0
  }

  /// The length of the scalar at `index`, 0 when the bytes there are not UTF-8.
  static func scalarLength(_ bytes: ByteView, at index: Int, end: Int) -> Int {
    if index &+ 4 <= end { return scalarLength(bytes.word32(at: index)) }
    let first = bytes[index]
    if first < 0x80 { return 1 }
    let rest = end - index
    func continues(_ offset: Int) -> Bool { bytes[index + offset] & 0xC0 == 0x80 }
    switch first {
    case 0xC2...0xDF:
      return rest >= 2 && continues(1) ? 2 : 0
    case 0xE0...0xEF:
      guard rest >= 3, continues(1), continues(2) else { return 0 }
      let second = bytes[index + 1]
      if first == 0xE0 && second < 0xA0 || first == 0xED && second > 0x9F { return 0 }
      return 3
    case 0xF0...0xF4:
      guard rest >= 4, continues(1), continues(2), continues(3) else { return 0 }
      let second = bytes[index + 1]
      if first == 0xF0 && second < 0x90 || first == 0xF4 && second > 0x8F { return 0 }
      return 4
    default:
      return 0
    }
  }

  /// The offset of the first byte that is not part of valid UTF-8; nil when all is valid.
  static func firstInvalid(_ bytes: ByteView, from start: Int, to end: Int) -> Int? {
    var index = start
    while index < end {
      if index + 8 <= end, bytes.word(at: index) & 0x8080_8080_8080_8080 == 0 {
        index += 8
        continue
      }
      let length = scalarLength(bytes, at: index, end: end)
      if length == 0 { return index }
      index += length
    }
    return nil
  }

  /// The offset of the first byte that is 0.
  static func firstNUL(_ bytes: ByteView, from start: Int, to end: Int) -> Int? {
    var index = start
    while index < end {
      if index + 8 <= end {
        let word = bytes.word(at: index)
        if (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 == 0 {
          index += 8
          continue
        }
      }
      if bytes[index] == 0 { return index }
      index += 1
    }
    return nil
  }

  /// The scalar at `index` of valid UTF-8, and its length.
  static func scalar(_ bytes: ByteView, at index: Int) -> (value: UInt32, length: Int) {
    let first = UInt32(bytes[index])
    func rest(_ offset: Int) -> UInt32 { UInt32(bytes[index + offset]) & 0x3F }
    if first < 0x80 { return (first, 1) }
    if first < 0xE0 { return ((first & 0x1F) << 6 | rest(1), 2) }
    if first < 0xF0 { return ((first & 0x0F) << 12 | rest(1) << 6 | rest(2), 3) }
    return ((first & 0x07) << 18 | rest(1) << 12 | rest(2) << 6 | rest(3), 4)
  }

  /// Behind the scalars beyond ASCII that begin at `start`: the next ASCII byte, the first byte that is not UTF-8,
  /// or `end`.
  static func endOfScalars(_ bytes: ByteView, from start: Int, to end: Int) -> Int {
    var index = start
    while index < end, bytes[index] >= 0x80 {
      let length = scalarLength(bytes, at: index, end: end)
      if length == 0 { return index }
      index &+= length
    }
    return index
  }

  static func appendUTF16(of text: borrowing ByteSink, to sink: inout ByteSink) -> Bool {
    text.withView { appendUTF16($0, from: 0, to: $0.count, to: &sink) }
  }

  /// Appends valid UTF-8 as little-endian UTF-16; false when it holds U+0000.
  static func appendUTF16(_ bytes: ByteView, from start: Int, to end: Int, to sink: inout ByteSink) -> Bool {
    var at = start
    while at < end {
      let (scalar, length) = scalar(bytes, at: at)
      at += length
      if scalar == 0 { return false }
      if scalar < 0x10000 {
        sink.append(word: UInt64(scalar), length: 2)
      } else {
        let rest = UInt64(scalar - 0x10000)
        sink.append(word: 0xD800 | rest >> 10, length: 2)
        sink.append(word: 0xDC00 | rest & 0x3FF, length: 2)
      }
    }
    return true
  }

  /// Appends the UTF-8 form of `scalar`, which is neither a surrogate nor above U+10FFFF.
  static func append(_ scalar: UInt32, to sink: inout ByteSink) {
    switch scalar {
    case 0..<0x80:
      sink.append(UInt8(scalar))
    case 0x80..<0x800:
      sink.append(UInt8(0xC0 | scalar >> 6))
      sink.append(UInt8(0x80 | scalar & 0x3F))
    case 0x800..<0x10000:
      sink.append(UInt8(0xE0 | scalar >> 12))
      sink.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      sink.append(UInt8(0x80 | scalar & 0x3F))
    default:
      sink.append(UInt8(0xF0 | scalar >> 18 & 0x07))
      sink.append(UInt8(0x80 | scalar >> 12 & 0x3F))
      sink.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      sink.append(UInt8(0x80 | scalar & 0x3F))
    }
  }
}
