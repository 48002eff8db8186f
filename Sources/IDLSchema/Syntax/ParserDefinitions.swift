/// Modules and what stands in them.
extension Parser {
  /// What surrounds a definition decides what may be defined.
  enum Surroundings { case module, interface, annotation }

  /// Definitions up to `}` or the end.
  mutating func definitions(into result: inout [Definition], allowed: Surroundings) {
    while current.kind != .end, !current.isPunctuator("}"), !findings.isExhausted {
      let start = index
      do throws(Failure) {
        try definition(into: &result)
      } catch {
        recover(from: start)
      }
    }
  }

  mutating func definition(into result: inout [Definition]) throws(Failure) {
    if current.isPunctuator(";") {
      findings.error("syntax", current.place, "expected a definition, found ';'")
      advance()
      return
    }
    let leading = leadingComment
    if current.isPunctuator("@"), next.isWord("annotation") {
      result.append(try annotationDeclaration(leading))
      return try expect(";", "behind the annotation")
    }
    let annotations = try annotations()
    let first = result.count
    try definition(annotations, leading, into: &result)
    try expect(";", "behind the definition")
    // A comment behind is only then one for the definition when that is on one line.
    if result.count == first + 1 { result[first].documentation = comment(leading) }
  }

  private mutating func definition(
    _ annotations: [Annotation], _ documentation: String, into result: inout [Definition]
  ) throws(Failure) {
    func make(_ name: Name, _ body: Definition.Body) -> Definition {
      Definition(name: name, annotations: annotations, documentation: documentation, body: body)
    }
    let keyword = current
    guard keyword.kind == .word else { throw fail("expected a definition") }
    switch keyword.spelling {
    case "module":
      advance()
      let name = try identifier("the module's name")
      result.append(make(name, .module(try nested { parser throws(Failure) in try parser.moduleBody() })))
    case "struct": result.append(try structure(make))
    case "union": result.append(try union(make))
    case "exception":
      advance()
      let name = try identifier("the exception's name")
      result.append(make(name, .exception(try memberBody())))
    case "enum":
      advance()
      let name = try identifier("the enumeration's name")
      result.append(make(name, .enumeration(try enumerators())))
    case "bitmask":
      advance()
      let name = try identifier("the bitmask's name")
      result.append(make(name, .bitmask(try enumerators())))
    case "bitset": result.append(try bitset(make))
    case "typedef":
      advance()
      try refuseNestedDeclaration("a typedef")
      let type = try typeSpecification()
      for declarator in try declarators() { result.append(make(declarator.name, .typedef(type, declarator))) }
    case "const":
      advance()
      let type = try typeSpecification()
      let name = try identifier("the constant's name")
      try expect("=", "and a value")
      result.append(make(name, .constant(type, try expression())))
    case "interface": result.append(try interface(make))
    case "local", "abstract", "custom": throw refuse(keyword.place, "'\(keyword.spelling)'")
    case "native", "valuetype", "eventtype", "component", "home", "import", "typeid", "typeprefix",
      "porttype",
      "connector", "primarykey":
      throw refuse(keyword.place, "'\(keyword.spelling)'")
    default: throw fail("expected a definition")
    }
  }

  private mutating func moduleBody() throws(Failure) -> [Definition] {
    try expect("{", "and the module's definitions")
    var result: [Definition] = []
    definitions(into: &result, allowed: .module)
    try expect("}", "at the end of the module")
    return result
  }

  /// The base of a struct or bitset, if it has one; more than one is an error.
  private mutating func base(_ what: String) throws(Failure) -> ScopedName? {
    guard take(":") else { return nil }
    let name = try scopedName("the name of a \(what)")
    if current.isPunctuator(",") { throw fail("expected '{': a \(what) has one base at most") }
    return name
  }

  private mutating func structure(_ make: (Name, Definition.Body) -> Definition) throws(Failure) -> Definition
  {
    advance()
    let name = try identifier("the struct's name")
    if current.isPunctuator(";") { return make(name, .forward(.structure)) }
    let base = try base("struct")
    return make(name, .structure(base: base, try memberBody()))
  }

