internal import SchemaModel

/// Scalars: a JSON value to the bits that the wire carries, and those bits to bytes.
extension ProtobufEncoder {
  /// A singular field with its tag; nothing when it holds the default and has no presence.
  @inline(__always)
  mutating func scalar(_ field: ProtobufField, _ token: Int32) throws(TranscodeError) {
    if field.kind.isPackable {
      let value = try bits(field, token)
      if value == 0, field.isImplicit { return }
      writeTag(field)
      write(value, as: field.kind)
    } else {
      try textual(field, token, skipsEmpty: field.isImplicit)
    }
  }

  /// An element of a list, or the value of a map's entry, with its tag; also when it is the default.
  mutating func element(_ field: ProtobufField, _ token: Int32) throws(TranscodeError) {
    if field.kind.isPackable {
      let value = try bits(field, token)
      writeTag(field)
      write(value, as: field.kind)
    } else {
      try textual(field, token, skipsEmpty: false)
    }
  }

  // MARK: Strings and bytes

  @inline(__always)
  private mutating func textual(
    _ field: ProtobufField, _ index: Int32, skipsEmpty: Bool
  ) throws(TranscodeError) {
    let token = buffers.tape[index]
    guard token.kind == .string else { throw mismatch(field, token) }
    if skipsEmpty, token.start == token.end { return }
    if field.kind == .string, !token.isComplex {
      writeTag(field)
      let length = token.end &- token.start
      buffers.sink.appendVarint(UInt64(truncatingIfNeeded: length))
      buffers.sink.append(text, from: Int(token.start), to: Int(token.end))
      return
    }
    writeTag(field)
    let length = prefixes.begin(&buffers.lengths, at: buffers.sink.count)
    if field.kind == .string {
      JSONString.appendText(of: token, in: text, to: &buffers.sink)
    } else if !buffers.appendBase64(of: token, in: text) {
      throw mismatch(field, token)
    }
    prefixes.end(length, &buffers.lengths, at: buffers.sink.count)
  }

  // MARK: Numbers, booleans, enumerations

  /// The value as the wire's integer: sign-extended, zigzagged, or a pattern of 32 or 64 bits.
  @inline(__always)
  mutating func bits(_ field: ProtobufField, _ index: Int32) throws(TranscodeError) -> UInt64 {
    let token = buffers.tape[index]
    switch token.kind {
    case .number:
      let start = Int(token.start)
      let end = Int(token.end)
      switch field.kind {
      case .float, .double:
        return try floatingPoint(field, FloatingPointText.parse(text, from: start, to: end), token.offset)
      case .bool:
        throw mismatch(field, token)
      case .nullValue:
        let number = JSONNumber.integer(text, from: start, to: end, isComplex: token.isComplex)
        guard number?.magnitude == 0 else { throw mismatch(field, token) }
        return 0
      default:
        guard
          let number = JSONNumber.integer(text, from: start, to: end, isComplex: token.isComplex),
          let bits = ProtobufEncoder.integer(field.kind, number.magnitude, number.isNegative)
        else { throw mismatch(field, token) }
        if field.kind == .enumeration { try checkEnumerator(field, bits, token.offset) }
        return bits
      }
    case .string:
      return try quoted(field, token)
    case .true where field.kind == .bool:
      return 1
    case .false where field.kind == .bool:
      return 0
    case .null where field.kind == .nullValue:
      return 0
    case .null:
      throw TranscodeError(.nullNotAllowed, offset: token.offset, field: field.id)
    default:
      throw mismatch(field, token)
    }
  }

  private mutating func quoted(_ field: ProtobufField, _ token: JSONToken) throws(TranscodeError) -> UInt64 {
    if field.kind.isInteger, !token.isComplex,
      let bits = ProtobufText.integer(field.kind, text, Int(token.start), Int(token.end))
    {
      return bits
    }
    let isCaseSensitive = !options.caseInsensitiveEnums
    let program = program
    let value = buffers.withText(of: token, in: text) { bytes, start, end in
      ProtobufText.bits(
        field, bytes, start, end, program, isCaseSensitive: isCaseSensitive, isBound: false)
    }
    guard let value else {
      let isEnumeration = field.kind == .enumeration
      throw TranscodeError(
        isEnumeration ? .unknownEnumerator : .mismatch, offset: token.offset, field: field.id)
    }
    return value
  }

  /// A closed enumeration takes only the numbers that it names.
  func checkEnumerator(_ field: ProtobufField, _ bits: UInt64, _ offset: Int) throws(TranscodeError) {
    let enumeration = program.enumerations[field.target]
    if enumeration.isClosed, enumeration.find(Int32(truncatingIfNeeded: bits), program.enumerators) < 0 {
      throw TranscodeError(.unknownEnumerator, offset: offset, field: field.id)
    }
  }

  private func floatingPoint(
    _ field: ProtobufField, _ value: Double, _ offset: Int
  ) throws(TranscodeError) -> UInt64 {
    guard let bits = ProtobufText.floatingPoint(field.kind, value) else {
      throw TranscodeError(.mismatch, offset: offset, field: field.id)
    }
    return bits
  }

  /// Nil when the number is out of the kind's range.
  @inline(__always)
  static func integer(_ kind: ProtobufKind, _ magnitude: UInt64, _ isNegative: Bool) -> UInt64? {
    switch kind {
    case .uint32, .fixed32:
      if isNegative && magnitude != 0 || magnitude > UInt64(UInt32.max) { return nil }
      return magnitude
    case .uint64, .fixed64:
      return isNegative && magnitude != 0 ? nil : magnitude
    case .int32, .sint32, .sfixed32, .enumeration:
      if magnitude > (isNegative ? 1 << 31 : 1 << 31 - 1) { return nil }
    default:
      if magnitude > (isNegative ? 1 << 63 : 1 << 63 - 1) { return nil }
    }
    let value = Int64(bitPattern: isNegative ? 0 &- magnitude : magnitude)
    switch kind {
    case .sint32, .sint64: return UInt64(bitPattern: value << 1 ^ value >> 63)
    case .sfixed32: return UInt64(UInt32(truncatingIfNeeded: value))
    default: return UInt64(bitPattern: value)
    }
  }

  @inline(__always)
  mutating func write(_ bits: UInt64, as kind: ProtobufKind) {
    switch kind.wireType {
    case .fixed32: buffers.sink.append(word: bits, length: 4)
    case .fixed64: buffers.sink.append(word: bits, length: 8)
    default: buffers.sink.appendVarint(bits)
    }
  }

  // MARK: Map keys

  /// Writes the key of an entry and notes its canonical form (its bytes on the wire) for the duplicate check.
  mutating func mapKey(_ field: ProtobufField, _ index: Int32) throws(TranscodeError) {
    let token = buffers.tape[index]
    if field.kind == .string {
      try element(field, index)
      let text = text
      buffers.keys.add(tag: index) { JSONString.appendText(of: token, in: text, to: &$0) }
      return
    }
    let program = program
    let bits = buffers.withText(of: token, in: text) { bytes, start, end in
      ProtobufText.bits(field, bytes, start, end, program, isCaseSensitive: true, isBound: true)
    }
    guard let bits else { throw TranscodeError(.keyMismatch, offset: token.offset, field: field.id) }
    writeTag(field)
    write(bits, as: field.kind)
    buffers.keys.add(tag: index) { $0.append(word: bits, length: 8) }
  }

  func mismatch(_ field: ProtobufField, _ token: JSONToken) -> TranscodeError {
    TranscodeError(
      token.kind == .null ? .nullNotAllowed : .mismatch, offset: token.offset, field: field.id)
  }
}
