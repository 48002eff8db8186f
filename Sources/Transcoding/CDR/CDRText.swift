/// Scalars that are given as text: JSON strings, the keys of maps, and what URLs bind.
enum CDRText {
  /// The bits for the text; nil when it does not fit the type.
  ///
  /// - Parameter isBound: the text has no JSON type beside it, so that all numbers, `true` and the numbers of
  ///   enumerators count as well.
  static func bits(
    _ type: CDRType, _ bytes: ByteView, _ start: Int, _ end: Int, _ program: CDRProgram.View,
    _ options: JSONOptions, isBound: Bool
  ) -> UInt64? {
    let isCaseSensitive = !options.caseInsensitiveEnums
    switch type.kind {
    case .boolean:
      guard isBound else { return nil }
      if bytes.equals(start, end, "true") { return 1 }
      return bytes.equals(start, end, "false") ? 0 : nil
    case .character, .wideCharacter:
      guard start < end else { return nil }
      let scalar = UTF8Form.scalar(bytes, at: start)
      let highest: UInt32 = type.kind == .character ? 0xFF : 0xFFFF
      return start + scalar.length == end && scalar.value <= highest ? UInt64(scalar.value) : nil
    case .enumeration:
      let enumeration = program.enumerations[type.enumeration]
      if let number = enumeration.number(
        of: bytes, start, end, program.nameEntries, program.text, isCaseSensitive: isCaseSensitive)
      {
        return UInt64(bitPattern: Int64(number))
      }
      guard isBound, let bits = integer(type, bytes, start, end) else { return nil }
      let isKnown = enumeration.find(Int32(truncatingIfNeeded: bits), program.enumerators) >= 0
      return isKnown || !enumeration.isClosed ? bits : nil
    case .bitmask:
      if isBound, let flag = flag(type, bytes, start, end, program, isCaseSensitive: isCaseSensitive) {
        return flag
      }
      return isBound || type.size == 8 ? integer(type, bytes, start, end) : nil
    case .float32, .float64, .float128:
      let named =
        options.conventions == .ddsJSON
        ? DDSJSON.nonFinite(bytes, start, end) : nonFinite(bytes, start, end)
      if let named { return CDRScalars.pattern(type.kind, named) }
      return number(type.kind, bytes, start, end)
    default:
      // Only integers that JSON numbers may lose are strings in JSON.
      return isBound || type.size == 8 ? integer(type, bytes, start, end) : nil
    }
  }

  private static func nonFinite(_ bytes: ByteView, _ start: Int, _ end: Int) -> Double? {
    if bytes.equals(start, end, "NaN") { return .nan }
    if bytes.equals(start, end, "Infinity") { return .infinity }
    return bytes.equals(start, end, "-Infinity") ? -.infinity : nil
  }

  /// The pattern of a finite floating-point number.
  static func number(_ kind: CDRKind, _ bytes: ByteView, _ start: Int, _ end: Int) -> UInt64? {
    guard JSONNumber.extent(bytes, from: start, to: end).end == end else { return nil }
    return CDRScalars.floatingPoint(kind, FloatingPointText.parse(bytes, from: start, to: end))
  }

  /// The bit of a flag's name.
  static func flag(
    _ type: CDRType, _ bytes: ByteView, _ start: Int, _ end: Int, _ program: CDRProgram.View,
    isCaseSensitive: Bool
  ) -> UInt64? {
    program.enumerations[type.enumeration].number(
      of: bytes, start, end, program.nameEntries, program.text, isCaseSensitive: isCaseSensitive
    ).map { 1 << UInt64($0) }
  }

  private static func integer(_ type: CDRType, _ bytes: ByteView, _ start: Int, _ end: Int) -> UInt64? {
    let extent = JSONNumber.extent(bytes, from: start, to: end)
    guard extent.end == end,
      let number = JSONNumber.integer(bytes, from: start, to: end, isComplex: extent.isComplex)
    else { return nil }
    return CDRScalars.integer(type, number.magnitude, number.isNegative)
  }
}
