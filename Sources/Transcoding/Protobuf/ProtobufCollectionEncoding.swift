internal import SchemaModel

/// Lists and maps, and the check that no object has a key twice.
extension ProtobufEncoder {
  mutating func list(_ field: ProtobufField, _ token: Int32) throws(TranscodeError) {
    let array = buffers.tape[token]
    guard array.kind == .array else {
      throw TranscodeError(.expectedArray, offset: array.offset, field: field.id)
    }
    if array.next == token &+ 1 { return }
    var length = 0
    if field.isPacked {
      writeTag(field)
      length = prefixes.begin(&buffers.lengths, at: buffers.sink.count)
    }
    var at = token &+ 1
    while at < array.next {
      if field.kind.isMessage {
        let element = buffers.tape[at]
        if element.kind == .null, program.records[field.target].form != .value {
          throw TranscodeError(.nullNotAllowed, offset: element.offset, field: field.id)
        }
        try nested(field, Source(token: at))
      } else if field.isPacked {
        write(try bits(field, at), as: field.kind)
      } else {
        try element(field, at)
      }
      at = buffers.tape[at].next
    }
    if field.isPacked { prefixes.end(length, &buffers.lengths, at: buffers.sink.count) }
    if buffers.sink.count > limits.outputBytes { throw TranscodeError(.tooLarge, offset: array.offset) }
  }

  /// A map is a list of entries, messages with a key (1) and a value (2).
  mutating func map(_ field: ProtobufField, _ token: Int32) throws(TranscodeError) {
    let object = buffers.tape[token]
    guard object.kind == .object else {
      throw TranscodeError(.expectedObject, offset: object.offset, field: field.id)
    }
    let key = program.fields[field.target]
    let value = program.fields[field.target &+ 1]
    let mark = buffers.keys.mark
    var at = token &+ 1
    while at < object.next {
      writeTag(field)
      let length = prefixes.begin(&buffers.lengths, at: buffers.sink.count)
      try mapKey(key, at)
      let element = buffers.tape[at &+ 1]
      if element.kind == .null, !value.takesNull {
        throw TranscodeError(.nullNotAllowed, offset: element.offset, field: field.id)
      }
      if value.kind.isMessage {
        try nested(value, Source(token: at &+ 1))
      } else {
        try self.element(value, at &+ 1)
      }
      prefixes.end(length, &buffers.lengths, at: buffers.sink.count)
      at = element.next
    }
    try checkKeys(since: mark, field.id)
  }

  // MARK: Keys

  /// Ignored members may not repeat a name either (RFC 8259 §4 leaves it open; protobuf's mapping forbids it).
  mutating func checkIgnored(_ object: Int32) throws(TranscodeError) {
    for token in object..<buffers.tape[object].next where buffers.tape[token].kind == .object {
      let mark = buffers.keys.mark
      var at = token + 1
      while at < buffers.tape[token].next {
        let key = buffers.tape[at]
        buffers.keys.add(tag: at) { [text] in JSONString.appendText(of: key, in: text, to: &$0) }
        at = buffers.tape[at + 1].next
      }
      try checkKeys(since: mark, nil)
    }
  }

  /// Equal keys of one object, added since `mark` with their tokens as tags, are an error.
  mutating func checkKeys(since mark: DuplicateKeys.Mark, _ field: FieldID?) throws(TranscodeError) {
    defer { buffers.keys.drop(to: mark) }
    guard buffers.keys.spans.count - mark.span > 1 else { return }
    buffers.keys.sort(since: mark)
    var duplicate: Int32 = -1
    for i in (mark.span + 1)..<buffers.keys.spans.count where buffers.keys.repeats(i) {
      let tag = buffers.keys.spans[i].tag
      if duplicate < 0 || tag < duplicate { duplicate = tag }
    }
    if duplicate >= 0 {
      throw TranscodeError(.duplicateKey, offset: offset(of: duplicate), field: field)
    }
  }
}
