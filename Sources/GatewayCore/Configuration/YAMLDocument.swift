internal import SchemaModel
internal import Yams

/// Turns the text of a file into `RawNode`s. The only file that knows the YAML library.
struct YAMLDocument {
  /// Most bytes of a configuration file.
  static let maxBytes = 1 << 20
  /// Most values, aliases counted as often as they are used.
  static let maxNodes = 100_000
  /// Most levels of lists and mappings.
  static let maxDepth = 64

  private let file: String
  private let lines: [Substring]
  private var substitution: EnvironmentSubstitution
  private var nodes = 0

  /// Nil after a diagnostic; also when a substitution fails, once all have been tried.
  static func read(
    _ text: String, file: String, environment: [String: String], diagnostics: inout Diagnostics
  ) -> RawNode? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var document = YAMLDocument(
      file: file, lines: lines, substitution: EnvironmentSubstitution(environment: environment))
    guard document.checkNesting(diagnostics: &diagnostics) else { return nil }
    do {
      guard let root = try Yams.compose(yaml: text, .basic, .default, .utf8) else {
        return RawNode(
          content: .scalar("", plain: true), location: SourceLocation(file: file, line: 1, column: 1))
      }
      return document.convert(root, depth: 0, diagnostics: &diagnostics)
    } catch {
      document.report(error, diagnostics: &diagnostics)
      return nil
    }
  }

  // MARK: Nodes

  private mutating func convert(_ node: Node, depth: Int, diagnostics: inout Diagnostics) -> RawNode? {
    let location = location(node.mark)
    nodes += 1
    if nodes > Self.maxNodes || depth > Self.maxDepth {
      if nodes <= Self.maxNodes + 1 {
        diagnostics.error(
          "too-large", at: location,
          "a configuration has at most \(Self.maxNodes) values and \(Self.maxDepth) levels, "
            + "anchors expanded")
        nodes = Self.maxNodes + 1
      }
      return nil
    }
    switch node {
    case .scalar(let scalar):
      let text = substitution.apply(to: scalar.string, at: location, diagnostics: &diagnostics)
      return RawNode(
        content: text.map { .scalar($0, plain: scalar.style == .plain) } ?? .broken, location: location)
    case .sequence(let sequence):
      var elements: [RawNode] = []
      for element in sequence {
        guard let element = convert(element, depth: depth + 1, diagnostics: &diagnostics) else { return nil }
        elements.append(element)
      }
      return RawNode(content: .list(elements), location: location)
    case .mapping(let mapping):
      var entries: [(key: Located, value: RawNode)] = []
      for (key, value) in mapping {
        guard case .scalar(let name) = key else {
          diagnostics.error("wrong-type", at: self.location(key.mark), "a key is a single word")
          continue
        }
        guard let value = convert(value, depth: depth + 1, diagnostics: &diagnostics) else { return nil }
        entries.append((key: Located(name.string, at: self.location(name.mark)), value: value))
      }
      return RawNode(content: .mapping(entries), location: location)
    case .alias:
      // `compose` has put what the anchor names in its place.
      return nil
    }
  }

  // MARK: Places

  /// The library counts columns in Unicode scalars, we count bytes.
  private func location(_ mark: Mark?) -> SourceLocation {
    guard let mark, mark.line >= 1, mark.line <= lines.count else { return SourceLocation(file: file) }
    let before = lines[mark.line - 1].unicodeScalars.prefix(max(0, mark.column - 1))
    let bytes = before.reduce(0) { $0 + UTF8.width($1) }
    return SourceLocation(file: file, line: mark.line, column: bytes + 1)
  }

  private func report(_ error: any Error, diagnostics: inout Diagnostics) {
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let clause = context.map { "\($0.text): " } ?? ""
      diagnostics.error("yaml-syntax", at: location(mark), clause + problem)
    case .duplicatedKeysInMapping(let names, let context):
      for name in names {
        let first = location(context.mark)
        diagnostics.error(
          "duplicate-key", at: second(name, after: first) ?? first,
          "key '\(name)' stands twice in one mapping")
      }
    case .reader(let problem, let offset, _, let text):
      let before = text.prefix(offset ?? 0)
      let line = 1 + before.utf8.count { $0 == UInt8(ascii: "\n") }
      let column = 1 + before.utf8.reversed().prefix { $0 != UInt8(ascii: "\n") }.count
      diagnostics.error("yaml-syntax", at: SourceLocation(file: file, line: line, column: column), problem)
    default:
      diagnostics.error("yaml-syntax", at: SourceLocation(file: file), "not readable as YAML: \(error)")
    }
  }

  /// The library tells only where a key stands first; the next one in its column is the one to remove.
  private func second(_ name: String, after first: SourceLocation) -> SourceLocation? {
    let indent = String(repeating: " ", count: max(0, first.column - 1))
    for number in max(0, first.line)..<max(first.line, lines.count)
    where lines[number].hasPrefix(indent + name + ":") {
      return SourceLocation(file: file, line: number + 1, column: first.column)
    }
    return nil
  }

  /// The library recurses once a level. This estimate, which takes brackets in quotes for real ones, keeps what
  /// was nested by mistake or by a generator from using up the stack; whoever writes the file may also name the
  /// program that is run (`protoc`), so it need not stand up to an attack.
  private func checkNesting(diagnostics: inout Diagnostics) -> Bool {
    var depth = 0
    for (index, line) in lines.enumerated() {
      var indicators = 0
      var leading = true
      for byte in line.utf8 {
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
        case UInt8(ascii: "-"), UInt8(ascii: "?"): indicators += leading ? 1 : 0
        case UInt8(ascii: " "): break
        default: leading = false
        }
        if depth + indicators > 4 * Self.maxDepth {
          diagnostics.error(
            "too-large", at: SourceLocation(file: file, line: index + 1),
            "a configuration has at most \(Self.maxDepth) levels")
          return false
        }
      }
    }
    return true
  }
}
