internal import SchemaModel

/// Values that a reply of another version of the type lacks: those that the schema states, or those of the types.
extension CDRDecoder {
  mutating func defaultValue(of member: CDRMember) throws(TranscodeError) {
    let type = program.types[member.type]
    guard member.stated >= 0 else { return try defaultValue(member.type) }
    let literal = program.literals[member.stated]
    switch type.kind {
    case .string, .wideString:
      let text = program.text.bytes(literal.start, count: literal.length)
      JSONString.appendLiteral(text, from: 0, to: text.count, into: &buffers.sink)
    default:
      guard type.kind.isScalar else { return try defaultValue(member.type) }
      try json(literal.bits, member.type, type)
    }
  }

  /// What the selected path finds in a member that is absent.
  mutating func defaultSelected(_ member: CDRMember, _ selecting: Selecting) throws(TranscodeError) {
    let type = program.types[member.type]
    let field = selection[selecting].rawValue
    guard type.kind == .record, field >= type.first, field < type.first &+ type.count else { return }
    try absent(program.members[field], selecting)
  }

  private mutating func defaultValue(_ index: Int32) throws(TranscodeError) {
    let type = program.types[index]
    switch type.kind {
    case .record, .union, .bitset: try defaultObject(type)
    case .string, .wideString: buffers.sink.append("\"\"")
    case .octets: buffers.sink.append(options.octets == .base64 ? "\"\"" : "[]")
    case .list: buffers.sink.append("[]")
    case .map: buffers.sink.append(type.isObject ? "{}" : "[]")
    case .octetArray: try defaultOctets(Int(type.bound))
    case .array:
      let start = buffers.sink.count
      buffers.sink.append(UInt8(ascii: "["))
      for _ in 0..<type.bound {
        try defaultValue(type.element)
        buffers.sink.append(UInt8(ascii: ","))
        try checkOutput()
      }
      closeArray(from: start)
    default: try json(type.defaultBits, index, type)
    }
  }

  private mutating func defaultOctets(_ count: Int) throws(TranscodeError) {
    // Before they are written: the schema alone says how many there are.
    if count > limits.outputBytes { throw TranscodeError(.tooLarge, offset: reader.index) }
    if options.octets == .base64 {
      let zeros = [UInt8](repeating: 0, count: count)
      buffers.sink.append(UInt8(ascii: "\""))
      zeros.withView { Base64.encode($0, from: 0, to: count, into: &buffers.sink) }
      buffers.sink.append(UInt8(ascii: "\""))
    } else {
      let start = buffers.sink.count
      buffers.sink.append(UInt8(ascii: "["))
      for _ in 0..<count { buffers.sink.append("0,") }
      closeArray(from: start)
    }
  }

  private mutating func defaultObject(_ type: CDRType) throws(TranscodeError) {
    try enter()
    let start = buffers.sink.count
    if type.kind == .union {
      let (bits, selected) = program.defaultDiscriminator(type)
      try showDiscriminator(bits, selected, type, -1)
      if selected >= 0 { try absent(program.members[selected], -1) }
    } else {
      for index in type.first..<(type.first &+ type.count) { try absent(program.members[index], -1) }
    }
    closeObject(from: start, -1)
    leave()
  }
}
