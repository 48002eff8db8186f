/// Annotations: their uses and declarations (IDL 4.2, 7.4.15).
extension Parser {
  mutating func annotations() throws(Failure) -> [Annotation] {
    var result: [Annotation] = []
    while current.isPunctuator("@") {
      advance()
      result.append(try annotation())
    }
    return result
  }

  private mutating func annotation() throws(Failure) -> Annotation {
    // `@default` is an annotation whose name is a keyword.
    let word = current
    var annotation: Annotation
    if word.kind == .word, Keywords.all.contains(word.spelling) {
      advance()
      let name = Name(text: word.spelling, place: word.place)
      annotation = Annotation(name: ScopedName(isAbsolute: false, parts: [name], place: word.place))
    } else {
      annotation = Annotation(name: try annotationName())
    }
    guard take("(") else { return annotation }
    if take(")") { return annotation }
    if current.kind == .word, next.isPunctuator("=") {
      repeat {
        let name = Name(text: current.spelling, place: current.place)
        guard current.kind == .word else { throw fail("expected the name of a parameter") }
        advance()
        try expect("=", "and a value")
        annotation.parameters.append((name, try expression()))
      } while take(",")
    } else {
      annotation.positional = try expression()
    }
    try expect(")", "behind the annotation's value")
    return annotation
  }

  /// Names of annotations do not collide with keywords: `@Default`, `@Any`.
  private mutating func annotationName() throws(Failure) -> ScopedName {
    let place = current.place
    let isAbsolute = take("::")
    var parts: [Name] = []
    repeat {
      guard current.kind == .word else { throw fail("expected the name of an annotation") }
      parts.append(Name(text: current.spelling, place: current.place))
      advance()
    } while take("::")
    return ScopedName(isAbsolute: isAbsolute, parts: parts, place: place)
  }

  /// `@annotation name { long value default 1; enum K { A }; };`
  mutating func annotationDeclaration(_ documentation: String) throws(Failure) -> Definition {
    advance()
    advance()
    let name = try identifier("the annotation's name")
    try expect("{", "and the annotation's members")
    var members: [AnnotationMemberSyntax] = []
    var definitions: [Definition] = []
    while !current.isPunctuator("}"), current.kind != .end, !findings.isExhausted {
      let start = index
      do throws(Failure) {
        if ["enum", "bitmask", "typedef", "const"].contains(where: current.isWord) {
          try definition(into: &definitions)
        } else {
          members.append(try annotationMember())
        }
      } catch {
        recover(from: start)
      }
    }
    try expect("}", "behind the annotation's members")
    return Definition(
      name: name, annotations: [], documentation: documentation, body: .annotation(members, definitions))
  }

  private mutating func annotationMember() throws(Failure) -> AnnotationMemberSyntax {
    // A member of type `any` takes every value.
    let type = takeWord("any") ? nil : try typeSpecification()
    let name: Name
    if current.kind == .word, current.spelling != "default" {
      name = Name(text: current.spelling, place: current.place)
      advance()
    } else {
      throw fail("expected the member's name")
    }
    let fallback = takeWord("default") ? try expression() : nil
    try expect(";", "behind the member")
    return AnnotationMemberSyntax(name: name, type: type, fallback: fallback)
  }
}
