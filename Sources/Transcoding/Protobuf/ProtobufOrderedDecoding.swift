internal import SchemaModel

/// Writes messages as they are read, without noting where their fields are: as long as each field comes once and
/// in the order of the numbers, and lists stand together, which is how serialisers write.
///
/// Whatever else is found, also an error, ends this with an error of which nobody hears: the translation begins
/// again with `collect`, which knows all of protobuf's rules. So the work at most doubles.
extension ProtobufDecoder {
  private static let disorder = TranscodeError(.wrongWireType, offset: 0)

  /// A message whose bytes are `wire[start..<end]`.
  mutating func ordered(_ type: Int32, _ start: Int, _ end: Int) throws(TranscodeError) {
    let record = program.records[type]
    if record.form != .object { return try collected(record, start, end) }
    depth &+= 1
    if depth > limits.depth || buffers.sink.count > limits.outputBytes { throw Self.disorder }
    let opening = buffers.sink.count
    var scanner = ProtobufWireScanner(wire, start, end)
    var required = record.requiredCount
    // The first field that may come yet.
    var expected = record.firstField
    var oneofs: UInt64 = 0
    while !scanner.isAtEnd {
      let (number, wireType) = try scanner.tag()
      let index = program.find(number, record)
      if index < 0 {
        _ = try scanner.value(wireType, number: number, depth: limits.depth &- depth)
        continue
      }
      let field = program.fields[index]
      guard index >= expected, field.accepts(wireType) else { throw Self.disorder }
      if field.oneof >= 0 {
        let bit: UInt64 = field.oneof < 64 ? 1 << UInt64(field.oneof) : 0
        if bit == 0 || oneofs & bit != 0 { throw Self.disorder }
        oneofs |= bit
      }
      if options.emitDefaults { defaults(from: expected, to: index) }
      expected = index &+ 1
      if field.isRequired { required &-= 1 }
      let label = buffers.sink.count
      buffers.sink.append(program.text, from: field.label, count: field.labelLength)
      let isWritten: Bool
      switch field.form {
      case .singular:
        let value = try scanner.occurrence(of: index, field.number, wireType, depth: limits.depth &- depth)
        if field.kind.isMessage {
          try ordered(field.target, Int(value.start), Int(value.end))
          isWritten = true
        } else if try isDefaultOfImplicit(field, value) {
          isWritten = false
        } else {
          isWritten = try element(value)
        }
      case .list: isWritten = try orderedList(index, wireType, &scanner)
      case .map: isWritten = try orderedMap(index, &scanner)
      }
      if !isWritten {
        buffers.sink.truncate(to: label)
        if options.emitDefaults { defaults(from: index, to: expected) }
      }
    }
    if required > 0 { throw Self.disorder }
    if options.emitDefaults { defaults(from: expected, to: record.firstField &+ record.fieldCount) }
    closeObject(from: opening)
    depth &-= 1
  }

  /// The elements behind a tag, and those of the same tag that follow; false when there is none.
  private mutating func orderedList(
    _ index: Int32, _ wireType: WireType, _ scanner: inout ProtobufWireScanner
  ) throws(TranscodeError) -> Bool {
    let field = program.fields[index]
    let start = buffers.sink.count
    buffers.sink.append(UInt8(ascii: "["))
    repeat {
      let value = try scanner.occurrence(of: index, field.number, wireType, depth: limits.depth &- depth)
      if field.kind.isMessage {
        try ordered(field.target, Int(value.start), Int(value.end))
        buffers.sink.append(UInt8(ascii: ","))
      } else {
        try elements(field, value)
      }
    } while scanner.passes(field.tag(of: wireType), length: Int(field.tagLength))
    return closeList(from: start)
  }

  /// Which entries count is not known before the last one, so that they are noted.
  private mutating func orderedMap(
    _ index: Int32, _ scanner: inout ProtobufWireScanner
  ) throws(TranscodeError) -> Bool {
    let field = program.fields[index]
    let top = buffers.occurrences.count
    repeat {
      if buffers.occurrences.count > limits.fields { throw Self.disorder }
      buffers.occurrences.append(
        try scanner.occurrence(of: index, field.number, .lengthDelimited, depth: limits.depth &- depth))
    } while scanner.passes(field.tag, length: Int(field.tagLength))
    let isWritten = try map(field, Occurrences(first: top, end: buffers.occurrences.count))
    buffers.occurrences.truncate(to: top)
    return isWritten
  }

  /// A message that has another form in JSON.
  private mutating func collected(
    _ record: ProtobufRecord, _ start: Int, _ end: Int
  ) throws(TranscodeError) {
    let top = buffers.occurrences.count
    buffers.occurrences.append(.message(from: start, to: end))
    try message(record, Occurrences(first: top, end: top &+ 1))
    buffers.occurrences.truncate(to: top)
  }
}
