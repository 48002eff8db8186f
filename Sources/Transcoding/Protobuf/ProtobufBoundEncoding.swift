internal import SchemaModel

/// Fields that path, query and configuration bind, merged into the message where the body would have them.
///
/// A field has one source. Only a `default` of the configuration yields: to the body, and to a sibling of its
/// oneof from anywhere.
extension ProtobufEncoder {
  /// The bound fields below `field`, which the body has: -1 when there are none or they yield to it.
  func children(of field: ProtobufField, below first: Int32) throws(TranscodeError) -> Int32 {
    let node = input.bound.sibling(of: first, for: field.id)
    if node < 0 { return -1 }
    if input.bound.nodes[Int(node)].firstValue >= 0 {
      if input.bound.yields(node) { return -1 }
      throw boundTwice(node)
    }
    let isRecord =
      field.form == .singular && field.kind.isMessage && program.records[field.target].form == .object
    if isRecord { return input.bound.nodes[Int(node)].firstChild }
    if input.bound.yields(node) { return -1 }
    throw boundTwice(node)
  }

  func boundTwice(_ node: Int32) -> TranscodeError { input.bound.error(.boundTwice, at: node) }

  /// Writes the fields bound at `first` and its siblings that the body has not merged already; those that
  /// yield come last, when it is known to whom.
  mutating func boundMembers(
    _ record: ProtobufRecord, _ first: Int32, seen: Int, required: inout Int32
  ) throws(TranscodeError) {
    for yielding in [false, true] {
      var node = first
      while node >= 0 {
        let next = input.bound.nodes[Int(node)].nextSibling
        if input.bound.yields(node) == yielding {
          try boundMember(record, node, yielding: yielding, seen: seen, required: &required)
        }
        node = next
      }
    }
  }

  private mutating func boundMember(
    _ record: ProtobufRecord, _ node: Int32, yielding: Bool, seen: Int, required: inout Int32
  ) throws(TranscodeError) {
    let field = program.fields[program.fieldOfID[input.bound.nodes[Int(node)].field.rawValue]]
    let local = index(of: field, in: record)
    // A field of another record would be our own mistake in binding; it is not written into this one.
    guard local >= 0, local < record.fieldCount else {
      throw TranscodeError(.notBindable, offset: -1, field: field.id, boundNode: node)
    }
    guard mark(seen, local) else { return }
    if field.oneof >= 0, !mark(seen, record.fieldCount &+ field.oneof) {
      if yielding { return }
      throw boundTwice(node)
    }
    if field.isRequired { required -= 1 }
    guard input.bound.nodes[Int(node)].firstValue < 0 else { return try boundValues(field, node) }
    switch field.form {
    case .singular: try boundMessage(field, node)
    case .list: try boundElements(field, node)
    case .map: try boundEntries(field, node)
    }
  }

  private mutating func boundValues(_ field: ProtobufField, _ node: Int32) throws(TranscodeError) {
    var value = input.bound.nodes[Int(node)].firstValue
    switch field.form {
    case .map:
      throw TranscodeError(.notBindable, offset: -1, field: field.id, boundNode: node)
    case .singular:
      if input.bound.values[Int(value)].next >= 0 { throw boundTwice(node) }
      try boundValue(field, value, node, skipsDefault: field.isImplicit)
    case .list:
      var length = 0
      if field.isPacked {
        writeTag(field)
        length = prefixes.begin(&buffers.lengths, at: buffers.sink.count)
      }
      while value >= 0 {
        if field.isPacked, input.bound.values[Int(value)].isCompiled {
          appendBound(value)
        } else if field.isPacked {
          write(try boundBits(field, value, node), as: field.kind)
        } else {
          try boundValue(field, value, node, skipsDefault: false)
        }
        value = input.bound.values[Int(value)].next
      }
      if field.isPacked { prefixes.end(length, &buffers.lengths, at: buffers.sink.count) }
    }
  }

