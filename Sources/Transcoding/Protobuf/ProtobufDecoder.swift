internal import SchemaModel

/// Writes one message as JSON.
///
/// A message as serialisers write it is written as it is read (`ordered`). Any other is read twice: first its tags
/// only, to note where its fields are (`collect`); then the fields are written, in the order of their numbers.
/// Between the two protobuf's rules are applied that need the whole message: the last value of a field or oneof wins,
/// elements of a list may stand apart, and several values of one message field are merged, which is to read them one
/// behind the other.
struct ProtobufDecoder: ~Copyable {
  let program: ProtobufProgram.View
  let options: JSONOptions
  let limits: TranscodingLimits
  let wire: ByteView
  var buffers: TranscodingBuffers
  var depth = 0

  init(
    program: ProtobufProgram.View, options: JSONOptions, limits: TranscodingLimits, wire: ByteView,
    buffers: consuming TranscodingBuffers
  ) {
    self.program = program
    self.options = options
    self.limits = limits
    self.wire = wire
    self.buffers = buffers
  }

  /// Noted occurrences of fields, as a range of `buffers.occurrences`.
  struct Occurrences {
    var first: Int
    var end: Int
  }

  mutating func run(_ record: Int32, at start: Int, selecting selection: FieldPath) throws(TranscodeError) {
    if wire.count > Int(Int32.max) { throw TranscodeError(.tooLarge, offset: 0) }
    let start = min(start, wire.count)
    if selection.isEmpty {
      do throws(TranscodeError) {
        try ordered(record, start, wire.count)
        if buffers.sink.count <= limits.outputBytes { return }
      } catch {}
      depth = 0
      buffers.removeAll()
    }
    buffers.occurrences.append(.message(from: start, to: wire.count))
    let whole = Occurrences(first: 0, end: 1)
    if selection.isEmpty {
      try message(program.records[record], whole)
    } else {
      try select(program.records[record], whole, selection, 0)
    }
    if buffers.sink.count > limits.outputBytes { throw TranscodeError(.tooLarge, offset: 0) }
  }

  /// Only the value of the field that the path leads to.
  private mutating func select(
    _ record: ProtobufRecord, _ parts: Occurrences, _ path: FieldPath, _ depth: Int
  ) throws(TranscodeError) {
    let fields = try collect(record, parts)
    let field = program.fields[program.fieldOfID[path[depth].rawValue]]
    let last = program.fields[program.fieldOfID[path[path.count - 1].rawValue]]
    var first = fields.first
    while first < fields.end, program.fields[buffers.occurrences[first].field].id != field.id {
      first += 1
    }
    let run = Occurrences(first: first, end: endOfRun(first, fields.end))
    if run.first == run.end {
      buffers.sink.append(program.text, from: last.absent, count: last.absentLength)
    } else if depth == path.count - 1 {
      if try !value(field, run) {
        buffers.sink.append(program.text, from: last.absent, count: last.absentLength)
      }
    } else {
      try select(program.records[field.target], run, path, depth + 1)
    }
  }

  // MARK: Writing

  /// A message whose bytes are those of `parts`, one behind the other.
  ///
  /// - Parameter isOpen: members stand already in the object, whose brace is open.
  mutating func message(
    _ record: ProtobufRecord, _ parts: Occurrences, isOpen: Bool = false
  ) throws(TranscodeError) {
    depth &+= 1
    let offset = Int(buffers.occurrences[parts.first].start)
    if depth > limits.depth { throw TranscodeError(.tooDeep, offset: offset) }
    if buffers.sink.count > limits.outputBytes { throw TranscodeError(.tooLarge, offset: offset) }
    let top = buffers.occurrences.count
    let fields = try collect(record, parts)
    if record.form == .object {
      try object(record, fields, offset, isOpen)
    } else {
      try wellKnown(record, fields, offset)
    }
    buffers.occurrences.truncate(to: top)
    depth &-= 1
  }

