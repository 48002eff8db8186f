/// The value of a literal token.
enum LiteralValue: Sendable, Equatable {
  case integer(UInt64)
  case floating(Double)
  case boolean(Bool)
  case character(UInt32, wide: Bool)
  case string(String, wide: Bool)
}

/// Why a literal has none; rendered as it is.
struct LiteralProblem: Error, Equatable {
  var code: String
  var message: String
}

/// Source: IDL 4.2, 7.2.6 Literals.
enum LiteralText {
  static func number(_ spelling: String) throws(LiteralProblem) -> LiteralValue {
    let digits = Array(spelling.utf8)
    if digits.last.map({ $0 | 0x20 == UInt8(ascii: "d") }) == true, !spelling.lowercased().hasPrefix("0x") {
      throw LiteralProblem(code: "unsupported-construct", message: "fixed-point literals are not supported")
    }
    if digits.allSatisfy(Lexer.isDigit) {
      let isOctal = digits.count > 1 && digits[0] == UInt8(ascii: "0")
      return .integer(try integer(spelling, radix: isOctal ? 8 : 10, spelling))
    }
    if spelling.lowercased().hasPrefix("0x") {
      return .integer(try integer(String(spelling.dropFirst(2)), radix: 16, spelling))
    }
    guard digits.allSatisfy({ Lexer.isDigit($0) || "+-.eE".utf8.contains($0) }),
      let value = Double(complete(spelling))
    else { throw LiteralProblem(code: "bad-literal", message: "'\(spelling.prefix(40))' is no number") }
    guard value.isFinite else {
      throw LiteralProblem(code: "bad-literal", message: "'\(spelling.prefix(40))' is too large for a double")
    }
    return .floating(value)
  }

  private static func integer(
    _ digits: String, radix: Int, _ spelling: String
  ) throws(LiteralProblem) -> UInt64 {
    let isWord = digits.utf8.allSatisfy { Lexer.isDigit($0) || Lexer.isLetter($0) }
    if isWord, let value = UInt64(digits, radix: radix) { return value }
    let isLong =
      !digits.isEmpty && digits.utf8.allSatisfy { Character(UnicodeScalar($0)).hexDigitValue ?? 99 < radix }
    throw LiteralProblem(
      code: "bad-literal",
      message: isLong
        ? "'\(spelling.prefix(40))' needs more than 64 bits" : "'\(spelling.prefix(40))' is no number")
  }

  /// `1.` and `.5` as Swift reads them.
  private static func complete(_ spelling: String) -> String {
    var text = spelling.hasPrefix(".") ? "0" + spelling : spelling
    if let point = text.firstIndex(of: ".") {
      let next = text.index(after: point)
      if next == text.endIndex || !text[next].isNumber { text.insert("0", at: next) }
    }
    return text
  }

  /// The characters between the quotes.
  static func quoted(_ spelling: String) throws(LiteralProblem) -> (text: String, wide: Bool) {
    let wide = spelling.hasPrefix("L")
    var rest = spelling.unicodeScalars.dropFirst(wide ? 2 : 1).dropLast()
    var result = String.UnicodeScalarView()
    while let scalar = rest.popFirst() {
      guard scalar == "\\" else {
        result.append(scalar)
        continue
      }
      let value = try escape(&rest, wide)
      guard let scalar = UnicodeScalar(value) else {
        throw LiteralProblem(code: "bad-literal", message: "an escape names no character")
      }
      result.append(scalar)
    }
    return (String(result), wide)
  }

  private static func escape(
    _ rest: inout Substring.UnicodeScalarView, _ wide: Bool
  ) throws(LiteralProblem) -> UInt32 {
    guard let code = rest.first else { throw bad }
    if "0"..."7" ~= code {
      let value = try digits(&rest, radix: 8, most: 3)
      guard wide || value <= 0xFF else {
        throw LiteralProblem(
          code: "out-of-range", message: "the escape of \(value) does not fit the 8 bits of a character")
      }
      return value
    }
    rest.removeFirst()
    switch code {
    case "x": return try digits(&rest, radix: 16, most: 2)
    case "u": return try digits(&rest, radix: 16, most: 4)
    default:
      guard let simple = simpleEscapes[code] else { throw bad }
      return simple
    }
  }

  private static func digits(
    _ rest: inout Substring.UnicodeScalarView, radix: UInt32, most: Int
  ) throws(LiteralProblem) -> UInt32 {
    var value: UInt32 = 0
    var count = 0
    while count < most, let scalar = rest.first, let digit = digit(scalar), digit < radix {
      value = value * radix + digit
      count += 1
      rest.removeFirst()
    }
    if count == 0 { throw bad }
    return value
  }

  /// ASCII alone: other scripts have digits, too.
  private static func digit(_ scalar: UnicodeScalar) -> UInt32? {
    scalar.isASCII ? Character(scalar).hexDigitValue.map { UInt32($0) } : nil
  }

  private static let bad = LiteralProblem(code: "bad-literal", message: "an unknown escape in a literal")

  private static let simpleEscapes: [UnicodeScalar: UInt32] = [
    "n": 10, "t": 9, "v": 11, "b": 8, "r": 13, "f": 12, "a": 7, "\\": 92, "?": 63, "'": 39, "\"": 34,
  ]
}
