/// What `#define` gave a name.
struct Macro: Sendable {
  /// Nil for a macro without parentheses.
  var parameters: [String]?
  var body: [Token]
  var place: SourcePlace

  /// Defined again with the same meaning: no mistake.
  func isSame(as other: Macro) -> Bool {
    parameters == other.parameters && body.map(\.spelling) == other.body.map(\.spelling)
  }
}

extension Preprocessor {
  /// `#define NAME body`, `#define NAME(a, b) body`
  mutating func define(_ line: [Token], _ place: SourcePlace) {
    guard let name = line.first, name.kind == .word else {
      return findings.error("bad-directive", line.first?.place ?? place, "expected the name of a macro")
    }
    guard name.spelling != "defined" else {
      return findings.error("bad-directive", name.place, "'defined' cannot be a macro")
    }
    var body = line.dropFirst()
    var parameters: [String]?
    if let open = body.first, open.isPunctuator("("), !open.followsSpace {
      guard let (names, length) = parameterList(Array(body.dropFirst())) else {
        return findings.error(
          "bad-directive", open.place, "expected parameter names, separated by commas, and ')'")
      }
      parameters = names
      body = body.dropFirst(length + 1)
    }
    let macro = Macro(parameters: parameters, body: Array(body), place: name.place)
    if let before = macros[name.spelling], !before.isSame(as: macro) {
      findings.warning("macro-redefined", name.place, "'\(name.spelling)' had another meaning before")
    }
    macros[name.spelling] = macro
  }

  /// The names up to `)`, and how many tokens that are.
  private func parameterList(_ tokens: [Token]) -> (names: [String], length: Int)? {
    if tokens.first?.isPunctuator(")") == true { return ([], 1) }
    var names: [String] = []
    var index = 0
    while index + 1 < tokens.count, names.count < limits.macroParameters, tokens[index].kind == .word,
      !names.contains(tokens[index].spelling)
    {
      names.append(tokens[index].spelling)
      if tokens[index + 1].isPunctuator(")") { return (names, index + 2) }
      guard tokens[index + 1].isPunctuator(",") else { return nil }
      index += 2
    }
    return nil
  }
}
