internal import SchemaModel

/// Mutable records: members in any order, each with its id and size.
extension CDRDecoder {
  mutating func mutableMembers(_ type: CDRType, _ selecting: Selecting) throws(TranscodeError) {
    let seen = buffers.seen.count
    buffers.seen.append(repeating: 0, count: Int(type.count &+ 63) >> 6)
    let outer = try beginSize(type)
    var expected = type.first
    while let header = try nextHeader() {
      let index = member(header.id, type, &expected)
      guard index >= 0 else {
        if header.mustUnderstand { throw TranscodeError(.mustUnderstand, offset: header.start) }
        reader.index = header.end
        continue
      }
      let member = program.members[index]
      do throws(TranscodeError) {
        let local = index &- type.first
        let word = seen &+ Int(local >> 6)
        let bit: UInt64 = 1 << UInt64(truncatingIfNeeded: local & 63)
        if buffers.seen[word] & bit != 0 { throw TranscodeError(.duplicateKey, offset: header.start) }
        buffers.seen[word] |= bit
        try parameterContent(member, header, selecting)
      } catch { throw trace.inside(member.field, error) }
      if ends(behind: member, selecting) { return }
    }
    endSize(outer)
    for local in 0..<type.count
    where buffers.seen[seen &+ Int(local >> 6)] >> UInt64(truncatingIfNeeded: local & 63) & 1 == 0 {
      try absent(program.members[type.first &+ local], selecting)
    }
    buffers.seen.truncate(to: seen)
  }

  /// The next member's header; nil at the end of the members.
  mutating func nextHeader() throws(TranscodeError) -> CDRReader.Header? {
    if !reader.isXCDR2 { return try reader.parameter() }
    // Padding may stand behind the last member.
    reader.align(4)
    return reader.remaining == 0 ? nil : try reader.memberHeader()
  }

  /// The member with an id, -1 for none. Most senders keep the order of the schema.
  private func member(_ id: UInt32, _ type: CDRType, _ expected: inout Int32) -> Int32 {
    let behind = type.first &+ type.count
    if expected < behind, program.members[expected].id == id {
      expected &+= 1
      return expected &- 1
    }
    var index = type.first
    while index < behind {
      if program.members[index].id == id {
        expected = index &+ 1
        return index
      }
      index &+= 1
    }
    return -1
  }
}
