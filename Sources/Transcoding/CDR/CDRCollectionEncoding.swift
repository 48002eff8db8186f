internal import SchemaModel

/// Lists, arrays and octets.
extension CDREncoder {
  mutating func list(_ index: Int32, _ type: CDRType, _ at: Int32) throws(TranscodeError) {
    let array = try arrayToken(index, at)
    let size = beginSize(type)
    let place = reserve32()
    let count = try elements(type, at)
    if type.bound >= 0, count > type.bound {
      throw TranscodeError(.overBound, offset: array.offset).expecting(index)
    }
    buffers.sink.store(UInt32(truncatingIfNeeded: count), at: place)
    endSize(size)
  }

  /// - Parameter isInner: a dimension of the array around it, which has the size of both in XCDR2.
  mutating func array(
    _ index: Int32, _ type: CDRType, _ at: Int32, isInner: Bool
  ) throws(TranscodeError) {
    let array = try arrayToken(index, at)
    let size = isInner ? -1 : beginSize(type)
    let count = try elements(type, at)
    if count != type.bound { throw TranscodeError(.wrongCount, offset: array.offset).expecting(index) }
    endSize(size)
  }

  private func arrayToken(_ index: Int32, _ at: Int32) throws(TranscodeError) -> JSONToken {
    let token = buffers.tape[at]
    guard token.kind == .array else {
      throw TranscodeError(token.kind == .null ? .nullNotAllowed : .expectedArray, offset: token.offset)
        .expecting(index)
    }
    return token
  }

  /// Writes the elements; returns how many there are.
  private mutating func elements(_ type: CDRType, _ array: Int32) throws(TranscodeError) -> Int32 {
    let element = program.types[type.element]
    let behind = buffers.tape[array].next
    var count: Int32 = 0
    var at = array &+ 1
    while at < behind {
      if element.kind.isScalar {
        write(try bits(type.element, element, at), element)
      } else if element.kind == .array, type.kind == .array {
        try self.array(type.element, element, at, isInner: true)
      } else {
        try value(type.element, MessageSource(token: at))
      }
      count &+= 1
      at = buffers.tape[at].next
    }
    if buffers.sink.count > limits.outputBytes {
      throw TranscodeError(.tooLarge, offset: buffers.offset(of: array))
    }
    return count
  }

  // MARK: Octets

  mutating func octets(_ index: Int32, _ type: CDRType, _ at: Int32) throws(TranscodeError) {
    let token = buffers.tape[at]
    let place = type.kind == .octets ? reserve32() : -1
    let start = buffers.sink.count
    switch token.kind {
    case .string:
      guard buffers.appendBase64(of: token, in: text) else { throw mismatch(index, token) }
    case .array:
      try octetNumbers(type.element < 0 ? index : type.element, at)
    default:
      throw mismatch(index, token)
    }
    try endOctets(index, type, place, start, offset: token.offset)
  }

  mutating func endOctets(
    _ index: Int32, _ type: CDRType, _ place: Int, _ start: Int, offset: Int
  ) throws(TranscodeError) {
    let count = buffers.sink.count &- start
    try checkOctetLimits(type, start, offset: offset)
    if place < 0 {
      if count != Int(type.bound) { throw TranscodeError(.wrongCount, offset: offset).expecting(index) }
    } else {
      if type.bound >= 0, count > Int(type.bound) {
        throw TranscodeError(.overBound, offset: offset).expecting(index)
      }
      setSize(place)
    }
  }

  /// Octets may be numbers with limits.
  private func checkOctetLimits(_ type: CDRType, _ start: Int, offset: Int) throws(TranscodeError) {
    guard type.element >= 0 else { return }
    let octet = program.types[type.element]
    guard octet.hasLimits else { return }
    for at in start..<buffers.sink.count where !program.isInRange(UInt64(buffers.sink[at]), octet) {
      throw TranscodeError(.outOfRange, offset: offset).expecting(type.element)
    }
  }

  private mutating func octetNumbers(_ index: Int32, _ array: Int32) throws(TranscodeError) {
    var octet = CDRScalars.type(.uint8)
    if program.types[index].kind == .uint8 { octet = program.types[index] }
    var at = array &+ 1
    while at < buffers.tape[array].next {
      guard buffers.tape[at].kind == .number else {
        throw mismatch(index, buffers.tape[at])
      }
      buffers.sink.append(UInt8(truncatingIfNeeded: try bits(index, octet, at)))
      at &+= 1
    }
  }
}
