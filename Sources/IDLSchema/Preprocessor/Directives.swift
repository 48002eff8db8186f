/// One `#if` and its other branches.
struct ConditionalGroup {
  var place: SourcePlace
  /// The tokens between here and the next branch count.
  var isActive: Bool
  /// A branch was taken, or the whole group stands in one that was not.
  var isDecided: Bool
  var hasElse = false
}

extension Preprocessor {
  var isActive: Bool { groups.last?.isActive ?? true }

  /// The tokens of a line behind `#`.
  mutating func directive(_ line: [Token], _ place: SourcePlace) {
    guard let name = line.first else { return }
    let rest = Array(line.dropFirst())
    switch name.spelling {
    case "if", "ifdef", "ifndef": open(name, rest)
    case "elif", "else", "endif": branch(name, rest)
    case _ where !isActive: return
    case "define": define(rest, name.place)
    case "undef":
      guard let macro = rest.first, macro.kind == .word else {
        return findings.error(
          "bad-directive", rest.first?.place ?? name.place, "expected the name of a macro")
      }
      macros[macro.spelling] = nil
      expectEnd(rest.dropFirst(), name)
    case "include": include(rest, name)
    case "error":
      findings.error("error-directive", place, "#error\(Self.text(rest, leading: true))")
    case "warning":
      findings.warning("warning-directive", place, "#warning\(Self.text(rest, leading: true))")
    case "pragma": pragma(rest, place)
    case "line":
      findings.note("ignored-directive", place, "#line is ignored: places are those of the file itself")
    case _ where name.kind == .number: return
    default:
      findings.error("bad-directive", name.place, "unknown directive #\(name.spelling.prefix(40))")
    }
  }

  private mutating func expectEnd(_ rest: ArraySlice<Token>, _ name: Token) {
    if let extra = rest.first {
      findings.warning("extra-tokens", extra.place, "something stands behind #\(name.spelling)")
    }
  }

  private mutating func open(_ name: Token, _ rest: [Token]) {
    var group = ConditionalGroup(place: name.place, isActive: false, isDecided: !isActive)
    if isActive {
      if name.spelling == "if" {
        group.isActive = holds(rest, name)
      } else if let macro = rest.first, macro.kind == .word {
        group.isActive = (macros[macro.spelling] != nil) == (name.spelling == "ifdef")
        expectEnd(rest.dropFirst(), name)
      } else {
        findings.error("bad-directive", rest.first?.place ?? name.place, "expected the name of a macro")
      }
      group.isDecided = group.isActive
    }
    groups.append(group)
  }

  private mutating func branch(_ name: Token, _ rest: [Token]) {
    guard var group = groups.popLast() else {
      return findings.error("unbalanced-condition", name.place, "#\(name.spelling) without #if")
    }
    if name.spelling == "endif" { return expectEnd(rest[...], name) }
    if group.hasElse {
      findings.error("unbalanced-condition", name.place, "#\(name.spelling) behind #else")
    }
    if name.spelling == "else" {
      group.isActive = !group.isDecided
      group.hasElse = true
      expectEnd(rest[...], name)
    } else {
      group.isActive = !group.isDecided && holds(rest, name)
    }
    group.isDecided = group.isDecided || group.isActive
    groups.append(group)
  }

  /// The value of a condition. `defined` is looked at before macros are replaced.
  private mutating func holds(_ line: [Token], _ name: Token) -> Bool {
    var tokens: [Token] = []
    var index = 0
    while index < line.count {
      var token = line[index]
      if token.isWord("defined") {
        let isEnclosed = index + 1 < line.count && line[index + 1].isPunctuator("(")
        let word = index + (isEnclosed ? 2 : 1)
        let last = word + (isEnclosed ? 1 : 0)
        guard last < line.count, line[word].kind == .word, !isEnclosed || line[last].isPunctuator(")") else {
          findings.error("bad-directive", token.place, "expected the name of a macro behind 'defined'")
          return false
        }
        token.spelling = macros[line[word].spelling] == nil ? "0" : "1"
        token.kind = .number
        index = last
      }
      tokens.append(token)
      index += 1
    }
    var expression = ConditionExpression(expand(tokens), end: name.place, maximumNesting: limits.nesting)
    do throws(ConditionExpression.Problem) {
      return try expression.value() != 0
    } catch {
      findings.error("bad-directive", error.place, "#\(name.spelling): \(error.message)")
      return false
    }
  }

  private mutating func include(_ line: [Token], _ name: Token) {
    var line = line
    if line.first?.kind == .word { line = expand(line) }
    guard let first = line.first else {
      return findings.error("bad-directive", name.place, "expected \"file\" or <file> behind #include")
    }
    if first.kind == .string, !first.spelling.hasPrefix("L") {
      expectEnd(line.dropFirst(), name)
      return include(String(first.spelling.dropFirst().dropLast()), quoted: true, first.place)
    }
    guard first.isPunctuator("<"), let close = line.firstIndex(where: { $0.isPunctuator(">") }) else {
      return findings.error("bad-directive", first.place, "expected \"file\" or <file> behind #include")
    }
    expectEnd(line.suffix(from: close + 1), name)
    include(Self.text(Array(line[1..<close]), leading: false), quoted: false, first.place)
  }

  private mutating func pragma(_ line: [Token], _ place: SourcePlace) {
    guard let name = line.first else { return }
    if name.spelling == "once" { return includeOnce() }
    findings.note("ignored-pragma", place, "#pragma \(name.spelling.prefix(40)) is ignored")
  }

  /// Tokens as they stood on their line.
  private static func text(_ tokens: [Token], leading: Bool) -> String {
    var text = ""
    for (index, token) in tokens.enumerated() {
      if token.followsSpace, index > 0 || leading { text += " " }
      text += token.spelling
    }
    return text
  }
}
