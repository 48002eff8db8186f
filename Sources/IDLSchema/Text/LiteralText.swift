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
      let value = try escape(&rest)
      guard let scalar = UnicodeScalar(value) else {
        throw LiteralProblem(code: "bad-literal", message: "an escape names no character")
      }
      result.append(scalar)
    }
    return (String(result), wide)
  }

  private static func escape(
    _ rest: inout Substring.UnicodeScalarView
  ) throws(LiteralProblem) -> UInt32 {
    guard let code = rest.popFirst() else { throw bad }
    if let simple = simpleEscapes[code] { return simple }
    switch code {
    case "x": return try digits(&rest, radix: 16, most: 2)
    case "u": return try digits(&rest, radix: 16, most: 4)
    case "0"..."7":
      let text = String(code) + String(rest.prefix(2)).prefix { $0.hexDigitValue ?? 99 < 8 }
      rest = rest.dropFirst(text.count - 1)
      return UInt32(text, radix: 8) ?? 0
    default: throw bad
    }
  }

  private static func digits(
    _ rest: inout Substring.UnicodeScalarView, radix: Int, most: Int
  ) throws(LiteralProblem) -> UInt32 {
    let text = String(rest.prefix(most)).prefix { $0.hexDigitValue ?? 99 < radix }
    guard !text.isEmpty, let value = UInt32(text, radix: radix) else { throw bad }
    rest = rest.dropFirst(text.unicodeScalars.count)
    return value
  }

  private static let bad = LiteralProblem(code: "bad-literal", message: "an unknown escape in a literal")

  private static let simpleEscapes: [UnicodeScalar: UInt32] = [
    "n": 10, "t": 9, "v": 11, "b": 8, "r": 13, "f": 12, "a": 7, "\\": 92, "?": 63, "'": 39, "\"": 34,
  ]
}
