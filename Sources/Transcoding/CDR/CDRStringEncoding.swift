internal import SchemaModel

/// Strings: UTF-8 and a NUL, the length of both before them; wide strings: UTF-16 without NUL, their size in bytes
/// before them (XTypes 7.4.1.1.2, 7.4.1.1.3).
extension CDREncoder {
  mutating func string(_ index: Int32, _ type: CDRType, _ at: Int32) throws(TranscodeError) {
    let token = buffers.tape[at]
    guard token.kind == .string else { throw mismatch(index, token) }
    do throws(TranscodeError) {
      if type.kind == .wideString {
        try wideString(index, type, token)
      } else if token.isComplex {
        let place = reserve32()
        JSONString.appendText(of: token, in: text, to: &buffers.sink)
        try endString(index, type, place)
      } else {
        // JSON has U+0000 only as an escape.
        try checkBound(index, type, Int(token.end &- token.start))
        write32(UInt32(truncatingIfNeeded: token.end &- token.start &+ 1))
        buffers.sink.append(text, from: Int(token.start), to: Int(token.end))
        buffers.sink.append(0)
      }
    } catch {
      throw TranscodeError(error.reason, offset: token.offset).expecting(index)
    }
  }

  /// Checks a text that stands behind the place of its length, and ends it.
  mutating func endString(_ index: Int32, _ type: CDRType, _ place: Int) throws(TranscodeError) {
    let start = place &+ 4
    try checkBound(index, type, buffers.sink.count &- start)
    let hasNUL = buffers.sink.withView { UTF8Form.firstNUL($0, from: start, to: $0.count) != nil }
    if hasNUL { throw TranscodeError(.nulCharacter, offset: -1).expecting(index) }
    buffers.sink.append(0)
    setSize(place)
  }

  func checkBound(_ index: Int32, _ type: CDRType, _ count: Int) throws(TranscodeError) {
    if type.bound >= 0, count > Int(type.bound) {
      throw TranscodeError(.overBound, offset: -1).expecting(index)
    }
  }

  private mutating func wideString(
    _ index: Int32, _ type: CDRType, _ token: JSONToken
  ) throws(TranscodeError) {
    guard token.isComplex else {
      return try wideString(index, type, text, Int(token.start), Int(token.end))
    }
    let place = reserve32()
    buffers.spare.removeAll()
    JSONString.appendText(of: token, in: text, to: &buffers.spare)
    let hasNUL = !UTF8Form.appendUTF16(of: buffers.spare, to: &buffers.sink)
    try endWideString(index, type, place, hasNUL: hasNUL)
  }

  mutating func wideString(
    _ index: Int32, _ type: CDRType, _ bytes: ByteView, _ start: Int, _ end: Int
  ) throws(TranscodeError) {
    let place = reserve32()
    let hasNUL = !UTF8Form.appendUTF16(bytes, from: start, to: end, to: &buffers.sink)
    try endWideString(index, type, place, hasNUL: hasNUL)
  }

  private mutating func endWideString(
    _ index: Int32, _ type: CDRType, _ place: Int, hasNUL: Bool
  ) throws(TranscodeError) {
    if hasNUL { throw TranscodeError(.nulCharacter, offset: -1).expecting(index) }
    try checkBound(index, type, (buffers.sink.count - place - 4) / 2)
    setSize(place)
  }
}
