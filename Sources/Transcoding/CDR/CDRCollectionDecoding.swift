internal import SchemaModel

/// Lists, arrays and maps.
extension CDRDecoder {
  mutating func list(_ index: Int32, _ type: CDRType) throws(TranscodeError) {
    let outer = try beginSize(type)
    let count = try self.count(index, type, program.types[type.element])
    try elements(type, count)
    try endCollection(outer)
  }

  mutating func array(_ type: CDRType, isInner: Bool) throws(TranscodeError) {
    let outer = isInner ? -1 : try beginSize(type)
    try elements(type, Int(type.bound))
    try endCollection(outer)
  }

  /// A count of elements that the rest of the wire can hold, so that nobody makes us write what he did not send.
  private mutating func count(
    _ index: Int32, _ type: CDRType, _ element: CDRType
  ) throws(TranscodeError) -> Int {
    let count = Int(try reader.word32())
    let place = reader.index &- 4
    try checkBound(index, type, count, offset: place)
    let most =
      element.mayBeNothing
      ? limits.emptyElements : reader.remaining / max(1, element.kind.isScalar ? Int(element.size) : 1)
    guard count <= most else { throw TranscodeError(.malformedLength, offset: place) }
    return count
  }

  private mutating func endCollection(_ outer: Int) throws(TranscodeError) {
    if outer >= 0, reader.index != reader.end {
      throw TranscodeError(.malformedLength, offset: reader.index)
    }
    endSize(outer)
  }

  private mutating func elements(_ type: CDRType, _ count: Int) throws(TranscodeError) {
    let start = buffers.sink.count
    let element = program.types[type.element]
    buffers.sink.append(UInt8(ascii: "["))
    var at = 0
    do throws(TranscodeError) {
      if element.kind.isScalar {
        while at < count {
          try json(try bits(element), type.element, element)
          buffers.sink.append(UInt8(ascii: ","))
          at &+= 1
        }
      } else {
        while at < count {
          if element.kind == .array, type.kind == .array {
            try array(element, isInner: true)
          } else {
            try value(type.element)
          }
          buffers.sink.append(UInt8(ascii: ","))
          at &+= 1
          try checkOutput()
        }
      }
    } catch { throw trace.inside(index: at, error) }
    closeArray(from: start)
    try checkOutput()
  }

  // MARK: Maps

  mutating func map(_ index: Int32, _ type: CDRType) throws(TranscodeError) {
    let outer = try beginSize(type)
    let place = reader.index
    let count = try self.count(index, type, program.types[type.key])
    let start = buffers.sink.count
    let mark = buffers.keys.mark
    buffers.sink.append(type.isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
    var at = 0
    do throws(TranscodeError) {
      while at < count {
        if !type.isObject { buffers.sink.append("{\"key\":") }
        try key(type)
        if !type.isObject { buffers.sink.append(",\"value\"") }
        buffers.sink.append(UInt8(ascii: ":"))
        try value(type.element)
        if !type.isObject { buffers.sink.append(UInt8(ascii: "}")) }
        buffers.sink.append(UInt8(ascii: ","))
        at &+= 1
        try checkOutput()
      }
    } catch { throw trace.inside(index: at, error) }
    if buffers.keys.firstRepeated(since: mark) != nil { throw TranscodeError(.duplicateKey, offset: place) }
    buffers.keys.drop(to: mark)
    closeArray(from: start)
    if type.isObject { buffers.sink[buffers.sink.count &- 1] = UInt8(ascii: "}") }
    try endCollection(outer)
  }

  /// A key, in quotes where it becomes a name, and noted to find it again.
  private mutating func key(_ type: CDRType) throws(TranscodeError) {
    let key = program.types[type.key]
    let start = buffers.sink.count
    if key.kind.isScalar {
      let bits = try bits(key)
      try json(bits, type.key, key)
      buffers.keys.add(tag: 0) { $0.append(word: bits, length: 8) }
      if type.isObject, buffers.sink[start] != UInt8(ascii: "\"") { buffers.quote(from: start) }
    } else {
      try value(type.key)
      buffers.keys.add(tag: 0, endOf: buffers.sink, from: start)
    }
  }
}

extension TranscodingBuffers {
  /// Puts quotes around what stands in the sink from `start` on, which is short.
  mutating func quote(from start: Int) {
    sink.append(UInt8(ascii: "\""))
    var at = sink.count - 1
    while at > start {
      sink[at] = sink[at - 1]
      at -= 1
    }
    sink[start] = UInt8(ascii: "\"")
    sink.append(UInt8(ascii: "\""))
  }
}
