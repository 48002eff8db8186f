internal import SchemaModel

/// Lists and maps.
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
    try buffers.checkKeys(since: mark, field.id)
  }
}
