internal import SchemaModel

/// Maps: entries on the wire, each a message with a key (1) and a value (2), become the members of an object.
/// Of entries with equal keys the last one counts.
extension ProtobufDecoder {
  mutating func map(_ field: ProtobufField, _ run: Occurrences) throws(TranscodeError) -> Bool {
    let entry = ProtobufRecord.entry(of: field)
    if run.end - run.first > 1 { try dropReplaced(entry, run) }
    let start = buffers.sink.count
    buffers.sink.append(UInt8(ascii: "{"))
    let value = program.fields[field.target &+ 1]
    for at in run.first..<run.end where buffers.occurrences[at].field >= 0 {
      let top = buffers.occurrences.count
      let fields = try collect(entry, Occurrences(first: at, end: at + 1))
      let keyEnd = endOfKeys(entry, fields)
      let entryStart = buffers.sink.count
      try self.key(program.fields[field.target], Occurrences(first: fields.first, end: keyEnd))
      buffers.sink.append(UInt8(ascii: ":"))
      let isWritten: Bool
      if keyEnd == fields.end {
        try absent(value, Int(buffers.occurrences[at].end))
        isWritten = true
      } else {
        isWritten = try self.value(value, Occurrences(first: keyEnd, end: fields.end))
      }
      // An unknown number of a closed enumeration takes its entry with it.
      if isWritten {
        buffers.sink.append(UInt8(ascii: ","))
      } else {
        buffers.sink.truncate(to: entryStart)
      }
      buffers.occurrences.truncate(to: top)
    }
    if buffers.sink.count == start + 1 {
      buffers.sink.truncate(to: start)
      return false
    }
    buffers.sink[buffers.sink.count - 1] = UInt8(ascii: "}")
    return true
  }

  @inline(__always)
  private func endOfKeys(_ entry: ProtobufRecord, _ fields: Occurrences) -> Int {
    var at = fields.first
    while at < fields.end, buffers.occurrences[at].field == entry.firstField { at += 1 }
    return at
  }

  /// Marks all entries whose key comes again.
  private mutating func dropReplaced(_ entry: ProtobufRecord, _ run: Occurrences) throws(TranscodeError) {
    let mark = buffers.keys.mark
    let isText = program.fields[entry.firstField].kind == .string
    for at in run.first..<run.end {
      let top = buffers.occurrences.count
      let fields = try collect(entry, Occurrences(first: at, end: at + 1))
      let keyEnd = endOfKeys(entry, fields)
      let key = keyEnd > fields.first ? buffers.occurrences[keyEnd - 1] : nil
      let bits = key.map { self.bits(program.fields[entry.firstField], $0) } ?? 0
      let wire = wire
      buffers.keys.add(tag: Int32(truncatingIfNeeded: at)) { sink in
        if !isText {
          sink.append(word: bits, length: 8)
        } else if let key {
          sink.append(wire, from: Int(key.start), to: Int(key.end))
        }
      }
      buffers.occurrences.truncate(to: top)
    }
    buffers.keys.sort(since: mark)
    for i in (mark.span + 1)..<buffers.keys.spans.count where buffers.keys.repeats(i) {
      let replaced = buffers.keys.spans[i - 1].tag
      try checkReplaced(buffers.occurrences[replaced])
      buffers.occurrences[replaced].field = -1
    }
    buffers.keys.drop(to: mark)
  }

  private mutating func key(_ field: ProtobufField, _ run: Occurrences) throws(TranscodeError) {
    let hasKey = run.end > run.first
    if run.end - run.first > 1 {
      for at in run.first..<(run.end - 1) { try checkReplaced(buffers.occurrences[at]) }
    }
    if field.kind == .string {
      if hasKey {
        _ = try element(buffers.occurrences[run.end - 1])
      } else {
        buffers.sink.append("\"\"")
      }
      return
    }
    let bits = hasKey ? self.bits(field, buffers.occurrences[run.end - 1]) : 0
    buffers.sink.append(UInt8(ascii: "\""))
    switch field.kind {
    case .bool: buffers.sink.append(bits == 0 ? "false" : "true")
    case .uint32, .uint64, .fixed32, .fixed64: DecimalDigits.append(bits, to: &buffers.sink)
    default: DecimalDigits.append(Int64(bitPattern: bits), to: &buffers.sink)
    }
    buffers.sink.append(UInt8(ascii: "\""))
  }

  /// The value of an entry that states none.
  private mutating func absent(_ field: ProtobufField, _ offset: Int) throws(TranscodeError) {
    if field.kind.isMessage {
      buffers.occurrences.append(.message(from: offset, to: offset))
      let last = buffers.occurrences.count - 1
      try message(program.records[field.target], Occurrences(first: last, end: last + 1))
    } else if field.kind == .string || field.kind == .bytes {
      buffers.sink.append("\"\"")
    } else {
      number(field, 0)
    }
  }
}
