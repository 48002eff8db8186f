/// The value of what stands behind `#if`, after macros were replaced.
///
///     condition   = or [ "?" condition ":" condition ]
///     or … product = the binary operators of C, by `binary`
///     unary       = ( "!" | "-" | "+" | "~" ) unary | "(" condition ")" | number | character
///                 | "true" (1) | word (0)
struct ConditionExpression {
  struct Problem: Error { var place: SourcePlace, message: String }

  private let tokens: [Token]
  private let end: SourcePlace
  private let maximumNesting: Int
  private var index = 0
  private var nesting = 0

  init(_ tokens: [Token], end: SourcePlace, maximumNesting: Int) {
    self.tokens = tokens
    self.end = end
    self.maximumNesting = maximumNesting
  }

  mutating func value() throws(Problem) -> Int64 {
    let value = try condition(isUsed: true)
    if index < tokens.count {
      throw problem("expected the end of the line, found \(tokens[index].description)")
    }
    return value
  }

  private func problem(_ message: String) -> Problem {
    Problem(place: index < tokens.count ? tokens[index].place : end, message: message)
  }

  private mutating func take(_ text: String) -> Bool {
    guard index < tokens.count, tokens[index].isPunctuator(text) else { return false }
    index += 1
    return true
  }

  /// `isUsed`: whether the value matters; behind `0 &&` a division by zero does not.
  private mutating func condition(isUsed: Bool) throws(Problem) -> Int64 {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= maximumNesting else {
      throw problem("the condition nests deeper than \(maximumNesting)")
    }
    let value = try binary(0, isUsed)
    guard take("?") else { return value }
    let yes = try condition(isUsed: isUsed && value != 0)
    guard take(":") else { throw problem("expected ':'") }
    let no = try condition(isUsed: isUsed && value == 0)
    return value != 0 ? yes : no
  }

  private static let levels: [[String]] = [
    ["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<", ">", "<=", ">="], ["<<", ">>"], ["+", "-"],
    ["*", "/", "%"],
  ]

  private mutating func binary(_ level: Int, _ isUsed: Bool) throws(Problem) -> Int64 {
    guard level < Self.levels.count else { return try unary(isUsed) }
    var left = try binary(level + 1, isUsed)
    while index < tokens.count, tokens[index].kind == .punctuator,
      Self.levels[level].contains(tokens[index].spelling)
    {
      let sign = tokens[index].spelling
      index += 1
      let isSkipped = (sign == "&&" && left == 0) || (sign == "||" && left != 0)
      let right = try binary(level + 1, isUsed && !isSkipped)
      left = try apply(sign, left, right, isUsed)
    }
    return left
  }

  private func apply(_ sign: String, _ left: Int64, _ right: Int64, _ isUsed: Bool) throws(Problem) -> Int64 {
    switch sign {
    case "||": return left != 0 || right != 0 ? 1 : 0
    case "&&": return left != 0 && right != 0 ? 1 : 0
    case "|": return left | right
    case "^": return left ^ right
    case "&": return left & right
    case "==": return left == right ? 1 : 0
    case "!=": return left != right ? 1 : 0
    case "<": return left < right ? 1 : 0
    case ">": return left > right ? 1 : 0
    case "<=": return left <= right ? 1 : 0
    case ">=": return left >= right ? 1 : 0
    case "<<": return left << min(max(right, 0), 64)
    case ">>": return left >> min(max(right, 0), 64)
    case "+": return left &+ right
    case "-": return left &- right
    case "*": return left &* right
    default:
      if right == 0 {
        if isUsed { throw problem("division by zero") }
        return 0
      }
      let (quotient, remainder) = (
        left.dividedReportingOverflow(by: right), left.remainderReportingOverflow(dividingBy: right)
      )
      return sign == "/" ? quotient.partialValue : remainder.partialValue
    }
  }

  private mutating func unary(_ isUsed: Bool) throws(Problem) -> Int64 {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= maximumNesting else {
      throw problem("the condition nests deeper than \(maximumNesting)")
    }
    if take("!") { return try unary(isUsed) == 0 ? 1 : 0 }
    if take("-") { return 0 &- (try unary(isUsed)) }
    if take("+") { return try unary(isUsed) }
    if take("~") { return ~(try unary(isUsed)) }
    if take("(") {
      let value = try condition(isUsed: isUsed)
      guard take(")") else { throw problem("expected ')'") }
      return value
    }
    guard index < tokens.count else { throw problem("expected a value") }
    let token = tokens[index]
    switch token.kind {
    case .word:
      index += 1
      return token.spelling == "true" ? 1 : 0
    case .number:
      // C's suffixes are read past.
      var digits = token.spelling[...]
      while let last = digits.last, "uUlL".contains(last) { digits.removeLast() }
      guard case .integer(let value)? = try? LiteralText.number(String(digits)) else { break }
      index += 1
      return Int64(truncatingIfNeeded: value)
    case .character:
      guard let text = try? LiteralText.quoted(token.spelling).text, text.unicodeScalars.count == 1 else {
        break
      }
      index += 1
      return text.unicodeScalars.first.map { Int64($0.value) } ?? 0
    default: break
    }
    throw problem("expected a value, found \(token.description)")
  }
}
