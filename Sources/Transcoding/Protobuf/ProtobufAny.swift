internal import SchemaModel

/// `google.protobuf.Any` with the loaded types (protobuf, "ProtoJSON format"): `@type` beside the fields of the
/// message, or beside `value` when the message has a JSON form of its own.
extension ProtobufProgram.View {
  /// The record that a type URL names, what follows its last slash (or all of it); -1 when no such message is loaded.
  func record(ofTypeURL bytes: ByteView, _ start: Int, _ end: Int) -> Int32 {
    var slash = end - 1
    while slash >= start, bytes[slash] != UInt8(ascii: "/") { slash -= 1 }
    return messages.find(bytes, slash + 1, end - slash - 1, nameEntries, text)
  }
}

extension ProtobufEncoder {
  /// The content of an Any: its URL (1) and, unless it is empty, the message as bytes (2).
  mutating func any(_ record: ProtobufRecord, _ token: Int32) throws(TranscodeError) {
    let object = buffers.tape[token]
    guard object.kind == .object else { throw TranscodeError(.expectedObject, offset: object.offset) }
    if object.next == token &+ 1 { return }
    let typeKey = try member("@type", of: token)
    guard typeKey >= 0, buffers.tape[typeKey &+ 1].kind == .string else {
      throw TranscodeError(.missingTypeURL, offset: object.offset)
    }
    try element(program.fields[record.firstField], typeKey &+ 1)
    let program = program
    let target = buffers.withText(of: buffers.tape[typeKey &+ 1], in: text) {
      program.record(ofTypeURL: $0, $1, $2)
    }
    if target < 0 { throw TranscodeError(.unknownMessageType, offset: offset(of: typeKey &+ 1)) }
    let start = buffers.sink.count
    writeTag(program.fields[record.firstField &+ 1])
    let length = prefixes.begin(&buffers.lengths, at: buffers.sink.count)
    let content = buffers.sink.count
    try anyContent(program.records[target], token, typeKey)
    if buffers.sink.count == content {
      prefixes.cancel(length, &buffers.lengths)
      buffers.sink.truncate(to: start)
    } else {
      prefixes.end(length, &buffers.lengths, at: buffers.sink.count)
    }
  }

  private mutating func anyContent(
    _ target: ProtobufRecord, _ token: Int32, _ typeKey: Int32
  ) throws(TranscodeError) {
    if target.form == .object { return try message(target, Source(token: token, skipped: typeKey)) }
    let valueKey = try member("value", of: token)
    guard valueKey >= 0 else { throw TranscodeError(.missingAnyValue, offset: offset(of: token)) }
    var ignoresSome = false
    var at = token &+ 1
    while at < buffers.tape[token].next {
      if at != typeKey, at != valueKey {
        if options.unknownFields == .error { throw TranscodeError(.unknownField, offset: offset(of: at)) }
        try buffers.checkIgnored(at &+ 1, in: text)
        ignoresSome = true
        buffers.ignored.append(offset(of: at))
      }
      at = buffers.tape[at &+ 1].next
    }
    if ignoresSome { try buffers.checkNames(of: token, in: text) }
    try message(target, Source(token: valueKey &+ 1))
  }

  /// The key of a member, -1 when the object has none.
  private mutating func member(_ name: StaticString, of object: Int32) throws(TranscodeError) -> Int32 {
    var found: Int32 = -1
    var at = object &+ 1
    while at < buffers.tape[object].next {
      if buffers.withText(of: buffers.tape[at], in: text, { $0.equals($1, $2, name) }) {
        if found >= 0 { throw TranscodeError(.duplicateKey, offset: offset(of: at)) }
        found = at
      }
      at = buffers.tape[at &+ 1].next
    }
    return found
  }
}

extension ProtobufDecoder {
  mutating func any(
    _ record: ProtobufRecord, _ fields: Occurrences, _ offset: Int
  ) throws(TranscodeError) {
    var url: ProtobufOccurrence?
    var value: ProtobufOccurrence?
    for at in fields.first..<fields.end {
      let occurrence = buffers.occurrences[at]
      if occurrence.field == record.firstField { url = occurrence } else { value = occurrence }
    }
    guard let url, url.start < url.end else {
      if let value, value.start < value.end {
        throw TranscodeError(.missingTypeURL, offset: Int(value.start))
      }
      return buffers.sink.append("{}")
    }
    let target = program.record(ofTypeURL: wire, Int(url.start), Int(url.end))
    if target < 0 { throw TranscodeError(.unknownMessageType, offset: Int(url.start)) }
    buffers.sink.append("{\"@type\":")
    if let invalid = JSONString.appendLiteral(
      wire, from: Int(url.start), to: Int(url.end), into: &buffers.sink)
    {
      throw TranscodeError(.invalidUTF8, offset: invalid)
    }
    var content = value ?? url
    if value == nil { content.start = url.end }
    buffers.occurrences.append(content)
    let part = Occurrences(first: buffers.occurrences.count - 1, end: buffers.occurrences.count)
    if program.records[target].form == .object {
      try message(program.records[target], part, isOpen: true)
    } else {
      buffers.sink.append(",\"value\":")
      try message(program.records[target], part)
      buffers.sink.append(UInt8(ascii: "}"))
    }
  }
}
