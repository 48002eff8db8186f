internal import SchemaModel

/// Maps: a count and pairs. In JSON an object, or pairs when the keys are no names.
extension CDREncoder {
  mutating func map(_ index: Int32, _ type: CDRType, _ at: Int32) throws(TranscodeError) {
    let token = buffers.tape[at]
    let kind: JSONToken.Kind = type.isObject ? .object : .array
    guard token.kind == kind else {
      let expected: TranscodeError.Reason = type.isObject ? .expectedObject : .expectedArray
      throw TranscodeError(token.kind == .null ? .nullNotAllowed : expected, offset: token.offset)
        .expecting(index)
    }
    let size = beginSize(type)
    let place = reserve32()
    let mark = buffers.keys.mark
    let count = type.isObject ? try entries(type, at) : try pairs(index, type, at)
    try buffers.checkKeys(since: mark, nil)
    if type.bound >= 0, count > type.bound {
      throw TranscodeError(.overBound, offset: token.offset).expecting(index)
    }
    buffers.sink.store(UInt32(truncatingIfNeeded: count), at: place)
    endSize(size)
  }

  private mutating func entries(_ type: CDRType, _ object: Int32) throws(TranscodeError) -> Int32 {
    let key = program.types[type.key]
    var count: Int32 = 0
    var at = object &+ 1
    while at < buffers.tape[object].next {
      if key.kind.isScalar {
        let bits = try keyBits(type.key, key, buffers.tape[at])
        write(bits, key)
        buffers.keys.add(tag: at) { $0.append(word: bits, length: 8) }
      } else {
        let token = buffers.tape[at]
        try string(type.key, key, at)
        let text = text
        buffers.keys.add(tag: at) { JSONString.appendText(of: token, in: text, to: &$0) }
      }
      try value(type.element, MessageSource(token: at &+ 1))
      count &+= 1
      at = buffers.tape[at &+ 1].next
    }
    return count
  }

  /// The key of an entry; names of enumerators and integers in quotes.
  private mutating func keyBits(
    _ index: Int32, _ type: CDRType, _ token: JSONToken
  ) throws(TranscodeError) -> UInt64 {
    let program = program
    let options = options
    let bits = buffers.withText(of: token, in: text) { bytes, start, end in
      CDRText.bits(type, bytes, start, end, program, options, isBound: true)
    }
    guard let bits else {
      let reason: TranscodeError.Reason = type.kind == .enumeration ? .unknownEnumerator : .mismatch
      throw TranscodeError(reason, offset: token.offset).expecting(index)
    }
    try checkLimits(bits, index, type, token)
    return bits
  }

  /// `[{"key": …, "value": …}]`
  private mutating func pairs(
    _ index: Int32, _ type: CDRType, _ array: Int32
  ) throws(TranscodeError) -> Int32 {
    let key = program.types[type.key]
    var count: Int32 = 0
    var at = array &+ 1
    while at < buffers.tape[array].next {
      let pair = try pair(index, at)
      if key.kind.isScalar {
        let bits = try bits(type.key, key, pair.key)
        write(bits, key)
        buffers.keys.add(tag: pair.key) { $0.append(word: bits, length: 8) }
      } else {
        try noteKey(type.key, pair.key)
        try value(type.key, MessageSource(token: pair.key))
      }
      try value(type.element, MessageSource(token: pair.value))
      count &+= 1
      at = buffers.tape[at].next
    }
    return count
  }

  /// Keys that are no scalars are compared as they are written where nothing before them shifts their padding.
  private mutating func noteKey(_ index: Int32, _ token: Int32) throws(TranscodeError) {
    let top = buffers.sink.count
    align(8)
    let start = buffers.sink.count
    try value(index, MessageSource(token: token))
    buffers.keys.add(tag: token, endOf: buffers.sink, from: start)
    buffers.sink.truncate(to: top)
  }

  /// The tokens of a pair's key and value.
  private mutating func pair(_ index: Int32, _ at: Int32) throws(TranscodeError) -> (key: Int32, value: Int32)
  {
    let object = buffers.tape[at]
    guard object.kind == .object else { throw TranscodeError(.expectedObject, offset: object.offset) }
    var key: Int32 = -1
    var value: Int32 = -1
    var name = at &+ 1
    while name < object.next {
      let token = buffers.tape[name]
      let part = buffers.withText(of: token, in: text) { bytes, start, end in
        bytes.equals(start, end, "key") ? 1 : bytes.equals(start, end, "value") ? 2 : 0
      }
      switch part {
      case 1 where key < 0: key = name &+ 1
      case 2 where value < 0: value = name &+ 1
      case 0: throw TranscodeError(.unknownField, offset: token.offset)
      default: throw TranscodeError(.duplicateKey, offset: token.offset)
      }
      name = buffers.tape[name &+ 1].next
    }
    guard key >= 0, value >= 0 else { throw TranscodeError(.malformedPair, offset: object.offset) }
    return (key, value)
  }
}
