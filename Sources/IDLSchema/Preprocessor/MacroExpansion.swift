/// Replaces macros in a run of tokens, as ISO C (6.10.3) says: arguments first, then the body again together with what
/// follows; a macro's own name inside of its expansion stays.
///
/// Source: IDL 4.2, 7.3 Preprocessing, which refers to ISO/IEC 14882 (C++).
struct MacroExpansion {
  private enum Item {
    case token(Token)
    /// The expansion of a macro ends here.
    case end(of: String)
  }

  let macros: [String: Macro]
  let limits: IDLLimits
  /// Tokens that may still be looked at; shared by everything in one load.
  var budget: Int
  var problems: [(code: String, place: SourcePlace, message: String)] = []
  private var active: Set<String> = []
  private var depth = 0

  init(macros: [String: Macro], limits: IDLLimits, budget: Int) {
    self.macros = macros
    self.limits = limits
    self.budget = budget
  }

  mutating func expand(_ tokens: some Collection<Token>) -> [Token] {
    depth += 1
    defer { depth -= 1 }
    // The next item is the last.
    var pending: [Item] = tokens.reversed().map { .token($0) }
    var output: [Token] = []
    while let item = pending.popLast() {
      guard case .token(var token) = item else {
        if case .end(let name) = item { active.remove(name) }
        continue
      }
      budget -= 1
      guard budget > 0 else { break }
      guard token.kind == .word, !token.isPainted, let macro = macros[token.spelling] else {
        output.append(token)
        continue
      }
      if active.contains(token.spelling) {
        token.isPainted = true
        output.append(token)
        continue
      }
      guard active.count < limits.macroDepth, depth < limits.macroDepth else {
        report("limit-exceeded", token, "macros nest deeper than \(limits.macroDepth)")
        break
      }
      var arguments: [[Token]] = []
      if let parameters = macro.parameters {
        let most = macro.isVariadic ? parameters.count : .max
        guard var found = takeArguments(of: token, most: most, &pending) else {
          output.append(token)
          continue
        }
        // Nothing at all for `...` is as good as an empty argument.
        if macro.isVariadic, found.count == parameters.count - 1 { found.append([]) }
        let expected = parameters.isEmpty && found.count == 1 && found[0].isEmpty ? 1 : parameters.count
        guard found.count == expected else {
          let least = macro.isVariadic ? "\(parameters.count - 1) or more" : "\(parameters.count)"
          report("bad-macro-use", token, "'\(token.spelling)' takes \(least) arguments, not \(found.count)")
          continue
        }
        arguments = found
      }
      let body = substitute(macro, arguments, token)
      active.insert(token.spelling)
      pending.append(.end(of: token.spelling))
      pending += body.reversed().map { .token($0) }
    }
    for case .end(let name) in pending { active.remove(name) }
    return output
  }

  private mutating func report(_ code: String, _ token: Token, _ message: String) {
    problems.append((code, token.place, message))
  }

  /// The arguments behind a macro's name; nil when no parenthesis follows, so that it is no use of the macro. Commas
  /// belong to the last of `most` arguments.
  private mutating func takeArguments(of name: Token, most: Int, _ pending: inout [Item]) -> [[Token]]? {
    var index = pending.count - 1
    while index >= 0, case .end = pending[index] { index -= 1 }
    guard index >= 0, case .token(let open) = pending[index], open.isPunctuator("(") else { return nil }
    var arguments: [[Token]] = [[]]
    var nesting = 0
    while let item = pending.popLast() {
      guard case .token(let token) = item else {
        if case .end(let name) = item { active.remove(name) }
        continue
      }
      budget -= 1
      guard budget > 0 else { return arguments }
      if token.isPunctuator("(") {
        nesting += 1
        if nesting == 1 { continue }
      } else if token.isPunctuator(")") {
        nesting -= 1
        if nesting == 0 { return arguments }
      } else if nesting == 1, arguments.count < most, token.isPunctuator(",") {
        arguments.append([])
        continue
      }
      arguments[arguments.count - 1].append(token)
    }
    report("bad-macro-use", name, "the arguments of '\(name.spelling)' do not end")
    return arguments
  }

