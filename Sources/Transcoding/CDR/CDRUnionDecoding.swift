internal import SchemaModel

/// Unions and bit sets.
extension CDRDecoder {
  mutating func union(_ index: Int32, _ type: CDRType, _ selecting: Selecting) throws(TranscodeError) {
    try enter()
    let start = buffers.sink.count
    let outer = try beginSize(type)
    let discriminator = program.types[type.element]
    if type.isMutable {
      guard let header = try nextHeader(), header.id == 0 else {
        throw TranscodeError(.malformedValue, offset: reader.index)
      }
      let (outerEnd, outerOrigin) = (reader.end, reader.origin)
      reader.end = header.end
      if !reader.isXCDR2 { reader.origin = header.start }
      let bits = try bits(discriminator)
      try checkDiscriminator(bits, type)
      reader.index = header.end
      (reader.end, reader.origin) = (outerEnd, outerOrigin)
      try mutableSelected(bits, type, selecting)
    } else {
      let bits = try bits(discriminator)
      try checkDiscriminator(bits, type)
      try selected(bits, type, selecting)
    }
    endSize(outer)
    closeObject(from: start, selecting)
    leave()
  }

  /// Whether it is a value of its type, also where it is not written.
  private mutating func checkDiscriminator(_ bits: UInt64, _ type: CDRType) throws(TranscodeError) {
    let start = buffers.sink.count
    try json(bits, type.element, program.types[type.element])
    buffers.sink.truncate(to: start)
  }

  private mutating func selected(
    _ bits: UInt64, _ type: CDRType, _ selecting: Selecting
  ) throws(TranscodeError) {
    let index = program.selected(type, Int64(bitPattern: bits))
    try showDiscriminator(bits, index, type, selecting)
    guard index >= 0 else { return }
    let member = program.members[index]
    do throws(TranscodeError) {
      if type.isAppendable, reader.isXCDR2, reader.remaining == 0 {
        try absent(member, selecting)
      } else {
        try content(member, selecting)
      }
    } catch { throw trace.inside(member.field, error) }
  }

  private mutating func mutableSelected(
    _ bits: UInt64, _ type: CDRType, _ selecting: Selecting
  ) throws(TranscodeError) {
    let index = program.selected(type, Int64(bitPattern: bits))
    try showDiscriminator(bits, index, type, selecting)
    var isThere = false
    while let header = try nextHeader() {
      if index >= 0, !isThere, header.id == program.members[index].id {
        isThere = true
        do throws(TranscodeError) {
          try parameterContent(program.members[index], header, selecting)
        } catch { throw trace.inside(program.members[index].field, error) }
      } else if header.mustUnderstand {
        throw TranscodeError(.mustUnderstand, offset: header.start)
      } else {
        reader.index = header.end
      }
    }
    if index >= 0, !isThere { try absent(program.members[index], selecting) }
  }

  mutating func showDiscriminator(
    _ bits: UInt64, _ member: Int32, _ type: CDRType, _ selecting: Selecting
  ) throws(TranscodeError) {
    guard selecting < 0, member < 0 || program.members[member].showsDiscriminator else { return }
    buffers.sink.append(",\"$discriminator\":")
    try json(bits, type.element, program.types[type.element])
  }

  // MARK: Bit sets

  mutating func bitset(_ type: CDRType) throws(TranscodeError) {
    let bits = try reader.word(Int(type.size))
    let start = buffers.sink.count
    for index in type.first..<(type.first &+ type.count) {
      let member = program.members[index]
      let field = program.types[member.type]
      let mask: UInt64 = member.bitWidth >= 64 ? .max : 1 << UInt64(member.bitWidth) &- 1
      var value = bits >> UInt64(member.bitPosition) & mask
      if field.isSigned { value = CDRScalars.signExtended(value, width: member.bitWidth) }
      buffers.sink.append(program.text, from: member.label, count: member.labelLength)
      do throws(TranscodeError) { try json(value, member.type, field) } catch {
        throw trace.inside(member.field, error)
      }
    }
    closeObject(from: start, -1)
  }
}
