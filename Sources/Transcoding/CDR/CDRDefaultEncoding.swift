/// Values that the request does not give: those that the schema states, and under `missing: default` those of the
/// types (XTypes 7.2.2.4.4.4.7, table 9).
extension CDREncoder {
  mutating func defaultValue(of member: CDRMember) throws(TranscodeError) {
    let type = program.types[member.type]
    guard member.stated >= 0 else { return try defaultValue(member.type) }
    let literal = program.literals[member.stated]
    switch type.kind {
    case .string:
      write32(UInt32(truncatingIfNeeded: literal.length &+ 1))
      buffers.sink.append(program.text, from: literal.start, count: literal.length)
      buffers.sink.append(0)
    case .wideString:
      let text = program.text.bytes(literal.start, count: literal.length)
      try wideString(member.type, type, text, 0, text.count)
    default:
      guard type.kind.isScalar else { return try defaultValue(member.type) }
      write(literal.bits, type)
    }
  }

  private mutating func defaultValue(_ index: Int32) throws(TranscodeError) {
    let type = program.types[index]
    switch type.kind {
    case .record, .union: try defaultRecord(type)
    case .string:
      write32(1)
      buffers.sink.append(0)
    case .wideString, .octets: write32(0)
    case .list, .map:
      let size = beginSize(type)
      write32(0)
      endSize(size)
    case .octetArray:
      // Before they are written: the schema alone says how many there are.
      if Int(type.bound) > limits.outputBytes { throw TranscodeError(.tooLarge, offset: 0) }
      if type.element >= 0 { try checkDefault(program.types[type.element]) }
      for _ in 0..<type.bound { buffers.sink.append(0) }
    case .array:
      let size = beginSize(type)
      try defaultElements(type)
      endSize(size)
    case .bitset: write(0, type)
    default:
      try checkDefault(type)
      write(type.defaultBits, type)
    }
  }

  /// Where the default of a type is beyond the limits that the schema states, there is none to take.
  func checkDefault(_ type: CDRType) throws(TranscodeError) {
    if type.hasLimits, !program.isInRange(type.defaultBits, type) {
      throw TranscodeError(.missingRequired, offset: -1)
    }
  }

  private mutating func defaultElements(_ type: CDRType) throws(TranscodeError) {
    let element = program.types[type.element]
    for _ in 0..<type.bound {
      if element.kind == .array { try defaultElements(element) } else { try defaultValue(type.element) }
      if buffers.sink.count > limits.outputBytes { throw TranscodeError(.tooLarge, offset: 0) }
    }
  }

  private mutating func defaultRecord(_ type: CDRType) throws(TranscodeError) {
    try enter(-1)
    let frame = beginFrame(type)
    if type.kind == .union {
      let (discriminator, selected) = program.defaultDiscriminator(type)
      try writeDiscriminator(discriminator, type)
      if selected >= 0 { try defaultMember(program.members[selected], type) }
    } else {
      if type.isPlaceholder { buffers.sink.append(0) }
      for local in 0..<type.count { try defaultMember(program.members[type.first &+ local], type) }
    }
    endFrame(frame, type)
    leave()
  }

  private mutating func defaultMember(_ member: CDRMember, _ record: CDRType) throws(TranscodeError) {
    if member.isOptional { return absentOptional(member, record) }
    let frame = beginMember(member, record)
    try defaultValue(of: member)
    endMember(frame, record)
  }
}

extension CDRType {
  /// Of a scalar.
  var defaultBits: UInt64 { kind == .enumeration ? bits : 0 }
}

extension CDRProgram.View {
  /// Of a union: that of its first member, and this member; -1 when it has none.
  func defaultDiscriminator(_ type: CDRType) -> (bits: UInt64, member: Int32) {
    for index in type.first..<(type.first &+ type.count) where members[index].hasDiscriminator {
      return (UInt64(bitPattern: members[index].discriminator), index)
    }
    return (0, -1)
  }
}