  private mutating func object(
    _ record: ProtobufRecord, _ fields: Occurrences, _ offset: Int, _ isOpen: Bool
  ) throws(TranscodeError) {
    let start = buffers.sink.count
    var required = record.requiredCount
    var expected = record.firstField
    var first = fields.first
    while first < fields.end {
      let index = buffers.occurrences[first].field
      let run = Occurrences(first: first, end: endOfRun(first, fields.end))
      first = run.end
      let field = program.fields[index]
      if options.emitDefaults {
        defaults(from: expected, to: index)
        expected = index &+ 1
      }
      if field.isRequired { required &-= 1 }
      let labelStart = buffers.sink.count
      buffers.sink.append(program.text, from: field.label, count: field.labelLength)
      if try !value(field, run) {
        buffers.sink.truncate(to: labelStart)
        if options.emitDefaults { defaults(from: index, to: index &+ 1) }
      }
    }
    if required > 0 { throw missingRequired(record, fields, offset) }
    if options.emitDefaults { defaults(from: expected, to: record.firstField &+ record.fieldCount) }
    if isOpen { buffers.sink.append(UInt8(ascii: "}")) } else { closeObject(from: start) }
  }

  /// Every label begins with a comma; the first one becomes the brace.
  @inline(__always)
  mutating func closeObject(from start: Int) {
    if buffers.sink.count == start {
      buffers.sink.append(word: 0x7D7B, length: 2)
    } else {
      buffers.sink[start] = UInt8(ascii: "{")
      buffers.sink.append(UInt8(ascii: "}"))
    }
  }

  /// Every element ends with a comma; the last one becomes the bracket. False, and nothing written, when there is none.
  @inline(__always)
  mutating func closeList(from start: Int) -> Bool {
    if buffers.sink.count == start &+ 1 {
      buffers.sink.truncate(to: start)
      return false
    }
    buffers.sink[buffers.sink.count &- 1] = UInt8(ascii: "]")
    return true
  }

  /// Writes those of the absent fields that have no presence.
  mutating func defaults(from first: Int32, to end: Int32) {
    let program = program
    var index = first
    while index < end {
      let field = program.fields[index]
      if field.isImplicit {
        buffers.sink.append(program.text, from: field.label, count: field.labelLength)
        buffers.sink.append(program.text, from: field.absent, count: field.absentLength)
      }
      index &+= 1
    }
  }

  /// The value of a field; false, and nothing written, when it is as good as absent.
  @inline(__always)
  mutating func value(_ field: ProtobufField, _ run: Occurrences) throws(TranscodeError) -> Bool {
    switch field.form {
    case .singular:
      if field.kind.isMessage {
        try message(program.records[field.target], run)
        return true
      }
      return try scalar(field, run)
    case .list: return try list(field, run)
    case .map: return try map(field, run)
    }
  }

  private mutating func list(_ field: ProtobufField, _ run: Occurrences) throws(TranscodeError) -> Bool {
    let start = buffers.sink.count
    buffers.sink.append(UInt8(ascii: "["))
    for at in run.first..<run.end {
      let occurrence = buffers.occurrences[at]
      if field.kind.isMessage {
        try message(program.records[field.target], Occurrences(first: at, end: at &+ 1))
        buffers.sink.append(UInt8(ascii: ","))
      } else {
        try elements(field, occurrence)
      }
    }
    return closeList(from: start)
  }

  /// One element of a list, or several that are packed; each with a comma behind it.
  @inline(__always)
  mutating func elements(_ field: ProtobufField, _ occurrence: ProtobufOccurrence) throws(TranscodeError) {
    if occurrence.wireType == .lengthDelimited, field.kind.isPackable {
      try packed(field, occurrence)
    } else if try element(occurrence) {
      buffers.sink.append(UInt8(ascii: ","))
    }
  }

  private mutating func packed(
    _ field: ProtobufField, _ occurrence: ProtobufOccurrence
  ) throws(TranscodeError) {
    var scanner = ProtobufWireScanner(wire, Int(occurrence.start), Int(occurrence.end))
    let wireType = field.kind.wireType
    while !scanner.isAtEnd {
      let item = try scanner.occurrence(of: occurrence.field, 0, wireType, depth: 0)
      if try element(item) { buffers.sink.append(UInt8(ascii: ",")) }
    }
    if buffers.sink.count > limits.outputBytes {
      throw TranscodeError(.tooLarge, offset: Int(occurrence.start), field: field.id)
    }
  }

  private func missingRequired(
    _ record: ProtobufRecord, _ fields: Occurrences, _ offset: Int
  ) -> TranscodeError {
    for index in record.firstField..<(record.firstField + record.fieldCount) {
      let field = program.fields[index]
      let isThere = (fields.first..<fields.end).contains { buffers.occurrences[$0].field == index }
      if field.isRequired, !isThere {
        return TranscodeError(.missingRequired, offset: offset, field: field.id)
      }
    }
    return TranscodeError(.missingRequired, offset: offset)
  }
}
