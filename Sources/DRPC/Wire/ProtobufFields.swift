// The protobuf wire format, as far as the two envelopes need it (protobuf.dev, "Encoding"). Total: every byte
// sequence is either read or refused with nil.

/// Reads fields at a moving position.
enum ProtobufFields {
  /// Deepest nesting of groups that `skip` follows; groups occur only as unknown fields.
  static let groupDepth = 32

  /// A varint of at most ten bytes; bits beyond 64 are dropped.
  static func varint(_ bytes: Span<UInt8>, _ position: inout Int) -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < bytes.count, shift < 70 {
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    return nil
  }

  /// The payload of a length-delimited field.
  static func delimited(_ bytes: Span<UInt8>, _ position: inout Int) -> Range<Int>? {
    guard let length = varint(bytes, &position), length <= UInt64(bytes.count - position) else { return nil }
    let start = position
    position += Int(length)
    return start..<position
  }

  /// A field's number and wire type.
  static func tag(_ bytes: Span<UInt8>, _ position: inout Int) -> (number: UInt64, wireType: UInt8)? {
    guard let tag = varint(bytes, &position) else { return nil }
    let number = tag >> 3
    guard number >= 1, number < 1 << 29 else { return nil }
    return (number, UInt8(tag & 7))
  }

  /// Passes over the value of an unknown field.
  static func skip(
    _ bytes: Span<UInt8>, _ position: inout Int, number: UInt64, wireType: UInt8, depth: Int = groupDepth
  ) -> Bool {
    switch wireType {
    case 0: return varint(bytes, &position) != nil
    case 1: return advance(bytes, &position, by: 8)
    case 2: return delimited(bytes, &position) != nil
    case 3:
      guard depth > 0 else { return false }
      while let inner = tag(bytes, &position) {
        if inner.wireType == 4 { return inner.number == number }
        guard
          skip(bytes, &position, number: inner.number, wireType: inner.wireType, depth: depth - 1)
        else { return false }
      }
      return false
    case 5: return advance(bytes, &position, by: 4)
    default: return false
    }
  }

  private static func advance(_ bytes: Span<UInt8>, _ position: inout Int, by count: Int) -> Bool {
    guard bytes.count - position >= count else { return false }
    position += count
    return true
  }
}

extension [UInt8] {
  mutating func appendVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  /// An integer field; zero is absent, and negative numbers take ten bytes (proto3).
  mutating func appendField(_ number: UInt8, _ value: Int64) {
    guard value != 0 else { return }
    append(number << 3)
    appendVarint(UInt64(bitPattern: value))
  }

  /// The tag and length of a `bytes` field; an empty one is absent.
  mutating func appendBodyHead(_ number: UInt8, count: Int) {
    guard count > 0 else { return }
    append(number << 3 | 2)
    appendVarint(UInt64(count))
  }
}
