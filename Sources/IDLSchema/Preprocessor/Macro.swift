/// What `#define` gave a name.
struct Macro: Sendable {
  /// Nil for a macro without parentheses. The last of a variadic macro is `__VA_ARGS__`.
  var parameters: [String]?
  /// The places of the parameters.
  var places: [String: Int] = [:]
  var isVariadic = false
  var body: [Token]
  var place: SourcePlace

  /// Defined again with the same meaning: no mistake.
  func isSame(as other: Macro) -> Bool {
    parameters == other.parameters && isVariadic == other.isVariadic
      && body.map(\.spelling) == other.body.map(\.spelling)
  }
}

extension Preprocessor {
  /// `#define NAME body`, `#define NAME(a, b) body`, `#define NAME(a, ...) body`
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
    var macro = Macro(parameters: parameters, body: Array(body), place: name.place)
    for (place, name) in (parameters ?? []).enumerated() { macro.places[name] = place }
    macro.isVariadic = parameters?.last == Self.variadic
    if let before = macros[name.spelling], !before.isSame(as: macro) {
      findings.warning("macro-redefined", name.place, "'\(name.spelling)' had another meaning before")
    }
    macros[name.spelling] = macro
  }

  /// What stands for the arguments behind the named ones (ISO C++ 16.3.1).
  private static let variadic = "__VA_ARGS__"

  /// The names up to `)`, and how many tokens that are.
  private func parameterList(_ tokens: [Token]) -> (names: [String], length: Int)? {
    if tokens.first?.isPunctuator(")") == true { return ([], 1) }
    var names: [String] = []
    var index = 0
    while index + 1 < tokens.count, names.count < limits.macroParameters {
      if tokens.dropFirst(index).prefix(4).map(\.spelling) == [".", ".", ".", ")"] {
        return (names + [Self.variadic], index + 4)
      }
      let name = tokens[index].spelling
      guard tokens[index].kind == .word, name != Self.variadic, !names.contains(name) else { return nil }
      names.append(name)
      if tokens[index + 1].isPunctuator(")") { return (names, index + 2) }
      guard tokens[index + 1].isPunctuator(",") else { return nil }
      index += 2
    }
    return nil
  }
}
