/// Constant expressions (IDL 4.2, 7.4.1.4.3), into reverse Polish order.
///
///     expression = binary operators, from `|` over `^`, `&`, `<< >>`, `+ -` to `* / %`
///     unary      = [ "-" | "+" | "~" ] primary
///     primary    = scoped name | literal | "(" expression ")"
extension Parser {
  /// `inBrackets`: `>` ends the expression, so that `>>` is two of them and no shift.
  mutating func expression(inBrackets: Bool = false) throws(Failure) -> Expression {
    var result = Expression(place: current.place, items: [])
    try binary(0, inBrackets, &result)
    return result
  }

  private static let levels: [[String]] = [["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "%"]]

  private mutating func binary(
    _ level: Int, _ inBrackets: Bool, _ result: inout Expression
  ) throws(Failure) {
    guard level < Self.levels.count else { return try unary(&result) }
    try binary(level + 1, inBrackets, &result)
    while current.kind == .punctuator, Self.levels[level].contains(current.spelling),
      !(inBrackets && current.spelling == ">>")
    {
      let sign = current
      advance()
      try binary(level + 1, inBrackets, &result)
      result.items.append((.infix(sign.spelling), sign.place))
    }
  }

  private mutating func unary(_ result: inout Expression) throws(Failure) {
    let sign = current
    if ["-", "+", "~"].contains(where: sign.isPunctuator) {
      advance()
      try nested { parser throws(Failure) in try parser.unary(&result) }
      result.items.append((.prefix(sign.spelling), sign.place))
      return
    }
    if take("(") {
      try nested { parser throws(Failure) in try parser.binary(0, false, &result) }
      return try expect(")", "behind the expression")
    }
    let place = current.place
    if let literal = try literal() {
      result.items.append((.literal(literal), place))
    } else {
      guard current.kind == .word || current.isPunctuator("::") else { throw fail("expected a value") }
      result.items.append((.name(try scopedName("a value")), place))
    }
  }

  private mutating func literal() throws(Failure) -> LiteralValue? {
    let token = current
    do throws(LiteralProblem) {
      switch token.kind {
      case .number:
        let value = try LiteralText.number(token.spelling)
        advance()
        return value
      case .character:
        let (text, wide) = try LiteralText.quoted(token.spelling)
        guard text.unicodeScalars.count == 1, let scalar = text.unicodeScalars.first else {
          throw LiteralProblem(code: "bad-literal", message: "a character literal holds one character")
        }
        advance()
        return .character(scalar.value, wide: wide)
      case .string:
        return try strings()
      case .word where token.spelling == "TRUE" || token.spelling == "FALSE":
        advance()
        return .boolean(token.spelling == "TRUE")
      default: return nil
      }
    } catch {
      findings.error(error.code, token.place, error.message)
      throw Failure()
    }
  }

  /// Strings next to each other are one (7.2.6.3); wide and other ones do not mix.
  private mutating func strings() throws(LiteralProblem) -> LiteralValue {
    var (text, wide) = try LiteralText.quoted(current.spelling)
    advance()
    while current.kind == .string {
      let (more, isWide) = try LiteralText.quoted(current.spelling)
      guard isWide == wide else {
        throw LiteralProblem(code: "bad-literal", message: "a wide string next to one that is not")
      }
      text += more
      advance()
    }
    return .string(text, wide: wide)
  }
}
