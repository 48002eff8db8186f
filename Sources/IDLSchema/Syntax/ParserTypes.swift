internal import SchemaModel

/// Types where they are used.
extension Parser {
  /// `struct`, `enum`, … where a type is used: IDL 4 wants the declaration to stand by itself.
  mutating func refuseNestedDeclaration(_ what: String) throws(Failure) {
    let keywords = ["struct", "union", "enum", "bitmask", "bitset"]
    let keyword = current
    guard keyword.kind == .word, keywords.contains(keyword.spelling) else { return }
    findings.error(
      "syntax", keyword.place, "expected the type of \(what), found '\(keyword.spelling)'",
      resolution: "declare the \(keyword.spelling) first, then use its name")
    throw Failure()
  }

  mutating func typeSpecification() throws(Failure) -> TypeSyntax {
    try nested { parser throws(Failure) in
      let place = parser.current.place
      return TypeSyntax(form: try parser.typeForm(), place: place)
    }
  }

  private mutating func typeForm() throws(Failure) -> TypeSyntax.Form {
    let token = current
    guard token.kind == .word else {
      if token.isPunctuator("::") { return .named(try scopedName("the name of a type")) }
      throw fail("expected a type")
    }
    if let primitive = Self.singleWords[token.spelling] {
      advance()
      return .primitive(primitive)
    }
    switch token.spelling {
    case "long":
      advance()
      if takeWord("long") { return .primitive(.int64) }
      return .primitive(takeWord("double") ? .float128 : .int32)
    case "unsigned":
      advance()
      if takeWord("short") { return .primitive(.uint16) }
      guard takeWord("long") else { throw fail("expected 'short' or 'long' behind 'unsigned'") }
      return .primitive(takeWord("long") ? .uint64 : .uint32)
    case "string", "wstring":
      advance()
      return .string(
        wide: token.spelling == "wstring", bound: try bound("behind the string's bound", take("<")))
    case "sequence":
      advance()
      try expect("<", "and the elements' type")
      let annotations = try annotations()
      let element = try typeSpecification()
      return .sequence(
        element, annotations: annotations, bound: try closingBound("behind the sequence's type"))
    case "map":
      advance()
      try expect("<", "and the key's type")
      let key = try typeSpecification()
      try expect(",", "and the value's type")
      let value = try typeSpecification()
      return .map(key: key, value: value, bound: try closingBound("behind the map's types"))
    case "any":
      advance()
      return .unsupported("'any'")
    case "fixed":
      advance()
      if take("<") {
        _ = try expression(inBrackets: true)
        try expect(",", "and the scale")
        _ = try expression(inBrackets: true)
        try expect(">", "behind the scale")
      }
      return .unsupported("'fixed'")
    default:
      return .named(try scopedName("a type"))
    }
  }

  private mutating func bound(_ context: String, _ isThere: Bool) throws(Failure) -> Expression? {
    guard isThere else { return nil }
    let bound = try expression(inBrackets: true)
    try expect(">", context)
    return bound
  }

  /// `>` or `, bound>`
  private mutating func closingBound(_ context: String) throws(Failure) -> Expression? {
    let bound = take(",") ? try expression(inBrackets: true) : nil
    try expect(">", context)
    return bound
  }

  private static let singleWords: [String: Primitive] = [
    "boolean": .boolean, "octet": .uint8, "char": .character, "wchar": .wideCharacter, "short": .int16,
    "float": .float32, "double": .float64, "int8": .int8, "uint8": .uint8, "int16": .int16, "uint16": .uint16,
    "int32": .int32, "uint32": .uint32, "int64": .int64, "uint64": .uint64,
  ]
}
