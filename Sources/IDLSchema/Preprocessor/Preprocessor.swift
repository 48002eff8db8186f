/// Turns a file and what it includes into one run of tokens.
///
/// Source: IDL 4.2, 7.3 Preprocessing. Works on tokens, so that every one keeps its place; comments are kept as
/// documentation of the tokens behind them.
struct Preprocessor {
  let limits: IDLLimits
  let includePaths: [String]
  let read: (String) -> IDLFile
  var findings: Findings
  var macros: [String: Macro] = [:]
  var budget: Int
  private(set) var output: [Token] = []
  /// Nothing more is read: a limit was reached.
  private(set) var hasStopped = false
  /// The files that are being read, the innermost last.
  private var stack: [String] = []
  private var cache: [String: [Token]] = [:]
  private var onceOnly: Set<String> = []
  /// The `#if`s of the file that is being read.
  var groups: [ConditionalGroup] = []

  init(
    limits: IDLLimits, includePaths: [String], read: @escaping (String) -> IDLFile, findings: Findings
  ) {
    self.limits = limits
    self.includePaths = includePaths
    self.read = read
    self.findings = findings
    budget = limits.tokens
  }

  /// The tokens of a file, `.end` last. Macros and `#pragma once` begin anew with each file that is asked for.
  mutating func run(_ path: String, bytes: [UInt8], defines: [(name: String, value: String)]) -> [Token] {
    macros = [:]
    onceOnly = []
    output = []
    for define in defines { predefine(define.name, define.value) }
    let path = SourceText.normalized(path)
    process(path, tokenize(path, bytes))
    let last = SourcePlace(file: findings.sources.file(path), line: 1, column: 1)
    output.append(Token(kind: .end, spelling: "", place: endPlace ?? last))
    return output
  }

  private var endPlace: SourcePlace?

  /// `-D NAME=VALUE`
  private mutating func predefine(_ name: String, _ value: String) {
    var lexer = Lexer(text: Array("\(name) \(value)".utf8), file: findings.sources.file("<command line>"))
    let tokens = lexer.tokens(limit: limits.tokens, &findings.sources).dropLast()
    if let first = tokens.first { define(Array(tokens), first.place) }
  }

  private mutating func tokenize(_ path: String, _ bytes: [UInt8]) -> [Token] {
    if let known = cache[path] { return known }
    let file = findings.sources.file(path)
    var lexer = Lexer(text: SourceText.utf8(bytes), file: file)
    let tokens = lexer.tokens(limit: max(budget, 0), &findings.sources)
    cache[path] = tokens
    return tokens
  }

  private mutating func process(_ path: String, _ tokens: [Token]) {
    stack.append(path)
    let outer = groups
    groups = []
    var index = 0
    while index < tokens.count - 1, !hasStopped {
      let end = lineEnd(tokens, index)
      if tokens[index].isPunctuator("#") {
        spend(end - index, tokens[index].place)
        directive(Array(tokens[(index + 1)..<end]), tokens[index].place)
        index = end
        continue
      }
      // Uses of macros may go over several lines: all of them up to the next directive are looked at together.
      var last = end
      while last < tokens.count - 1, !tokens[last].isPunctuator("#") { last = lineEnd(tokens, last) }
      spend(last - index, tokens[index].place)
      if isActive, !hasStopped { emit(tokens[index..<last]) }
      index = last
    }
    for group in groups where !hasStopped {
      findings.error("unbalanced-condition", group.place, "this condition has no #endif")
    }
    if let end = tokens.last?.place { endPlace = end }
    groups = outer
    stack.removeLast()
  }

  private func lineEnd(_ tokens: [Token], _ start: Int) -> Int {
    var index = start + 1
    while index < tokens.count - 1, !tokens[index].startsLine { index += 1 }
    return index
  }

  private mutating func spend(_ count: Int, _ place: SourcePlace) {
    budget -= count
    if budget <= 0 { stop(place, "more than \(limits.tokens) tokens") }
  }

  mutating func stop(_ place: SourcePlace, _ reason: String) {
    if !hasStopped { findings.error("limit-exceeded", place, reason) }
    hasStopped = true
  }

  private mutating func emit(_ tokens: ArraySlice<Token>) { output += expand(tokens) }

  /// Macros replaced; what is wrong with them reported.
  mutating func expand(_ tokens: some Collection<Token>) -> [Token] {
    guard let first = tokens.first else { return [] }
    if macros.isEmpty { return Array(tokens) }
    var expansion = MacroExpansion(macros: macros, limits: limits, budget: budget)
    let result = expansion.expand(tokens)
    for problem in expansion.problems { findings.error(problem.code, problem.place, problem.message) }
    budget = expansion.budget
    spend(0, first.place)
    return result
  }

  // MARK: Files

  /// `#include`: the folder of the file that asks (for quotes), then the include paths in their order.
  mutating func include(_ name: String, quoted: Bool, _ place: SourcePlace) {
    let own = quoted ? [SourceText.folder(stack.last ?? "")] : []
    let candidates =
      name.hasPrefix("/") ? [name] : own.map { $0 + name } + includePaths.map { $0 + "/" + name }
    for candidate in candidates.map(SourceText.normalized) {
      switch cache[candidate].map({ _ in IDLFile.bytes([]) }) ?? read(candidate) {
      case .missing: continue
      case .notRegular:
        return findings.error("unreadable-file", place, "'\(candidate)' is no regular file")
      case .tooLarge:
        return findings.error(
          "limit-exceeded", place, "'\(candidate)' has more than \(limits.fileBytes) bytes")
      case .bytes(let bytes):
        if onceOnly.contains(candidate) { return }
        guard stack.count < limits.includeDepth else {
          let cycle = stack.contains(candidate) ? "; '\(candidate)' includes itself without a guard" : ""
          return stop(place, "files include each other deeper than \(limits.includeDepth)\(cycle)")
        }
        findings.noteInclusion(of: findings.sources.file(candidate), at: place)
        return process(candidate, tokenize(candidate, bytes))
      }
    }
    let folders = searched(own)
    findings.error(
      "missing-include", place, "no file '\(name)'",
      resolution: "looked in \(folders); more folders come with include paths")
  }

  private func searched(_ own: [String]) -> String {
    let folders = own.map { $0.isEmpty ? "." : $0 } + includePaths
    return folders.isEmpty ? "no folder" : folders.joined(separator: ", ")
  }

  mutating func includeOnce() { if let path = stack.last { onceOnly.insert(path) } }
}

/// What reading a path gave.
package enum IDLFile: Sendable {
  case bytes([UInt8])
  case missing
  /// A device or a pipe, whose end may never come.
  case notRegular
  case tooLarge
}
