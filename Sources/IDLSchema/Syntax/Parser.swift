/// Reads tokens into the syntax tree by recursive descent.
///
/// Source: IDL 4.2, 7.4: the building blocks Core Data Types, Interfaces – Basic, and of section 8 Extended Data-Types and
/// Annotations. What stands in other building blocks is recognised and refused by name.
///
/// After a mistake it goes on behind the next `;` of the same depth, so that one run reports several.
struct Parser {
  /// Where reading stopped; the message has been reported when it is thrown.
  struct Failure: Error {}

  private let tokens: [Token]
  var index = 0
  var findings: Findings
  let limits: IDLLimits
  private var nesting = 0
  /// The second half of a `>>` that closes two brackets.
  private var isInsideShift = false

  init(_ tokens: [Token], limits: IDLLimits, findings: Findings) {
    self.tokens = tokens
    self.limits = limits
    self.findings = findings
  }

  mutating func specification() -> [Definition] {
    var result: [Definition] = []
    while current.kind != .end, !findings.isExhausted {
      definitions(into: &result, allowed: .module)
      if current.isPunctuator("}") {
        findings.error("syntax", current.place, "'}' closes nothing")
        advance()
        _ = take(";")
      }
    }
    return result
  }

  // MARK: Tokens

  var current: Token {
    var token = tokens[min(index, tokens.count - 1)]
    if isInsideShift { token.spelling = ">" }
    return token
  }

  var next: Token { tokens[min(index + 1, tokens.count - 1)] }
  var previous: Token { tokens[max(0, index - 1)] }

  mutating func advance() {
    isInsideShift = false
    if index < tokens.count - 1 { index += 1 }
  }

  mutating func take(_ punctuator: String) -> Bool {
    if current.isPunctuator(punctuator) {
      advance()
      return true
    }
    if punctuator == ">", current.isPunctuator(">>") {
      isInsideShift = true
      return true
    }
    return false
  }

  mutating func takeWord(_ word: String) -> Bool {
    guard current.isWord(word) else { return false }
    advance()
    return true
  }

  mutating func expect(_ punctuator: String, _ context: String) throws(Failure) {
    if !take(punctuator) { throw fail("expected '\(punctuator)' \(context)") }
  }

  /// Reports what was found instead.
  mutating func fail(_ expectation: String, code: String = "syntax") -> Failure {
    findings.error(code, current.place, "\(expectation), found \(current.description)")
    return Failure()
  }

  mutating func refuse(_ place: SourcePlace, _ construct: String) -> Failure {
    findings.error("unsupported-construct", place, "\(construct) is not supported")
    return Failure()
  }

  /// Runs a part that may contain itself.
  mutating func nested<T>(_ body: (inout Self) throws(Failure) -> T) throws(Failure) -> T {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= limits.nesting else {
      findings.error("limit-exceeded", current.place, "nested deeper than \(limits.nesting)")
      throw Failure()
    }
    return try body(&self)
  }

  /// Skips to behind the next `;`, over whole braces, or to the `}` that closes what surrounds.
  mutating func recover(from start: Int) {
    if index == start, current.kind != .end, !current.isPunctuator("}") { skipOne() }
    while current.kind != .end, !current.isPunctuator("}") {
      if take(";") { return }
      skipOne()
    }
  }

  private mutating func skipOne() {
    guard current.isPunctuator("{") else { return advance() }
    var depth = 0
    repeat {
      if current.isPunctuator("{") { depth += 1 }
      if current.isPunctuator("}") { depth -= 1 }
      advance()
    } while depth > 0 && current.kind != .end
  }

  // MARK: Names

  mutating func identifier(_ what: String) throws(Failure) -> Name {
    let token = current
    guard token.kind == .word else { throw fail("expected \(what)") }
    if token.spelling.hasPrefix("_") {
      let text = String(token.spelling.dropFirst())
      guard text.utf8.first.map({ Lexer.isLetter($0) && $0 != UInt8(ascii: "_") }) == true else {
        findings.error(
          "bad-identifier", token.place,
          "an identifier begins with a letter, not '\(token.spelling.prefix(40))'")
        throw Failure()
      }
      advance()
      return Name(text: text, place: token.place)
    }
    if let keyword = Keywords.spelledLike(token.spelling) {
      if keyword == token.spelling { throw fail("expected \(what)") }
      findings.error(
        "keyword-collision", token.place,
        "'\(token.spelling)' differs from the keyword '\(keyword)' only in case",
        resolution: "write _\(token.spelling)")
    }
    advance()
    return Name(text: token.spelling, place: token.place)
  }

  mutating func scopedName(_ what: String) throws(Failure) -> ScopedName {
    let place = current.place
    let isAbsolute = take("::")
    var parts = [try identifier(what)]
    while take("::") { parts.append(try identifier("a name behind '::'")) }
    return ScopedName(isAbsolute: isAbsolute, parts: parts, place: place)
  }

  /// `a, b::c`
  mutating func scopedNames(_ what: String) throws(Failure) -> [ScopedName] {
    var names = [try scopedName(what)]
    while take(",") { names.append(try scopedName(what)) }
    return names
  }

  // MARK: Comments

  /// The comment before the token that begins a declaration.
  var leadingComment: String { findings.sources.comment(current.leadingComment) }

  /// A declaration's comment: what stood before it, and behind its last token or the punctuation after that.
  func comment(_ leading: String) -> String {
    comment(leading, behind: [previous, tokens[max(0, index - 2)]])
  }

  func comment(_ leading: String, behind last: [Token]) -> String {
    let trailing = findings.sources.comment(last.map(\.trailingComment).first { $0 >= 0 } ?? -1)
    return leading.isEmpty || trailing.isEmpty ? leading + trailing : leading + "\n" + trailing
  }
}