  mutating func boundValue(
    _ field: ProtobufField, _ value: Int32, _ node: Int32, skipsDefault: Bool
  ) throws(TranscodeError) {
    let start = Int(input.bound.values[Int(value)].start)
    let end = Int(input.bound.values[Int(value)].end)
    if input.bound.values[Int(value)].isCompiled {
      return constant(field, start, end, skipsDefault: skipsDefault)
    }
    if field.kind.isPackable {
      let bits = try boundBits(field, value, node)
      if bits == 0, skipsDefault { return }
      writeTag(field)
      write(bits, as: field.kind)
      return
    }
    if field.kind == .group {
      throw TranscodeError(.notBindable, offset: -1, field: field.id, boundNode: node)
    }
    if skipsDefault, start == end, field.kind != .message { return }
    writeTag(field)
    let length = prefixes.begin(&buffers.lengths, at: buffers.sink.count)
    try boundContent(field, value, node)
    prefixes.end(length, &buffers.lengths, at: buffers.sink.count)
  }

  /// What follows tag and length of a string, of bytes or of a message that is written as a text.
  mutating func boundContent(
    _ field: ProtobufField, _ value: Int32, _ node: Int32
  ) throws(TranscodeError) {
    let start = Int(input.bound.values[Int(value)].start)
    let end = Int(input.bound.values[Int(value)].end)
    switch field.kind {
    case .string:
      // Also where the schema does not ask for it: a body could not hold anything else.
      if UTF8Form.firstInvalid(boundText, from: start, to: end) != nil {
        throw TranscodeError(.invalidUTF8, offset: -1, field: field.id, boundNode: node)
      }
      buffers.sink.append(boundText, from: start, to: end)
    case .bytes:
      if !Base64.decode(boundText, from: start, to: end, into: &buffers.sink) {
        throw TranscodeError(.mismatch, offset: -1, field: field.id, boundNode: node)
      }
    default:
      try boundWellKnown(field, value, node)
    }
  }

  func boundBits(
    _ field: ProtobufField, _ value: Int32, _ node: Int32
  ) throws(TranscodeError) -> UInt64 {
    let value = input.bound.values[Int(value)]
    guard
      let bits = ProtobufText.bits(
        field, boundText, Int(value.start), Int(value.end), program,
        isCaseSensitive: !options.caseInsensitiveEnums, isBound: true)
    else {
      let reason: TranscodeError.Reason = field.kind == .enumeration ? .unknownEnumerator : .mismatch
      throw TranscodeError(reason, offset: -1, field: field.id, boundNode: node)
    }
    return bits
  }

  /// Messages whose JSON form is a string take it without quotes; wrappers take their value.
  private mutating func boundWellKnown(
    _ field: ProtobufField, _ value: Int32, _ node: Int32
  ) throws(TranscodeError) {
    let record = program.records[field.target]
    let start = Int(input.bound.values[Int(value)].start)
    let end = Int(input.bound.values[Int(value)].end)
    let isWritten: Bool
    switch record.form {
    case .bare:
      let inner = program.fields[record.firstField]
      guard inner.form == .singular, !inner.kind.isMessage else { fallthrough }
      return try boundValue(inner, value, node, skipsDefault: true)
    case .object, .any:
      throw TranscodeError(.notBindable, offset: -1, field: field.id, boundNode: node)
    case .value:
      // A text is a string: to guess numbers and booleans would make a label named "1" impossible.
      return try boundValue(stringField(of: record), value, node, skipsDefault: false)
    case .timestamp:
      isWritten = writeTime(record, TimeText.timestamp(boundText, start, end))
    case .duration:
      isWritten = writeTime(record, TimeText.duration(boundText, start, end))
    case .fieldMask:
      isWritten = writeFieldMask(record, boundText, start, end)
    }
    if !isWritten { throw TranscodeError(.mismatch, offset: -1, field: field.id, boundNode: node) }
  }
}
