internal import SchemaModel

/// The first reading of a message: where its fields are, and which of them count.
extension ProtobufDecoder {
  /// Notes the fields of a message whose bytes are those of `parts`, sorted by number. The caller drops them.
  mutating func collect(
    _ record: ProtobufRecord, _ parts: Occurrences
  ) throws(TranscodeError) -> Occurrences {
    let first = buffers.occurrences.count
    var isSorted = true
    var previous: Int32 = -1
    for part in parts.first..<parts.end {
      let range = buffers.occurrences[part]
      var scanner = ProtobufWireScanner(wire, Int(range.start), Int(range.end))
      while !scanner.isAtEnd {
        let start = scanner.index
        let (number, wireType) = try scanner.tag()
        let index = program.find(number, record)
        if index < 0 {
          _ = try scanner.value(wireType, number: number, depth: limits.depth &- depth)
          continue
        }
        let field = program.fields[index]
        if !field.accepts(wireType) {
          throw TranscodeError(.wrongWireType, offset: start, field: field.id)
        }
        let found = try scanner.occurrence(of: index, number, wireType, depth: limits.depth &- depth)
        if buffers.occurrences.count > limits.fields {
          throw TranscodeError(.tooManyTokens, offset: start, field: field.id)
        }
        if index < previous { isSorted = false }
        previous = index
        buffers.occurrences.append(found)
      }
    }
    if record.oneofCount > 0 { isSorted = try !resolveOneofs(record, from: first) && isSorted }
    if !isSorted {
      buffers.occurrences.sortTop(from: first) {
        $0.field < $1.field || $0.field == $1.field && $0.start < $1.start
      }
    }
    var firstKept = first
    while firstKept < buffers.occurrences.count, buffers.occurrences[firstKept].field < 0 { firstKept += 1 }
    return Occurrences(first: firstKept, end: buffers.occurrences.count)
  }

  /// Of each oneof only what follows the last value of another member stays. True when something went.
  private mutating func resolveOneofs(
    _ record: ProtobufRecord, from first: Int
  ) throws(TranscodeError) -> Bool {
    let winners = buffers.seen.count
    let closed: UInt64 = 1 << 63
    buffers.seen.append(repeating: 0, count: Int(record.oneofCount))
    var dropped = false
    var at = buffers.occurrences.count - 1
    while at >= first {
      let index = buffers.occurrences[at].field
      let oneof = program.fields[index].oneof
      if oneof >= 0 {
        let slot = winners + Int(oneof)
        let winner = buffers.seen[slot]
        if winner == 0 {
          buffers.seen[slot] = UInt64(index) + 1
        } else if winner != UInt64(index) + 1 {
          buffers.seen[slot] = winner | closed
          try checkReplaced(buffers.occurrences[at])
          buffers.occurrences[at].field = -1
          dropped = true
        }
      }
      at -= 1
    }
    buffers.seen.truncate(to: winners)
    return dropped
  }

  @inline(__always)
  func endOfRun(_ first: Int, _ end: Int) -> Int {
    if first >= end { return end }
    let field = buffers.occurrences[first].field
    var at = first &+ 1
    while at < end, buffers.occurrences[at].field == field { at &+= 1 }
    return at
  }
}
