internal import SchemaModel

/// Strings, wide strings and octets.
extension CDRDecoder {
  mutating func string(_ index: Int32, _ type: CDRType) throws(TranscodeError) {
    let size = Int(try reader.word32())
    let place = reader.index &- 4
    guard size <= reader.remaining else { throw reader.truncated() }
    let start = try reader.take(size)
    // The NUL counts; an empty string without one is written by some.
    let end = max(start, start &+ size &- 1)
    if size > 0, reader.wire[end] != 0 { throw TranscodeError(.malformedValue, offset: end) }
    if let nul = UTF8Form.firstNUL(reader.wire, from: start, to: end) {
      throw TranscodeError(.malformedValue, offset: nul)
    }
    try checkBound(index, type, end &- start, offset: place)
    if let invalid = JSONString.appendLiteral(reader.wire, from: start, to: end, into: &buffers.sink) {
      throw TranscodeError(.invalidUTF8, offset: invalid)
    }
  }

  func checkBound(_ index: Int32, _ type: CDRType, _ count: Int, offset: Int) throws(TranscodeError) {
    if type.bound >= 0, count > Int(type.bound) {
      throw TranscodeError(.overBound, offset: offset).expecting(index)
    }
  }

  mutating func wideString(_ index: Int32, _ type: CDRType) throws(TranscodeError) {
    let size = Int(try reader.word32())
    let place = reader.index &- 4
    guard size <= reader.remaining else { throw reader.truncated() }
    guard size & 1 == 0 else { throw TranscodeError(.malformedLength, offset: place) }
    try checkBound(index, type, size / 2, offset: place)
    let end = reader.index &+ size
    buffers.spare.removeAll()
    while reader.index < end {
      let offset = reader.index
      var scalar = UInt32(truncatingIfNeeded: try reader.word(2))
      if scalar & 0xFC00 == 0xD800, reader.index < end {
        let low = UInt32(truncatingIfNeeded: try reader.word(2))
        guard low & 0xFC00 == 0xDC00 else { throw TranscodeError(.malformedValue, offset: offset) }
        scalar = 0x10000 + (scalar & 0x3FF) << 10 + low & 0x3FF
      }
      if scalar == 0 || scalar & 0x1FF800 == 0xD800 {
        throw TranscodeError(.malformedValue, offset: offset)
      }
      UTF8Form.append(scalar, to: &buffers.spare)
    }
    JSONString.appendLiteral(of: buffers.spare, into: &buffers.sink)
  }

  mutating func octets(_ index: Int32, _ type: CDRType) throws(TranscodeError) {
    var count = Int(type.bound)
    if type.kind == .octets {
      count = Int(try reader.word32())
      guard count <= reader.remaining else { throw reader.truncated() }
      try checkBound(index, type, count, offset: reader.index &- 4)
    }
    let start = try reader.take(count)
    if options.octets == .base64 {
      buffers.sink.append(UInt8(ascii: "\""))
      Base64.encode(reader.wire, from: start, to: start &+ count, into: &buffers.sink)
      buffers.sink.append(UInt8(ascii: "\""))
    } else {
      let first = buffers.sink.count
      buffers.sink.append(UInt8(ascii: "["))
      for at in start..<(start &+ count) {
        DecimalDigits.append(UInt64(reader.wire[at]), to: &buffers.sink)
        buffers.sink.append(UInt8(ascii: ","))
      }
      closeArray(from: first)
    }
    try checkOutput()
  }
}
