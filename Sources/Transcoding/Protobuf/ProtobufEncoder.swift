internal import SchemaModel

/// Writes one message: walks the JSON tape, the bound fields beside it, and the program.
///
/// Fields are written in the order in which the client gave them; protobuf allows any order.
struct ProtobufEncoder: ~Copyable {
  let program: ProtobufProgram.View
  let options: JSONOptions
  let limits: TranscodingLimits
  let text: ByteView
  let input: RequestInput
  let boundText: ByteView
  var buffers: TranscodingBuffers
  var prefixes = LengthPrefixes()
  private var depth = 0

  init(
    program: ProtobufProgram.View, options: JSONOptions, limits: TranscodingLimits, text: ByteView,
    input: RequestInput, boundText: ByteView, buffers: consuming TranscodingBuffers
  ) {
    self.program = program
    self.options = options
    self.limits = limits
    self.text = text
    self.input = input
    self.boundText = boundText
    self.buffers = buffers
  }

  typealias Source = MessageSource

  mutating func run(_ record: Int32) throws(TranscodeError) {
    if text.count > 0 { try JSONScanner.scan(text, onto: &buffers.tape, limits: limits) }
    var source = Source(bound: input.bound.firstRoot)
    if text.count > 0 {
      if input.bodyPath.isEmpty { source.token = 0 } else { source.pathDepth = 0 }
    }
    try message(program.records[record], source)
    if let mask = input.maskField { try updateMask(mask, record) }
    if buffers.sink.count + prefixes.prefixBytes > limits.outputBytes {
      throw TranscodeError(.tooLarge, offset: 0)
    }
  }

  // MARK: Messages

  /// The content of a message, without tag and length.
  mutating func message(_ record: ProtobufRecord, _ source: Source) throws(TranscodeError) {
    depth &+= 1
    if depth > limits.depth { throw TranscodeError(.tooDeep, offset: offset(of: source.token)) }
    if record.form != .object && source.token >= 0 {
      if source.bound >= 0 { throw boundTwice(source.bound) }
      try wellKnown(record, source.token)
    } else {
      try object(record, source)
    }
    depth &-= 1
  }

  private mutating func object(_ record: ProtobufRecord, _ source: Source) throws(TranscodeError) {
    let seen = buffers.seen.count
    buffers.seen.append(repeating: 0, count: Int(record.fieldCount &+ record.oneofCount &+ 63) >> 6)
    var required = record.requiredCount
    if source.token >= 0 {
      let object = buffers.tape[source.token]
      guard object.kind == .object else { throw TranscodeError(.expectedObject, offset: object.offset) }
      var ignoresSome = false
      // Most clients write fields in the schema's order.
      var expected = record.firstField
      var at = source.token &+ 1
      while at < object.next {
        let key = buffers.tape[at]
        let value = at &+ 1
        at = buffers.tape[value].next
        if value &- 1 == source.skipped { continue }
        var index = expected
        if !isExpected(index, key, record) { index = find(record.names, key) }
        expected = index &+ 1
        if index < 0 {
          if options.unknownFields == .error { throw TranscodeError(.unknownField, offset: key.offset) }
          try buffers.checkIgnored(value, in: text)
          ignoresSome = true
          buffers.ignored.append(key.offset)
          continue
        }
        let field = program.fields[index]
        if !mark(seen, index &- record.firstField) {
          throw TranscodeError(.duplicateKey, offset: key.offset, field: field.id)
        }
        var children: Int32 = -1
        if source.bound >= 0 { children = try self.children(of: field, below: source.bound) }
        if buffers.tape[value].kind == .null, !field.takesNull {
          if children >= 0 { throw boundTwice(children) }
          if field.isRequired { throw TranscodeError(.nullNotAllowed, offset: buffers.tape[value].offset) }
          continue
        }
        if field.oneof >= 0, !mark(seen, record.fieldCount &+ field.oneof) {
          throw TranscodeError(.oneofConflict, offset: key.offset, field: field.id)
        }
        if field.isRequired { required &-= 1 }
        try member(field, Source(token: value, bound: children))
      }
      if ignoresSome { try buffers.checkNames(of: source.token, in: text) }
    } else if source.pathDepth >= 0 {
      try bodyMember(record, source, seen: seen, required: &required)
    }
    if source.bound >= 0 { try boundMembers(record, source.bound, seen: seen, required: &required) }
    if required > 0 { throw missingRequired(record, seen, offset: offset(of: source.token)) }
    buffers.seen.truncate(to: seen)
  }

