// The grammar of google/api/http.proto, "Path template syntax":
//
//   Template  = "/" [ Segments [ Verb ] ]
//   Segments  = Segment { "/" Segment }
//   Segment   = "*" | "**" | LITERAL | Variable
//   Variable  = "{" FieldPath [ "=" Segments ] "}"
//   FieldPath = IDENT { "." IDENT }
//   Verb      = ":" LITERAL
//
// LITERAL is what stands in a path without percent-encoding (RFC 3986 `pchar` without ":", "*" and "%").
// Beyond the grammar: a variable holds no variable, `**` is the last segment, no field is bound twice. The
// empty path "/" is ours; http.proto has no form for it.

/// What is wrong with a template, and where.
package struct PathTemplateError: Error, Sendable, Equatable {
  /// Counts from 1, in bytes of the template.
  package var column: Int
  /// Without a full stop: `expected a field name`.
  package var reason: String
}

extension PathTemplate {
  package init(parsing text: String) throws(PathTemplateError) {
    var parser = PathTemplateParser(text: Array(text.utf8))
    self = try parser.template()
  }
}

private struct PathTemplateParser {
  let text: [UInt8]
  var position = 0
  var segments: [PathTemplate.Segment] = []
  var variables: [PathTemplate.Variable] = []

  mutating func template() throws(PathTemplateError) -> PathTemplate {
    try expect("/", "a path starts with '/'")
    if position == text.count {
      return PathTemplate(segments: [.literal("")], variables: [], verb: nil)
    }
    try parseSegments(inVariable: false)
    var verb: String?
    if take(":") {
      verb = literal()
      if verb == nil { throw error("expected a verb after ':'") }
    }
    if position < text.count { throw error(unexpected()) }
    return PathTemplate(segments: segments, variables: variables, verb: verb)
  }

  private mutating func parseSegments(inVariable: Bool) throws(PathTemplateError) {
    repeat {
      if segments.last == .rest { throw error("'**' must be the last segment") }
      if segments.count == PathTemplate.maxSegments {
        throw error("a path has at most \(PathTemplate.maxSegments) segments")
      }
      try segment(inVariable: inVariable)
    } while take("/")
  }

  private mutating func segment(inVariable: Bool) throws(PathTemplateError) {
    if peek == UInt8(ascii: "{") {
      if inVariable { throw error("a variable cannot hold another one") }
      position += 1
      try variable()
    } else if take("*") {
      segments.append(take("*") ? .rest : .any)
    } else if let literal = literal() {
      segments.append(.literal(literal))
    } else {
      switch peek {
      case nil, UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "}"): throw error("expected a segment")
      default: throw error(unexpected())
      }
    }
  }

  private mutating func variable() throws(PathTemplateError) {
    let column = position + 1
    var names = [try identifier()]
    while take(".") { names.append(try identifier()) }
    if variables.contains(where: { $0.fieldPath == names }) {
      throw PathTemplateError(
        column: column, reason: "'\(names.joined(separator: "."))' is bound twice")
    }
    let first = segments.count
    let abbreviated = !take("=")
    if abbreviated {
      segments.append(.any)
    } else {
      try parseSegments(inVariable: true)
    }
    try expect("}", "expected '}' at the end of a variable")
    variables.append(
      PathTemplate.Variable(
        fieldPath: names, segments: first..<segments.count, abbreviated: abbreviated, column: column))
  }

  private mutating func identifier() throws(PathTemplateError) -> String {
    let start = position
    while let byte = peek, isIdentifier(byte, first: position == start) { position += 1 }
    if position == start { throw error("expected a field name") }
    return String(decoding: text[start..<position], as: UTF8.self)
  }

  private mutating func literal() -> String? {
    let start = position
    while let byte = peek, isLiteral(byte) { position += 1 }
    return position == start ? nil : String(decoding: text[start..<position], as: UTF8.self)
  }

  // MARK: Bytes

  private var peek: UInt8? { position < text.count ? text[position] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar, _ reason: String) throws(PathTemplateError) {
    if !take(character) { throw error(reason) }
  }

  private func error(_ reason: String) -> PathTemplateError {
    PathTemplateError(column: position + 1, reason: reason)
  }

  private func unexpected() -> String {
    guard let byte = peek else { return "the path ends too early" }
    switch byte {
    case UInt8(ascii: "%"): return "write literals without percent-encoding"
    case UInt8(ascii: "*"): return "'*' must be a whole segment"
    case UInt8(ascii: "{"), UInt8(ascii: "}"): return "a variable must be a whole segment"
    case UInt8(ascii: ":"): return "a path has one verb"
    case UInt8(ascii: "/"): return "a verb must end the path"
    case _ where isLiteral(byte): return "a segment ends here"
    case 0x21...0x7E: return "'\(Character(Unicode.Scalar(byte)))' cannot stand in a path"
    default: return "a path is made of visible ASCII characters"
    }
  }

  private func isIdentifier(_ byte: UInt8, first: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): !first
    default: false
    }
  }

  private func isLiteral(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "!"),
      UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"),
      UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="), UInt8(ascii: "@"):
      true
    default: false
    }
  }
}
