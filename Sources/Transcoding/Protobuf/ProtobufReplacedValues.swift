internal import SchemaModel

/// What later values replace: members of a oneof before the last one, entries of a map whose key comes again.
///
/// They are not written, but whether a message is valid depends on all of it, as it does for protobuf's own parsers:
/// tags, lengths, UTF-8. Required fields and ranges are asked for in what is written only.
extension ProtobufDecoder {
  func checkReplaced(_ occurrence: ProtobufOccurrence) throws(TranscodeError) {
    try check(
      program.fields[occurrence.field], occurrence.wireType, Int(occurrence.start), Int(occurrence.end),
      depth)
  }

  private func check(
    _ field: ProtobufField, _ wireType: WireType, _ start: Int, _ end: Int, _ depth: Int
  ) throws(TranscodeError) {
    if field.form == .map {
      try checkFields(.entry(of: field), start, end, depth)
    } else if field.kind.isMessage {
      if depth >= limits.depth { throw TranscodeError(.tooDeep, offset: start) }
      try checkFields(program.records[field.target], start, end, depth &+ 1)
    } else if field.kind == .string {
      if let invalid = UTF8Form.firstInvalid(wire, from: start, to: end) {
        throw TranscodeError(.invalidUTF8, offset: invalid, field: field.id)
      }
    } else if field.kind.isPackable, wireType == .lengthDelimited {
      var scanner = ProtobufWireScanner(wire, start, end)
      while !scanner.isAtEnd { _ = try scanner.value(field.kind.wireType, number: 0, depth: 0) }
    }
  }

  private func checkFields(
    _ record: ProtobufRecord, _ start: Int, _ end: Int, _ depth: Int
  ) throws(TranscodeError) {
    var scanner = ProtobufWireScanner(wire, start, end)
    while !scanner.isAtEnd {
      let place = scanner.index
      let (number, wireType) = try scanner.tag()
      let value = try scanner.value(wireType, number: number, depth: limits.depth &- depth)
      let index = program.find(number, record)
      if index < 0 { continue }
      let field = program.fields[index]
      guard field.accepts(wireType) else {
        throw TranscodeError(.wrongWireType, offset: place, field: field.id)
      }
      try check(field, wireType, value.start, value.end, depth)
    }
  }
}
