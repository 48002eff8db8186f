internal import SchemaModel

/// Messages whose JSON is not an object of their fields (protobuf, "ProtoJSON format").
extension ProtobufDecoder {
  mutating func wellKnown(
    _ record: ProtobufRecord, _ fields: Occurrences, _ offset: Int
  ) throws(TranscodeError) {
    let first = program.fields[record.firstField]
    switch record.form {
    case .bare:
      let isWritten = fields.first < fields.end ? try value(first, fields) : false
      if !isWritten { buffers.sink.append(program.text, from: first.absent, count: first.absentLength) }
    case .value:
      try anyValue(fields)
    case .timestamp, .duration:
      let time = TimeText(
        seconds: Int64(bitPattern: last(of: record.firstField, fields)),
        nanoseconds: Int32(truncatingIfNeeded: last(of: record.firstField + 1, fields)))
      buffers.sink.append(UInt8(ascii: "\""))
      let isWritten =
        record.form == .timestamp
        ? time.appendTimestamp(to: &buffers.sink) : time.appendDuration(to: &buffers.sink)
      if !isWritten { throw TranscodeError(.notRepresentable, offset: offset, field: first.id) }
      buffers.sink.append(UInt8(ascii: "\""))
    case .fieldMask:
      try fieldMask(fields)
    case .any:
      try any(record, fields, offset)
    case .object:
      break
    }
  }

  /// `google.protobuf.Value`: one of its fields, the last on the wire.
  private mutating func anyValue(_ fields: Occurrences) throws(TranscodeError) {
    guard fields.first < fields.end else { return buffers.sink.append("null") }
    let occurrence = buffers.occurrences[fields.first]
    let field = program.fields[occurrence.field]
    // A Value cannot say NaN: as a string it would come back as another kind.
    if field.kind == .double,
      !Double(bitPattern: bits(field, buffers.occurrences[fields.end - 1])).isFinite
    {
      throw TranscodeError(.notRepresentable, offset: Int(occurrence.start), field: field.id)
    }
    if try !value(field, fields) {
      buffers.sink.append(program.text, from: field.absent, count: field.absentLength)
    }
  }

  private func last(of field: Int32, _ fields: Occurrences) -> UInt64 {
    var value: UInt64 = 0
    for at in fields.first..<fields.end where buffers.occurrences[at].field == field {
      value = buffers.occurrences[at].value
    }
    return value
  }

  /// Paths, joined with commas, in lowerCamelCase; a path that would not come back, as an empty one, is an error.
  private mutating func fieldMask(_ fields: Occurrences) throws(TranscodeError) {
    buffers.sink.append(UInt8(ascii: "\""))
    for at in fields.first..<fields.end {
      let path = buffers.occurrences[at]
      // At the length, which is the last byte of an empty path.
      if path.start == path.end { throw TranscodeError(.notRepresentable, offset: Int(path.start) - 1) }
      if at > fields.first { buffers.sink.append(UInt8(ascii: ",")) }
      var index = Int(path.start)
      while index < Int(path.end) {
        let byte = wire[index]
        switch byte {
        case UInt8(ascii: "_"):
          index += 1
          guard index < Int(path.end), 0x61...0x7A ~= wire[index] else {
            throw TranscodeError(.notRepresentable, offset: index - 1)
          }
          buffers.sink.append(wire[index] & 0xDF)
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "."):
          buffers.sink.append(byte)
        default:
          throw TranscodeError(.notRepresentable, offset: index)
        }
        index += 1
      }
    }
    buffers.sink.append(UInt8(ascii: "\""))
  }
}
