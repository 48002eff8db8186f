internal import SchemaModel

/// Scalars: the wire's bits to JSON.
extension ProtobufDecoder {
  /// The last value of a singular field; false when it is the default of a field without presence, or an
  /// unknown number of a closed enumeration, which counts as an unknown field.
  @inline(__always)
  mutating func scalar(_ field: ProtobufField, _ run: Occurrences) throws(TranscodeError) -> Bool {
    var last = run.end &- 1
    if last > run.first, field.kind == .string {
      for at in run.first..<last { try checkReplaced(buffers.occurrences[at]) }
    }
    while try !isDefaultOfImplicit(field, buffers.occurrences[last]) {
      if try element(buffers.occurrences[last]) { return true }
      last &-= 1
      if last < run.first { return false }
    }
    return false
  }

  @inline(__always)
  func isDefaultOfImplicit(
    _ field: ProtobufField, _ occurrence: ProtobufOccurrence
  ) throws(TranscodeError) -> Bool {
    if !field.isImplicit { return false }
    return field.kind.isPackable
      ? bits(field, occurrence) == 0 : occurrence.start == occurrence.end
  }

  /// One value; false, and nothing written, for an unknown number of a closed enumeration.
  mutating func element(_ occurrence: ProtobufOccurrence) throws(TranscodeError) -> Bool {
    let field = program.fields[occurrence.field]
    switch field.kind {
    case .string:
      // JSON must be UTF-8, so that strings which the schema does not check are checked here too.
      if let invalid = JSONString.appendLiteral(
        wire, from: Int(occurrence.start), to: Int(occurrence.end), into: &buffers.sink)
      {
        throw TranscodeError(.invalidUTF8, offset: invalid, field: field.id)
      }
    case .bytes:
      buffers.sink.append(UInt8(ascii: "\""))
      Base64.encode(wire, from: Int(occurrence.start), to: Int(occurrence.end), into: &buffers.sink)
      buffers.sink.append(UInt8(ascii: "\""))
    case .enumeration:
      return enumerator(field.target, Int32(truncatingIfNeeded: occurrence.value))
    case .float, .double:
      try floatingPoint(occurrence)
    default:
      number(field, bits(field, occurrence))
    }
    return true
  }

  /// The value behind a varint, zigzag or fixed form, sign-extended; patterns of floats as they are.
  @inline(__always)
  func bits(_ field: ProtobufField, _ occurrence: ProtobufOccurrence) -> UInt64 {
    switch field.kind {
    case .bool: return occurrence.value == 0 ? 0 : 1
    case .uint32: return occurrence.value & 0xFFFF_FFFF
    case .int32, .enumeration, .nullValue:
      return UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: occurrence.value)))
    case .sint32:
      let folded = UInt32(truncatingIfNeeded: occurrence.value)
      return UInt64(bitPattern: Int64(Int32(bitPattern: folded >> 1 ^ (0 &- (folded & 1)))))
    case .sint64: return occurrence.value >> 1 ^ (0 &- (occurrence.value & 1))
    case .fixed32, .float: return UInt64(wire.word32(at: Int(occurrence.start)))
    case .sfixed32:
      return UInt64(bitPattern: Int64(Int32(bitPattern: wire.word32(at: Int(occurrence.start)))))
    case .fixed64, .sfixed64, .double: return wire.word(at: Int(occurrence.start))
    default: return occurrence.value
    }
  }

  /// Everything that needs no further look at the wire: booleans, integers, zero of the others.
  @inline(__always)
  mutating func number(_ field: ProtobufField, _ bits: UInt64) {
    switch field.kind {
    case .bool:
      // "true" and "false" as words.
      buffers.sink.append(word: bits == 0 ? 0x65_736C_6166 : 0x6575_7274, length: bits == 0 ? 5 : 4)
    case .uint32, .fixed32:
      DecimalDigits.append(bits, to: &buffers.sink)
    case .int32, .sint32, .sfixed32:
      DecimalDigits.append(Int64(bitPattern: bits), to: &buffers.sink)
    case .enumeration:
      _ = enumerator(field.target, Int32(truncatingIfNeeded: bits))
    case .nullValue:
      buffers.sink.append("null")
    case .float, .double:
      buffers.sink.append(UInt8(ascii: "0"))
    default:
      if options.int64 == .string { buffers.sink.append(UInt8(ascii: "\"")) }
      if field.kind == .uint64 || field.kind == .fixed64 {
        DecimalDigits.append(bits, to: &buffers.sink)
      } else {
        DecimalDigits.append(Int64(bitPattern: bits), to: &buffers.sink)
      }
      if options.int64 == .string { buffers.sink.append(UInt8(ascii: "\"")) }
    }
  }

  private mutating func enumerator(_ type: Int32, _ number: Int32) -> Bool {
    let enumeration = program.enumerations[type]
    let place = enumeration.find(number, program.enumerators)
    if place < 0 && enumeration.isClosed { return false }
    if place >= 0 && options.enums == .names {
      let enumerator = program.enumerators[place]
      buffers.sink.append(program.text, from: enumerator.text, count: enumerator.textLength)
    } else {
      DecimalDigits.append(Int64(number), to: &buffers.sink)
    }
    return true
  }

  private mutating func floatingPoint(_ occurrence: ProtobufOccurrence) throws(TranscodeError) {
    if occurrence.wireType == .fixed32 {
      let value = Float(bitPattern: wire.word32(at: Int(occurrence.start)))
      if value.isFinite { return FloatingPointText.append(value, to: &buffers.sink) }
      try nonFinite(Double(value), occurrence)
    } else {
      let value = Double(bitPattern: wire.word(at: Int(occurrence.start)))
      if value.isFinite { return FloatingPointText.append(value, to: &buffers.sink) }
      try nonFinite(value, occurrence)
    }
  }

  private mutating func nonFinite(
    _ value: Double, _ occurrence: ProtobufOccurrence
  ) throws(TranscodeError) {
    if !FloatingPointText.appendNonFinite(value, options.nonFinite, to: &buffers.sink) {
      throw TranscodeError(
        .notRepresentable, offset: Int(occurrence.start), field: program.fields[occurrence.field].id)
    }
  }
}