  /// `{ long a; string b, c; }`
  mutating func memberBody() throws(Failure) -> [MemberSyntax] {
    try expect("{", "and the members")
    var members: [MemberSyntax] = []
    while !current.isPunctuator("}"), current.kind != .end, !findings.isExhausted {
      let start = index
      do throws(Failure) {
        let leading = leadingComment
        let annotations = try annotations()
        try refuseNestedDeclaration("a member")
        let type = try typeSpecification()
        let declarators = try declarators()
        try expect(";", "behind the member")
        let documentation = comment(leading)
        for declarator in declarators {
          members.append(
            MemberSyntax(
              annotations: annotations, documentation: documentation, type: type, declarator: declarator))
        }
      } catch {
        recover(from: start)
      }
    }
    try expect("}", "behind the members")
    return members
  }

  mutating func declarators() throws(Failure) -> [Declarator] {
    var result: [Declarator] = []
    repeat {
      // Annotations may stand before each declarator; those of this position change nothing that CDR needs.
      _ = try annotations()
      var declarator = Declarator(name: try identifier("a name"))
      while take("[") {
        declarator.dimensions.append(try expression())
        try expect("]", "behind the dimension")
      }
      result.append(declarator)
    } while take(",")
    return result
  }

  /// `{ A, B }`; a comma behind the last is read past.
  private mutating func enumerators() throws(Failure) -> [EnumeratorSyntax] {
    try expect("{", "and the names")
    var result: [EnumeratorSyntax] = []
    var isFirst = true
    repeat {
      if !isFirst, current.isPunctuator("}") { break }
      isFirst = false
      do throws(Failure) {
        result.append(try enumerator())
      } catch {
        while current.kind != .end, !current.isPunctuator(","), !current.isPunctuator("}") { advance() }
      }
    } while take(",")
    try expect("}", "behind the names")
    return result
  }

  private mutating func enumerator() throws(Failure) -> EnumeratorSyntax {
    let leading = leadingComment
    let annotations = try annotations()
    let name = try identifier("a name")
    if current.isPunctuator("=") {
      findings.error(
        "syntax", current.place, "expected ',' or '}', found '='",
        resolution: "write @value(n) before the name")
      throw Failure()
    }
    if !current.isPunctuator(",") && !current.isPunctuator("}") { throw fail("expected ',' or '}'") }
    let documentation = comment(
      leading, behind: current.isPunctuator(",") ? [current, previous] : [previous])
    return EnumeratorSyntax(name: name, annotations: annotations, documentation: documentation)
  }

  private mutating func bitset(_ make: (Name, Definition.Body) -> Definition) throws(Failure) -> Definition {
    advance()
    let name = try identifier("the bitset's name")
    let base = try base("bitset")
    try expect("{", "and the bit fields")
    if base == nil, current.isPunctuator("}") { _ = refuse(name.place, "a bitset without bit fields") }
    var fields: [BitfieldSyntax] = []
    while !current.isPunctuator("}"), current.kind != .end, !findings.isExhausted {
      let start = index
      do throws(Failure) { try bitfield(into: &fields) } catch { recover(from: start) }
    }
    try expect("}", "behind the bit fields")
    return make(name, .bitset(base: base, fields))
  }

  private mutating func bitfield(into fields: inout [BitfieldSyntax]) throws(Failure) {
    let leading = leadingComment
    let annotations = try annotations()
    let place = current.place
    if !takeWord("bitfield") { throw fail("expected 'bitfield'") }
    try expect("<", "and the number of bits")
    let width = try expression(inBrackets: true)
    let type = take(",") ? try typeSpecification() : nil
    try expect(">", "behind the bit field's width")
    var names: [Name] = []
    while current.kind == .word {
      names.append(try identifier("a name"))
      _ = take(",")
    }
    try expect(";", "behind the bit field")
    let documentation = comment(leading)
    for name in names.isEmpty ? [nil] : names.map(Optional.some) {
      fields.append(
        BitfieldSyntax(
          name: name, annotations: annotations, documentation: documentation, width: width, type: type,
          place: place))
    }
  }
}