  /// The body with its parameters replaced, every token at the place of the use.
  private mutating func substitute(_ macro: Macro, _ arguments: [[Token]], _ use: Token) -> [Token] {
    let places = macro.places
    var expanded = [[Token]?](repeating: nil, count: arguments.count)
    var result: [Token] = []
    var index = 0
    // The left side of the next ## is an empty argument, which leaves the right side alone (ISO C 6.10.3.3).
    var leftIsEmpty = false
    while index < macro.body.count, budget > 0 {
      let token = macro.body[index]
      let next = index + 1 < macro.body.count ? macro.body[index + 1] : nil
      if macro.parameters != nil, token.isPunctuator("#"), let next,
        let place = places[next.spelling]
      {
        result.append(stringify(arguments[place], use))
        index += 2
        continue
      }
      if token.isPunctuator("##"), leftIsEmpty || !result.isEmpty, let next {
        let right = places[next.spelling].map { arguments[$0] } ?? [next]
        if leftIsEmpty { append(right, use, &result) } else { paste(right, use, &result) }
        leftIsEmpty = leftIsEmpty && right.isEmpty
        index += 2
        continue
      }
      leftIsEmpty = false
      if token.kind == .word, let place = places[token.spelling] {
        if next?.isPunctuator("##") == true {
          append(arguments[place], use, &result)
          leftIsEmpty = arguments[place].isEmpty
        } else {
          let argument = expanded[place] ?? expand(arguments[place])
          expanded[place] = argument
          append(argument, use, &result)
        }
      } else {
        append([token], use, &result)
      }
      index += 1
    }
    return result
  }

  private mutating func append(_ tokens: [Token], _ use: Token, _ result: inout [Token]) {
    budget -= tokens.count
    guard budget > 0 else { return }
    for var token in tokens {
      token.place = use.place
      token.leadingComment = result.isEmpty ? use.leadingComment : -1
      token.trailingComment = -1
      result.append(token)
    }
  }

  private mutating func stringify(_ argument: [Token], _ use: Token) -> Token {
    var text = ""
    guard isAffordable(argument.reduce(0) { $0 + $1.spelling.utf8.count }, use) else {
      return Token(kind: .string, spelling: "\"\"", place: use.place)
    }
    for (index, token) in argument.enumerated() {
      if index > 0, token.followsSpace { text += " " }
      for character in token.spelling {
        let isLiteral = token.kind == .string || token.kind == .character
        if isLiteral, character == "\"" || character == "\\" { text += "\\" }
        text.append(character)
      }
    }
    return Token(kind: .string, spelling: "\"" + text + "\"", place: use.place)
  }

  /// Whether a token of so many bytes may be made; what is made of made tokens could double each time.
  private mutating func isAffordable(_ count: Int, _ use: Token) -> Bool {
    budget -= count
    if count <= limits.madeTokenBytes { return budget > 0 }
    report("limit-exceeded", use, "a macro makes a token of more than \(limits.madeTokenBytes) bytes")
    return false
  }

  /// Joins the last token of the result with the first of the right side.
  private mutating func paste(_ right: [Token], _ use: Token, _ result: inout [Token]) {
    guard let first = right.first, let left = result.popLast() else { return }
    guard isAffordable(left.spelling.utf8.count + first.spelling.utf8.count, use) else { return }
    let text = left.spelling + first.spelling
    var lexer = Lexer(text: Array(text.utf8), file: use.place.file)
    let kind = lexer.scan()
    if kind == .invalid || lexer.position != text.utf8.count {
      report("bad-macro-use", use, "'\(text.prefix(40))', which ## makes, is no token")
    }
    result.append(Token(kind: kind, spelling: text, place: use.place))
    append(Array(right.dropFirst()), use, &result)
  }
}
