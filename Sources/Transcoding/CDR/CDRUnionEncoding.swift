internal import SchemaModel

/// Unions: `{"member": value}`, with `$discriminator` beside it where the member does not tell it; and bit sets, which
/// are objects too.
extension CDREncoder {
  /// What the JSON object of a union says.
  private struct Choice {
    var member: Int32 = -1
    var key: Int32 = -1
    var discriminator: Int32 = -1
  }

  mutating func union(_ index: Int32, _ type: CDRType, _ at: Int32) throws(TranscodeError) {
    try enter(at)
    let choice = try choice(index, type, at)
    let (discriminator, selected) = try discriminator(type, choice, at)
    let frame = beginFrame(type)
    try writeDiscriminator(discriminator, type)
    if selected >= 0 {
      let member = program.members[selected]
      let header = beginMember(member, type)
      do throws(TranscodeError) {
        if choice.member >= 0 {
          let token = buffers.tape[choice.key &+ 1]
          if token.kind == .null { throw TranscodeError(.nullNotAllowed, offset: token.offset) }
          try content(member, MessageSource(token: choice.key &+ 1))
        } else {
          try defaultValue(of: member)
        }
      } catch {
        var placed = error.inside(member.field)
        if placed.reason == .missingRequired, placed.offset < 0, placed.boundNode < 0 {
          placed.offset = Int32(truncatingIfNeeded: buffers.offset(of: at))
        }
        throw placed
      }
      endMember(header, type)
    }
    endFrame(frame, type)
    leave()
  }

  private mutating func choice(_ index: Int32, _ type: CDRType, _ at: Int32) throws(TranscodeError) -> Choice
  {
    let object = buffers.tape[at]
    guard object.kind == .object else {
      throw TranscodeError(object.kind == .null ? .nullNotAllowed : .expectedObject, offset: object.offset)
        .expecting(index)
    }
    var choice = Choice()
    var ignoresSome = false
    var key = at &+ 1
    while key < object.next {
      let found = find(type.names, buffers.tape[key])
      let offset = buffers.tape[key].offset
      if found == CDRCompiler.discriminator {
        if choice.discriminator >= 0 { throw TranscodeError(.duplicateKey, offset: offset) }
        choice.discriminator = key &+ 1
      } else if found >= 0 {
        if choice.member == found {
          throw TranscodeError(.duplicateKey, offset: offset, field: FieldID(rawValue: found))
        }
        if choice.member >= 0 { throw TranscodeError(.unionConflict, offset: offset) }
        choice.member = found
        choice.key = key
      } else if options.unknownFields == .error {
        throw TranscodeError(.unknownField, offset: offset)
      } else {
        try buffers.checkIgnored(key &+ 1, in: text)
        ignoresSome = true
        buffers.ignored.append(offset)
      }
      key = buffers.tape[key &+ 1].next
    }
    if ignoresSome { try buffers.checkNames(of: at, in: text) }
    return choice
  }

  /// The discriminator's bits and the member to write, -1 for none.
  private mutating func discriminator(
    _ type: CDRType, _ choice: Choice, _ at: Int32
  ) throws(TranscodeError) -> (bits: UInt64, member: Int32) {
    if choice.discriminator >= 0 {
      let bits = try bits(type.element, program.types[type.element], choice.discriminator)
      let selected = program.selected(type, Int64(bitPattern: bits))
      if choice.member >= 0, choice.member != selected {
        throw TranscodeError(.unionConflict, offset: buffers.offset(of: choice.key))
      }
      if choice.member < 0, selected >= 0, options.missing == .error, program.members[selected].stated < 0 {
        throw TranscodeError(
          .missingRequired, offset: buffers.offset(of: at), field: FieldID(rawValue: selected))
      }
      return (bits, selected)
    }
    if choice.member >= 0 {
      let member = program.members[choice.member]
      guard member.hasDiscriminator else {
        throw TranscodeError(.notRepresentable, offset: buffers.offset(of: choice.key))
      }
      return (UInt64(bitPattern: member.discriminator), choice.member)
    }
    guard options.missing == .default else {
      throw TranscodeError(.unionConflict, offset: buffers.offset(of: at))
    }
    return program.defaultDiscriminator(type)
  }

  /// In mutable unions the discriminator is the member 0 (XTypes 7.4.3.5.3, rules for unions).
  mutating func writeDiscriminator(_ bits: UInt64, _ type: CDRType) throws(TranscodeError) {
    let header = beginMember(CDREncoder.discriminatorMember(type), type)
    write(bits, program.types[type.element])
    endMember(header, type)
  }

  private static func discriminatorMember(_ type: CDRType) -> CDRMember {
    CDRMember(type: type.element, field: FieldID(rawValue: -1), header: 0, isOptional: false)
  }

  // MARK: Bit sets

  mutating func bitset(_ index: Int32, _ type: CDRType, _ at: Int32) throws(TranscodeError) {
    let token = buffers.tape[at]
    guard token.kind == .object else {
      throw TranscodeError(token.kind == .null ? .nullNotAllowed : .expectedObject, offset: token.offset)
        .expecting(index)
    }
    let top = buffers.sources.count
    try collect(index, type, MessageSource(token: at))
    var bits: UInt64 = 0
    for local in 0..<type.count {
      let member = program.members[type.first &+ local]
      let source = buffers.sources[top &+ Int(local)]
      do throws(TranscodeError) { bits |= try bitField(member, source.token) } catch {
        var placed = error.inside(member.field)
        if placed.offset < 0 { placed.offset = Int32(truncatingIfNeeded: token.offset) }
        throw placed
      }
    }
    buffers.sources.truncate(to: top)
    write(bits, type)
  }

  private mutating func bitField(_ member: CDRMember, _ at: Int32) throws(TranscodeError) -> UInt64 {
    let mask: UInt64 = member.bitWidth >= 64 ? .max : 1 << UInt64(member.bitWidth) &- 1
    guard at >= 0 else {
      if member.stated >= 0 {
        return (program.literals[member.stated].bits & mask) << UInt64(member.bitPosition)
      }
      if options.missing == .error { throw TranscodeError(.missingRequired, offset: -1, field: member.field) }
      try checkDefault(program.types[member.type])
      return 0
    }
    let type = program.types[member.type]
    let bits = try bits(member.type, type, at)
    let fits =
      type.isSigned
      ? CDRScalars.signExtended(bits & mask, width: member.bitWidth) == bits : bits & ~mask == 0
    guard fits else {
      throw TranscodeError(.outOfRange, offset: buffers.offset(of: at))
    }
    return (bits & mask) << UInt64(member.bitPosition)
  }
}
