internal import SchemaModel

/// Whether a value is one of a type.
extension Analysis {
  mutating func convert(_ value: ConstantValue, to type: TypeID, _ place: SourcePlace) -> ConstantValue? {
    switch builder.model[type].shape {
    case .primitive(let primitive, let bound): return convert(value, to: primitive, bound, place)
    case .enumeration:
      if case .enumerator(type, _) = value { return value }
      findings.error(
        "type-mismatch", place, "\(value.description) is no value of '\(builder.model[type].name)'")
    case .bitmask(_, let bits):
      if case .integer(let number) = value, number >= 0, number >> Int128(bits) == 0 { return value }
      findings.error(
        "type-mismatch", place, "\(value.description) is no value of '\(builder.model[type].name)'")
    default:
      findings.error("type-mismatch", place, "there are no constants of this type")
    }
    return nil
  }

  private mutating func convert(
    _ value: ConstantValue, to primitive: Primitive, _ bound: Int32?, _ place: SourcePlace
  ) -> ConstantValue? {
    switch (primitive, value) {
    case (_, .integer(let number)) where primitive.integers != nil:
      if primitive.integers?.contains(number) == true { return value }
      findings.error("out-of-range", place, "\(number) does not fit '\(primitive.idl)'")
      return nil
    case (.float32, .integer(let number)): return .floating(Double(Float(number)))
    case (.float64, .integer(let number)), (.float128, .integer(let number)): return .floating(Double(number))
    case (.float32, .floating(let number)):
      if Float(number).isFinite { return value }
      findings.error("out-of-range", place, "\(number) does not fit 'float'")
      return nil
    case (.float64, .floating), (.float128, .floating), (.boolean, .boolean): return value
    case (.character, .character(let scalar, wide: false)):
      if scalar <= 0xFF { return value }
      findings.error("out-of-range", place, "'char' is one octet: write a 'wchar'")
      return nil
    case (.wideCharacter, .character(let scalar, _)):
      if scalar <= 0xFFFF { return .character(scalar, wide: true) }
      findings.error("out-of-range", place, "the character does not fit 'wchar'")
      return nil
    case (.string, .string(let text, wide: false)), (.wideString, .string(let text, _)):
      let length = primitive == .string ? text.utf8.count : text.utf16.count
      if text.unicodeScalars.contains("\0") {
        findings.error("bad-literal", place, "a string holds no NUL")
        return nil
      }
      if let bound, length > Int(bound) {
        findings.error("out-of-range", place, "the string is longer than \(bound)")
        return nil
      }
      return .string(text, wide: primitive == .wideString)
    default:
      findings.error("type-mismatch", place, "\(value.description) is no value of '\(primitive.idl)'")
      return nil
    }
  }
}
