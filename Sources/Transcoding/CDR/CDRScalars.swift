internal import SchemaModel

/// How primitives, enumerations and bit types are held and written (XTypes 7.4.1.1, table 33 and after).
enum CDRScalars {
  static func type(_ primitive: Primitive) -> CDRType {
    switch primitive {
    case .boolean: scalar(.boolean, 1)
    case .int8: scalar(.int8, 1, isSigned: true)
    case .uint8: scalar(.uint8, 1)
    case .int16: scalar(.int16, 2, isSigned: true)
    case .uint16: scalar(.uint16, 2)
    case .int32: scalar(.int32, 4, isSigned: true)
    case .uint32: scalar(.uint32, 4)
    case .int64: scalar(.int64, 8, isSigned: true)
    case .uint64: scalar(.uint64, 8)
    case .float32: scalar(.float32, 4)
    case .float64: scalar(.float64, 8)
    case .float128: scalar(.float128, 16)
    case .character: scalar(.character, 1)
    case .wideCharacter: scalar(.wideCharacter, 2)
    case .string: CDRType(kind: .string)
    case .wideString: CDRType(kind: .wideString)
    case .bytes: CDRType(kind: .octets)
    }
  }

  private static func scalar(_ kind: CDRKind, _ size: Int32, isSigned: Bool = false) -> CDRType {
    var type = CDRType(kind: kind)
    type.size = size
    type.isSigned = isSigned
    return type
  }

  static func enumeration(bits: UInt8) -> CDRType {
    scalar(.enumeration, bits <= 8 ? 1 : bits <= 16 ? 2 : 4, isSigned: true)
  }

  static func bits(_ kind: CDRKind, count: Int32) -> CDRType {
    var type = scalar(kind, count <= 8 ? 1 : count <= 16 ? 2 : count <= 32 ? 4 : 8)
    type.bits = count >= 64 ? .max : 1 << UInt64(max(0, count)) &- 1
    return type
  }

  /// A constant as the bits that a value of the type has.
  static func bits(_ literal: Literal, _ shape: TypeDefinition.Shape) -> UInt64 {
    if case .primitive(let primitive, _) = shape, primitive == .float32 {
      return UInt64(Float(number(literal)).bitPattern)
    }
    if case .primitive(let primitive, _) = shape, primitive == .float64 || primitive == .float128 {
      return number(literal).bitPattern
    }
    switch literal {
    case .boolean(let value): return value ? 1 : 0
    case .signed(let value): return UInt64(bitPattern: value)
    case .unsigned(let value): return value
    case .enumerator(let value): return UInt64(bitPattern: Int64(value))
    case .float, .string, .bytes: return 0
    }
  }

  private static func number(_ literal: Literal) -> Double {
    switch literal {
    case .float(let value): value
    case .signed(let value): Double(value)
    case .unsigned(let value): Double(value)
    default: 0
    }
  }

  /// The low bits of a word with the sign that the type gives them.
  @inline(__always)
  static func extended(_ word: UInt64, _ type: CDRType) -> UInt64 {
    if !type.isSigned || type.size >= 8 { return word }
    return signExtended(word, width: UInt8(truncatingIfNeeded: type.size &* 8))
  }

  /// The low `width` bits of a word, 1…64, with their sign.
  @inline(__always)
  static func signExtended(_ word: UInt64, width: UInt8) -> UInt64 {
    let shift = 64 &- UInt64(width)
    return UInt64(bitPattern: Int64(bitPattern: word << shift) >> Int64(bitPattern: shift))
  }

  /// The bits of an integer; nil when it is out of the type's range.
  @inline(__always)
  static func integer(_ type: CDRType, _ magnitude: UInt64, _ isNegative: Bool) -> UInt64? {
    if type.kind == .bitmask {
      return isNegative && magnitude != 0 || magnitude & ~type.bits != 0 ? nil : magnitude
    }
    // Enumerators are 32-bit numbers, whatever the bit bound; only those with a name are taken.
    let width = UInt64(truncatingIfNeeded: type.kind == .enumeration ? 32 : type.size &* 8)
    if type.isSigned {
      let limit: UInt64 = 1 << (width &- 1)
      if magnitude > (isNegative ? limit : limit &- 1) { return nil }
      return isNegative ? 0 &- magnitude : magnitude
    }
    if isNegative && magnitude != 0 || width < 64 && magnitude >> width != 0 { return nil }
    return magnitude
  }

  /// The pattern of a finite number of JSON; nil when it is too large.
  static func floatingPoint(_ kind: CDRKind, _ value: Double) -> UInt64? {
    if kind == .float32 ? !Float(value).isFinite : !value.isFinite { return nil }
    return pattern(kind, value)
  }

  static func pattern(_ kind: CDRKind, _ value: Double) -> UInt64 {
    kind == .float32 ? UInt64(Float(value).bitPattern) : value.bitPattern
  }
}

extension CDRProgram.View {
  /// Whether a scalar keeps to `@range`, `@min` and `@max`; NaN does not.
  func isInRange(_ bits: UInt64, _ type: CDRType) -> Bool {
    func isAtMost(_ a: UInt64, _ b: UInt64) -> Bool {
      switch type.kind {
      case .float32:
        Float(bitPattern: UInt32(truncatingIfNeeded: a)) <= Float(bitPattern: UInt32(truncatingIfNeeded: b))
      case .float64, .float128: Double(bitPattern: a) <= Double(bitPattern: b)
      default: type.isSigned ? Int64(bitPattern: a) <= Int64(bitPattern: b) : a <= b
      }
    }
    if type.minimum >= 0, !isAtMost(literals[type.minimum].bits, bits) { return false }
    return type.maximum < 0 || isAtMost(bits, literals[type.maximum].bits)
  }
}
