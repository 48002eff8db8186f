/// Base64 (RFC 4648): the standard alphabet out; both alphabets in, padding optional (ProtoJSON).
enum Base64 {
  private static let characters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The two characters of each group of twelve bits, the first in the low byte.
  private static let pairs = FrozenTable<UInt16>(
    (0..<4096).map { UInt16(characters[$0 >> 6]) | UInt16(characters[$0 & 63]) << 8 })

  /// What is no character of either alphabet: above any group of 24 bits.
  private static let invalid: UInt32 = 1 << 24

  /// By position in a group of four, then by character: its six bits in their place.
  private static let values: FrozenTable<UInt32> = {
    var table = [UInt32](repeating: invalid, count: 4 * 256)
    for position in 0..<4 {
      let shift = UInt32(18 - 6 * position)
      for (value, byte) in characters.enumerated() {
        table[position * 256 + Int(byte)] = UInt32(value) << shift
      }
      table[position * 256 + Int(UInt8(ascii: "-"))] = 62 << shift
      table[position * 256 + Int(UInt8(ascii: "_"))] = 63 << shift
    }
    return FrozenTable(table)
  }()

  /// Appends the text of `bytes[start..<end]`.
  static func encode(_ bytes: ByteView, from start: Int, to end: Int, into sink: inout ByteSink) {
    let pairs = pairs.view
    @inline(__always) func pair(_ bits: UInt64) -> UInt64 {
      UInt64(pairs[Int32(truncatingIfNeeded: bits & 0xFFF)])
    }
    sink.reserve((end - start + 2) / 3 * 4)
    var index = start
    // Six bytes at a time, of eight that are read.
    while index &+ 8 <= end {
      let group = bytes.word(at: index).byteSwapped
      let low = pair(group >> 52) | pair(group >> 40) << 16
      let high = pair(group >> 28) << 32 | pair(group >> 16) << 48
      sink.append(word: low | high, length: 8)
      index &+= 6
    }
    while index &+ 3 <= end {
      let group = UInt64(bytes[index]) << 16 | UInt64(bytes[index &+ 1]) << 8 | UInt64(bytes[index &+ 2])
      sink.append(word: pair(group >> 12) | pair(group) << 16, length: 4)
      index &+= 3
    }
    if index < end {
      let hasSecond = index &+ 1 < end
      let group = UInt64(bytes[index]) << 16 | (hasSecond ? UInt64(bytes[index &+ 1]) << 8 : 0)
      let third = hasSecond ? pair(group) & 0xFF : UInt64(UInt8(ascii: "="))
      let word = pair(group >> 12) | third << 16 | UInt64(UInt8(ascii: "=")) << 24
      sink.append(word: word, length: 4)
    }
  }

  static func encode(_ bytes: borrowing ByteSink, into sink: inout ByteSink) {
    bytes.withView { encode($0, from: 0, to: $0.count, into: &sink) }
  }

  static func decode(_ text: borrowing ByteSink, into sink: inout ByteSink) -> Bool {
    text.withView { decode($0, from: 0, to: $0.count, into: &sink) }
  }

  /// Appends the bytes that `text[start..<end]` stands for; false when it is not base64.
  ///
  /// Bits left over in the last character are ignored, as protobuf's own parsers do (RFC 4648 §3.5 allows it).
  static func decode(_ text: ByteView, from start: Int, to end: Int, into sink: inout ByteSink) -> Bool {
    let values = values.view
    @inline(__always) func value(_ position: Int32, _ byte: UInt64) -> UInt32 {
      values[position &* 256 &+ Int32(truncatingIfNeeded: byte & 0xFF)]
    }
    @inline(__always) func group(_ word: UInt64) -> UInt32 {
      value(0, word) | value(1, word >> 8) | value(2, word >> 16) | value(3, word >> 24)
    }
    var end = end
    let padded = (end - start) % 4 == 0
    for _ in 0..<2 where end > start && text[end - 1] == UInt8(ascii: "=") {
      if !padded { return false }
      end -= 1
    }
    var index = start
    sink.reserve((end - start) / 4 * 3 + 3)
    while index &+ 8 <= end {
      let word = text.word(at: index)
      let first = group(word)
      let second = group(word >> 32)
      if first | second >= invalid { return false }
      let bits = UInt64(first) << 40 | UInt64(second) << 16
      sink.append(word: bits.byteSwapped, length: 6)
      index &+= 8
    }
    if index &+ 4 <= end {
      let bits = group(UInt64(text.word32(at: index)))
      if bits >= invalid { return false }
      sink.append(word: UInt64(bits.byteSwapped >> 8), length: 3)
      index &+= 4
    }
    if index == end { return true }
    if end &- index == 1 { return false }
    let hasThird = index &+ 2 < end
    let bits =
      value(0, UInt64(text[index])) | value(1, UInt64(text[index &+ 1]))
      | (hasThird ? value(2, UInt64(text[index &+ 2])) : 0)
    if bits >= invalid { return false }
    sink.append(word: UInt64(bits.byteSwapped >> 8), length: hasThird ? 2 : 1)
    return true
  }
}
