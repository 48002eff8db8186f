/// Where a field was found in the wire.
struct ProtobufOccurrence: BitwiseCopyable {
  /// Index into the program's fields; -1 once another field of its oneof has replaced it.
  var field: Int32
  var wireType: WireType
  /// First byte of the value.
  var start: Int32
  /// One behind the value.
  var end: Int32
  /// Of a varint: its value.
  var value: UInt64

  /// A message that no field holds.
  static func message(from start: Int, to end: Int) -> ProtobufOccurrence {
    ProtobufOccurrence(
      field: 0, wireType: .lengthDelimited, start: Int32(truncatingIfNeeded: start),
      end: Int32(truncatingIfNeeded: end), value: 0)
  }
}

/// Reads tags and the extent of values; knows the wire format but no schema.
///
/// Every read is bounded by `end`; every advance is checked before it is made.
struct ProtobufWireScanner {
  let wire: ByteView
  var index: Int
  let end: Int

  @inline(__always)
  init(_ wire: ByteView, _ start: Int, _ end: Int) {
    self.wire = wire
    index = start
    self.end = end
  }

  @inline(__always)
  var isAtEnd: Bool { index >= end }

  @inline(__always)
  mutating func varint() throws(TranscodeError) -> UInt64 {
    if index < end {
      let byte = wire[index]
      if byte < 0x80 {
        index &+= 1
        return UInt64(byte)
      }
    }
    return try longVarint()
  }

  private mutating func longVarint() throws(TranscodeError) -> UInt64 {
    // Up to eight bytes at once: the first without its high bit is the last, and seven bits of each count.
    if index &+ 8 <= end {
      let word = wire.word(at: index)
      let ends = ~word & 0x8080_8080_8080_8080
      if ends != 0 {
        let bits = word & (ends ^ (ends &- 1))
        index &+= (ends.trailingZeroBitCount &+ 1) >> 3
        let pairs = bits & 0x007F_007F_007F_007F | (bits & 0x7F00_7F00_7F00_7F00) >> 1
        let fours = pairs & 0x0000_3FFF_0000_3FFF | (pairs & 0x3FFF_0000_3FFF_0000) >> 2
        return fours & 0x0FFF_FFFF | (fours >> 4) & 0x00FF_FFFF_F000_0000
      }
    }
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var at = index
    while shift < 70 {
      if at >= end { throw truncated() }
      let byte = wire[at]
      at &+= 1
      value |= UInt64(byte & 0x7F) << shift
      // Of the tenth byte one bit counts; protobuf's own parsers drop the others.
      if byte < 0x80 {
        index = at
        return value
      }
      shift &+= 7
    }
    throw TranscodeError(.malformedVarint, offset: index)
  }

  /// Passes a tag if it comes next, in the form that serialisers write; `tag` has its bytes, the first in the low bits.
  @inline(__always)
  mutating func passes(_ tag: UInt64, length: Int) -> Bool {
    if index &+ 8 <= end {
      let difference = wire.word(at: index) ^ tag
      if difference & (1 << UInt64(truncatingIfNeeded: length &* 8) &- 1) != 0 { return false }
    } else {
      if end &- index < length { return false }
      for at in 0..<length where wire[index &+ at] != UInt8(truncatingIfNeeded: tag >> UInt64(at &* 8)) {
        return false
      }
    }
    index &+= length
    return true
  }

  /// The number and wire type of the next field.
  @inline(__always)
  mutating func tag() throws(TranscodeError) -> (number: UInt32, wireType: WireType) {
    let start = index
    let tag = try varint()
    guard tag <= UInt64(UInt32.max), tag >= 8,
      let wireType = WireType(rawValue: UInt8(truncatingIfNeeded: tag & 7))
    else { throw TranscodeError(.malformedTag, offset: start) }
    return (UInt32(truncatingIfNeeded: tag >> 3), wireType)
  }

  /// Passes the value that follows a tag: its first byte, one behind its last, and a varint's value.
  @inline(__always)
  mutating func value(
    _ wireType: WireType, number: UInt32, depth: Int
  ) throws(TranscodeError) -> (start: Int, end: Int, value: UInt64) {
    switch wireType {
    case .varint:
      let start = index
      let value = try varint()
      return (start, index, value)
    case .fixed32:
      return try fixed(4)
    case .fixed64:
      return try fixed(8)
    case .lengthDelimited:
      let length = try varint()
      guard length <= UInt64(end &- index) else { throw truncated() }
      let start = index
      index &+= Int(truncatingIfNeeded: length)
      return (start, index, 0)
    case .startGroup:
      let start = index
      let groupEnd = try skipGroup(number, depth: depth)
      return (start, groupEnd, 0)
    case .endGroup:
      throw TranscodeError(.malformedGroup, offset: index)
    }
  }

  /// Passes the value of a field that is known.
  @inline(__always)
  mutating func occurrence(
    of field: Int32, _ number: UInt32, _ wireType: WireType, depth: Int
  ) throws(TranscodeError) -> ProtobufOccurrence {
    let value = try value(wireType, number: number, depth: depth)
    return ProtobufOccurrence(
      field: field, wireType: wireType, start: Int32(truncatingIfNeeded: value.start),
      end: Int32(truncatingIfNeeded: value.end), value: value.value)
  }

  /// The last byte that was understood is what lacks its rest.
  private func truncated() -> TranscodeError { TranscodeError(.truncated, offset: max(0, index - 1)) }

  @inline(__always)
  private mutating func fixed(_ size: Int) throws(TranscodeError) -> (start: Int, end: Int, value: UInt64) {
    guard end &- index >= size else { throw truncated() }
    let start = index
    index &+= size
    return (start, index, 0)
  }

  /// Passes a group; returns where its end tag begins.
  private mutating func skipGroup(_ number: UInt32, depth: Int) throws(TranscodeError) -> Int {
    if depth <= 0 { throw TranscodeError(.tooDeep, offset: index) }
    while true {
      let start = index
      if isAtEnd { throw truncated() }
      let (inner, wireType) = try tag()
      if wireType == .endGroup {
        if inner != number { throw TranscodeError(.malformedGroup, offset: start) }
        return start
      }
      _ = try value(wireType, number: inner, depth: depth - 1)
    }
  }
}
