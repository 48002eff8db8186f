internal import SchemaModel

/// The value of a constant expression.
enum ConstantValue: Sendable, Equatable {
  /// -2⁶³ … 2⁶⁴-1
  case integer(Int128)
  case floating(Double)
  case boolean(Bool)
  case character(UInt32, wide: Bool)
  case string(String, wide: Bool)
  case enumerator(TypeID, Int32)

  var description: String {
    switch self {
    case .integer(let value): "\(value)"
    case .floating(let value): "\(value)"
    case .boolean(let value): value ? "TRUE" : "FALSE"
    case .character(let value, _): UnicodeScalar(value).map { "'\($0)'" } ?? "a character"
    case .string(let text, _): "\"\(text)\""
    case .enumerator: "an enumerator"
    }
  }

  /// Without quotes.
  var text: String {
    switch self {
    case .character(let value, _): UnicodeScalar(value).map { String($0) } ?? ""
    case .string(let text, _): text
    case .enumerator(_, let number): "\(number)"
    default: description
    }
  }

  var literal: Literal {
    switch self {
    case .integer(let value): value < 0 ? .signed(Int64(value)) : .unsigned(UInt64(value))
    case .floating(let value): .float(value)
    case .boolean(let value): .boolean(value)
    case .character(let value, _): .string(UnicodeScalar(value).map { String($0) } ?? "")
    case .string(let text, _): .string(text)
    case .enumerator(_, let number): .enumerator(number)
    }
  }
}

extension Primitive {
  /// The values of an integer type.
  var integers: ClosedRange<Int128>? {
    switch self {
    case .int8: Int128(Int8.min)...Int128(Int8.max)
    case .uint8: 0...Int128(UInt8.max)
    case .int16: Int128(Int16.min)...Int128(Int16.max)
    case .uint16: 0...Int128(UInt16.max)
    case .int32: Int128(Int32.min)...Int128(Int32.max)
    case .uint32: 0...Int128(UInt32.max)
    case .int64: Int128(Int64.min)...Int128(Int64.max)
    case .uint64: 0...Int128(UInt64.max)
    default: nil
    }
  }

  /// As IDL spells it.
  var idl: String {
    switch self {
    case .boolean: "boolean"
    case .int8: "int8"
    case .uint8: "octet"
    case .int16: "short"
    case .uint16: "unsigned short"
    case .int32: "long"
    case .uint32: "unsigned long"
    case .int64: "long long"
    case .uint64: "unsigned long long"
    case .float32: "float"
    case .float64: "double"
    case .float128: "long double"
    case .character: "char"
    case .wideCharacter: "wchar"
    case .string: "string"
    case .wideString: "wstring"
    case .bytes: "sequence<octet>"
    }
  }
}
