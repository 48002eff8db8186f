/// Base64 (RFC 4648): the standard alphabet out; both alphabets in, padding optional (ProtoJSON).
enum Base64 {
  private static let alphabet = FrozenTable<UInt8>(
    Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8))

  /// The value of each byte, 64 for those outside both alphabets.
  private static let values: FrozenTable<UInt8> = {
    var table = [UInt8](repeating: 64, count: 256)
    for (value, byte) in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8.enumerated()
    {
      table[Int(byte)] = UInt8(value)
    }
    table[Int(UInt8(ascii: "-"))] = 62
    table[Int(UInt8(ascii: "_"))] = 63
    return FrozenTable(table)
  }()

  /// Appends the text of `bytes[start..<end]`.
  static func encode(_ bytes: ByteView, from start: Int, to end: Int, into sink: inout ByteSink) {
    let alphabet = alphabet.view
    var index = start
    while index + 3 <= end {
      let group = Int32(bytes[index]) << 16 | Int32(bytes[index + 1]) << 8 | Int32(bytes[index + 2])
      let low = UInt64(alphabet[group >> 18]) | UInt64(alphabet[group >> 12 & 63]) << 8
      let high = UInt64(alphabet[group >> 6 & 63]) << 16 | UInt64(alphabet[group & 63]) << 24
      sink.append(word: low | high, length: 4)
      index += 3
    }
    if index < end {
      let second: Int32 = index + 1 < end ? Int32(bytes[index + 1]) : 0
      let group = Int32(bytes[index]) << 16 | second << 8
      sink.append(alphabet[group >> 18])
      sink.append(alphabet[group >> 12 & 63])
      sink.append(index + 1 < end ? alphabet[group >> 6 & 63] : UInt8(ascii: "="))
      sink.append(UInt8(ascii: "="))
    }
  }

  /// Appends the bytes that `text[start..<end]` stands for; false when it is not base64.
  ///
  /// Bits left over in the last character are ignored, as protobuf's own parsers do (RFC 4648 §3.5 allows it).
  static func decode(_ text: ByteView, from start: Int, to end: Int, into sink: inout ByteSink) -> Bool {
    let values = values.view
    var end = end
    let padded = (end - start) % 4 == 0
    for _ in 0..<2 where end > start && text[end - 1] == UInt8(ascii: "=") {
      if !padded { return false }
      end -= 1
    }
    var index = start
    sink.reserve((end - start) / 4 * 3)
    while index + 4 <= end {
      let a = values[Int32(text[index])]
      let b = values[Int32(text[index + 1])]
      let c = values[Int32(text[index + 2])]
      let d = values[Int32(text[index + 3])]
      if (a | b | c | d) & 64 != 0 { return false }
      let group = UInt32(a) << 18 | UInt32(b) << 12 | UInt32(c) << 6 | UInt32(d)
      sink.append(word: UInt64(group.byteSwapped >> 8), length: 3)
      index += 4
    }
    if index == end { return true }
    if end - index == 1 { return false }
    let a = values[Int32(text[index])]
    let b = values[Int32(text[index + 1])]
    let c = index + 2 < end ? values[Int32(text[index + 2])] : 0
    if (a | b | c) & 64 != 0 { return false }
    sink.append(a << 2 | b >> 4)
    if index + 2 < end { sink.append(b << 4 | c >> 2) }
    return true
  }
}
