internal import SchemaModel

/// Messages whose JSON is not an object of their fields (protobuf, "ProtoJSON format").
extension ProtobufEncoder {
  /// The content of such a message.
  mutating func wellKnown(_ record: ProtobufRecord, _ token: Int32) throws(TranscodeError) {
    let value = buffers.tape[token]
    let first = program.fields[record.firstField]
    switch record.form {
    case .bare:
      try member(first, Source(token: token))
    case .value:
      try anyValue(record, token)
    case .timestamp, .duration, .fieldMask:
      guard value.kind == .string else { throw mismatch(first, value) }
      if !writeText(record, value) { throw mismatch(first, value) }
    case .any:
      try any(record, token)
    case .object:
      try message(record, Source(token: token))
    }
  }

  /// A message whose JSON is a string; false when the text does not fit.
  private mutating func writeText(
    _ record: ProtobufRecord, _ token: JSONToken
  ) -> Bool {
    if !token.isComplex { return writeText(record, text, Int(token.start), Int(token.end)) }
    buffers.spare.removeAll()
    JSONString.appendText(of: token, in: text, to: &buffers.spare)
    // The text must stay while the sink is written.
    var spare = ByteSink(capacity: 0)
    swap(&spare, &buffers.spare)
    let isWritten = spare.withView { writeText(record, $0, 0, $0.count) }
    swap(&spare, &buffers.spare)
    return isWritten
  }

  private mutating func writeText(
    _ record: ProtobufRecord, _ bytes: ByteView, _ start: Int, _ end: Int
  ) -> Bool {
    switch record.form {
    case .fieldMask: writeFieldMask(record, bytes, start, end)
    case .timestamp: writeTime(record, TimeText.timestamp(bytes, start, end))
    default: writeTime(record, TimeText.duration(bytes, start, end))
    }
  }

  /// `google.protobuf.Value`: the JSON kind chooses the field; their numbers are null 1, number 2, string 3,
  /// bool 4, struct 5, list 6.
  private mutating func anyValue(_ record: ProtobufRecord, _ token: Int32) throws(TranscodeError) {
    let offset: Int32
    switch buffers.tape[token].kind {
    case .null: offset = 0
    case .number: offset = 1
    case .string: offset = 2
    case .true, .false: offset = 3
    case .object: offset = 4
    case .array: offset = 5
    }
    try member(program.fields[record.firstField + offset], Source(token: token))
  }

  func stringField(of record: ProtobufRecord) -> ProtobufField { program.fields[record.firstField + 2] }

  /// Seconds (1) and nanoseconds (2); false when there is no time.
  mutating func writeTime(_ record: ProtobufRecord, _ time: TimeText?) -> Bool {
    guard let time else { return false }
    if time.seconds != 0 {
      writeTag(program.fields[record.firstField])
      write(UInt64(bitPattern: time.seconds), as: .int64)
    }
    if time.nanoseconds != 0 {
      writeTag(program.fields[record.firstField + 1])
      write(UInt64(bitPattern: Int64(time.nanoseconds)), as: .int32)
    }
    return true
  }

  /// Paths, separated by commas, from lowerCamelCase to the schema's lower_snake_case.
  mutating func writeFieldMask(
    _ record: ProtobufRecord, _ bytes: ByteView, _ start: Int, _ end: Int
  ) -> Bool {
    let paths = program.fields[record.firstField]
    var index = start
    while index < end {
      var pathEnd = index
      while pathEnd < end, bytes[pathEnd] != UInt8(ascii: ",") { pathEnd += 1 }
      // An empty path, also behind a last comma, names nothing.
      if pathEnd == index || pathEnd == end - 1 { return false }
      writeTag(paths)
      let length = prefixes.begin(&buffers.lengths, at: buffers.sink.count)
      for i in index..<pathEnd {
        switch bytes[i] {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"):
          buffers.sink.append(UInt8(ascii: "_"))
          buffers.sink.append(bytes[i] | 0x20)
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "."):
          buffers.sink.append(bytes[i])
        default: return false
        }
      }
      prefixes.end(length, &buffers.lengths, at: buffers.sink.count)
      index = pathEnd + 1
    }
    return true
  }
}