  /// The field that `bodyPath` names takes the body's value, or leads to it.
  private mutating func bodyMember(
    _ record: ProtobufRecord, _ source: Source, seen: Int, required: inout Int32
  ) throws(TranscodeError) {
    let field = program.fields[program.fieldOfID[input.bodyPath[source.pathDepth].rawValue]]
    let isLast = source.pathDepth == input.bodyPath.count - 1
    _ = mark(seen, index(of: field, in: record))
    var children: Int32 = -1
    if source.bound >= 0 { children = try self.children(of: field, below: source.bound) }
    if isLast, buffers.tape[0].kind == .null, !field.takesNull {
      if children >= 0 { throw boundTwice(children) }
      return
    }
    if field.oneof >= 0 { _ = mark(seen, record.fieldCount &+ field.oneof) }
    if field.isRequired { required &-= 1 }
    if isLast {
      try member(field, Source(token: 0, bound: children))
    } else {
      try member(field, Source(bound: children, pathDepth: source.pathDepth + 1))
    }
  }

  // MARK: Members

  @inline(__always)
  mutating func member(_ field: ProtobufField, _ source: Source) throws(TranscodeError) {
    switch field.form {
    case .singular:
      if field.kind.isMessage {
        try nested(field, source)
      } else {
        try scalar(field, source.token)
      }
    case .list: try list(field, source.token)
    case .map: try map(field, source.token)
    }
  }

  /// A message with its tag, and its length or end.
  mutating func nested(_ field: ProtobufField, _ source: Source) throws(TranscodeError) {
    let record = program.records[field.target]
    writeTag(field)
    if field.kind == .group {
      try message(record, source)
      // Start and end of a group differ in the wire type only: 3 and 4.
      buffers.sink.append(word: field.tag &+ 1, length: Int(field.tagLength))
    } else {
      let length = prefixes.begin(&buffers.lengths, at: buffers.sink.count)
      try message(record, source)
      prefixes.end(length, &buffers.lengths, at: buffers.sink.count)
    }
  }

  // MARK: Helpers

  @inline(__always)
  mutating func writeTag(_ field: ProtobufField) {
    buffers.sink.append(word: field.tag, length: Int(field.tagLength))
  }

  /// Sets a bit of the record whose bits begin at `seen`; false when it was set.
  @inline(__always)
  mutating func mark(_ seen: Int, _ index: Int32) -> Bool {
    let word = seen &+ Int(index >> 6)
    let bit: UInt64 = 1 << UInt64(truncatingIfNeeded: index & 63)
    let bits = buffers.seen[word]
    buffers.seen[word] = bits | bit
    return bits & bit == 0
  }

  func isMarked(_ seen: Int, _ index: Int32) -> Bool {
    buffers.seen[seen &+ Int(index >> 6)] & 1 << UInt64(truncatingIfNeeded: index & 63) != 0
  }

  func index(of field: ProtobufField, in record: ProtobufRecord) -> Int32 {
    program.fieldOfID[field.id.rawValue] - record.firstField
  }

  /// Whether a key is the name that we would write for the field at `index`: cheaper to see than to look up.
  @inline(__always)
  private func isExpected(_ index: Int32, _ key: JSONToken, _ record: ProtobufRecord) -> Bool {
    guard index &- record.firstField < record.fieldCount, index >= record.firstField else { return false }
    let field = program.fields[index]
    // `,"name":`; a key without escapes is no label with escapes.
    let length = field.labelLength &- 4
    return key.end &- key.start == length && !key.isComplex
      && NameTable.equal(text, Int(key.start), program.text, field.label &+ 2, Int(length))
  }

  @inline(__always)
  mutating func find(_ names: NameTable, _ key: JSONToken) -> Int32 {
    if !key.isComplex {
      return names.find(
        text, Int(key.start), Int(key.end &- key.start), program.nameEntries, program.text)
    }
    let program = program
    return buffers.withText(of: key, in: text) {
      names.find($0, $1, $2 - $1, program.nameEntries, program.text)
    }
  }

  func offset(of token: Int32) -> Int { buffers.offset(of: token) }

  private func missingRequired(_ record: ProtobufRecord, _ seen: Int, offset: Int) -> TranscodeError {
    for index in 0..<record.fieldCount {
      let field = program.fields[record.firstField + index]
      if field.isRequired, !isMarked(seen, index) {
        return TranscodeError(.missingRequired, offset: offset, field: field.id)
      }
    }
    return TranscodeError(.missingRequired, offset: offset)
  }
}
