/// Values that are given as text: numbers in JSON strings, the keys of maps, and what URLs bind.
enum ProtobufText {
  /// The wire's integer for the text; nil when it does not fit the field.
  ///
  /// - Parameter isBound: the text has no JSON type beside it, so that `true` and the numbers of enumerators
  ///   count as well.
  static func bits(
    _ field: ProtobufField, _ bytes: ByteView, _ start: Int, _ end: Int, _ program: ProtobufProgram.View,
    isCaseSensitive: Bool, isBound: Bool
  ) -> UInt64? {
    switch field.kind {
    case .bool:
      guard isBound else { return nil }
      if bytes.equals(start, end, "true") { return 1 }
      return bytes.equals(start, end, "false") ? 0 : nil
    case .nullValue:
      return bytes.equals(start, end, "NULL_VALUE") || isBound && bytes.equals(start, end, "null") ? 0 : nil
    case .enumeration:
      let enumeration = program.enumerations[field.target]
      if let number = enumeration.number(
        of: bytes, start, end, program.nameEntries, program.text, isCaseSensitive: isCaseSensitive)
      {
        return UInt64(bitPattern: Int64(number))
      }
      guard isBound, let bits = integer(field.kind, bytes, start, end) else { return nil }
      let isKnown = enumeration.find(Int32(truncatingIfNeeded: bits), program.enumerators) >= 0
      return isKnown || !enumeration.isClosed ? bits : nil
    case .float, .double:
      if bytes.equals(start, end, "NaN") { return pattern(field.kind, .nan) }
      if bytes.equals(start, end, "Infinity") { return pattern(field.kind, .infinity) }
      if bytes.equals(start, end, "-Infinity") { return pattern(field.kind, -.infinity) }
      guard JSONNumber.extent(bytes, from: start, to: end).end == end else { return nil }
      return floatingPoint(field.kind, FloatingPointText.parse(bytes, from: start, to: end))
    default:
      return integer(field.kind, bytes, start, end)
    }
  }

  static func integer(_ kind: ProtobufKind, _ bytes: ByteView, _ start: Int, _ end: Int) -> UInt64? {
    let extent = JSONNumber.extent(bytes, from: start, to: end)
    guard extent.end == end,
      let number = JSONNumber.integer(bytes, from: start, to: end, isComplex: extent.isComplex)
    else { return nil }
    return ProtobufEncoder.integer(kind, number.magnitude, number.isNegative)
  }

  /// The pattern of a number that was written as digits: it may not have become infinite.
  static func floatingPoint(_ kind: ProtobufKind, _ value: Double) -> UInt64? {
    if kind == .float ? !Float(value).isFinite : !value.isFinite { return nil }
    return pattern(kind, value)
  }

  /// The number behind a value of the wire, for `BodyCodec.integer`; 0 for what is no integer.
  static func integer(_ kind: ProtobufKind, _ value: UInt64, _ wire: ByteView, _ start: Int) -> Int64 {
    switch kind {
    case .bool: value == 0 ? 0 : 1
    case .int32, .enumeration, .nullValue: Int64(Int32(truncatingIfNeeded: value))
    case .uint32: Int64(UInt32(truncatingIfNeeded: value))
    case .sint32, .sint64: Int64(bitPattern: value >> 1 ^ (0 &- (value & 1)))
    case .fixed32: Int64(wire.word32(at: start))
    case .sfixed32: Int64(Int32(bitPattern: wire.word32(at: start)))
    case .fixed64, .sfixed64: Int64(bitPattern: wire.word(at: start))
    case .int64, .uint64: Int64(bitPattern: value)
    case .float, .double, .string, .bytes, .message, .group: 0
    }
  }

  private static func pattern(_ kind: ProtobufKind, _ value: Double) -> UInt64 {
    kind == .float ? UInt64(Float(value).bitPattern) : value.bitPattern
  }
}
