internal import SchemaModel

/// Lists of messages and maps that a query fills: `specs[0].label=x`, `labels[k]=v`.
extension ProtobufEncoder {
  func notBindable(_ field: ProtobufField, _ node: Int32) -> TranscodeError {
    TranscodeError(.notBindable, offset: -1, field: field.id, boundNode: node)
  }

  /// A message whose fields are bound at and below `node`.
  mutating func boundMessage(_ field: ProtobufField, _ node: Int32) throws(TranscodeError) {
    guard field.kind.isMessage, program.records[field.target].form == .object else {
      throw notBindable(field, node)
    }
    try nested(field, Source(bound: input.bound.nodes[Int(node)].firstChild))
  }

  mutating func boundElements(_ field: ProtobufField, _ node: Int32) throws(TranscodeError) {
    var element = input.bound.nodes[Int(node)].firstChild
    var count: Int32 = 0
    while element >= 0 {
      guard input.bound.nodes[Int(element)].element == count else {
        throw input.bound.error(.elementGap, at: element)
      }
      try boundMessage(field, element)
      count += 1
      element = input.bound.nodes[Int(element)].nextSibling
    }
  }

  mutating func boundEntries(_ field: ProtobufField, _ node: Int32) throws(TranscodeError) {
    let key = program.fields[field.target]
    let value = program.fields[field.target &+ 1]
    let mark = buffers.keys.mark
    var entry = input.bound.nodes[Int(node)].firstChild
    while entry >= 0 {
      writeTag(field)
      let length = prefixes.begin(&buffers.lengths, at: buffers.sink.count)
      try boundKey(key, entry)
      let first = input.bound.nodes[Int(entry)].firstValue
      if first >= 0 {
        try boundValue(value, first, entry, skipsDefault: false)
      } else {
        try boundMessage(value, entry)
      }
      prefixes.end(length, &buffers.lengths, at: buffers.sink.count)
      entry = input.bound.nodes[Int(entry)].nextSibling
    }
    // `0` and `-0` are two texts and one key.
    if let repeated = buffers.keys.firstRepeated(since: mark) {
      throw input.bound.error(.duplicateKey, at: repeated)
    }
    buffers.keys.drop(to: mark)
  }

  private mutating func boundKey(_ key: ProtobufField, _ entry: Int32) throws(TranscodeError) {
    let start = Int(input.bound.nodes[Int(entry)].keyStart)
    let end = Int(input.bound.nodes[Int(entry)].keyEnd)
    guard start >= 0 else { throw notBindable(key, entry) }
    let boundText = boundText
    if key.kind == .string {
      if UTF8Form.firstInvalid(boundText, from: start, to: end) != nil {
        throw TranscodeError(.invalidUTF8, offset: -1, field: key.id, boundNode: entry)
      }
      writeTag(key)
      buffers.sink.appendVarint(UInt64(end - start))
      buffers.sink.append(boundText, from: start, to: end)
      return buffers.keys.add(tag: entry) { $0.append(boundText, from: start, to: end) }
    }
    guard
      let bits = ProtobufText.bits(
        key, boundText, start, end, program, isCaseSensitive: true, isBound: true)
    else { throw TranscodeError(.keyMismatch, offset: -1, field: key.id, boundNode: entry) }
    writeTag(key)
    write(bits, as: key.kind)
    buffers.keys.add(tag: entry) { $0.append(word: bits, length: 8) }
  }
}
