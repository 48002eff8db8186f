/// Unions and forward declarations of them.
extension Parser {
  mutating func union(_ make: (Name, Definition.Body) -> Definition) throws(Failure) -> Definition {
    advance()
    let name = try identifier("the union's name")
    if current.isPunctuator(";") { return make(name, .forward(.union)) }
    if !takeWord("switch") { throw fail("expected 'switch'") }
    try expect("(", "and the discriminator's type")
    let annotations = try annotations()
    try refuseNestedDeclaration("a discriminator")
    let type = try typeSpecification()
    try expect(")", "behind the discriminator's type")
    try expect("{", "and the cases")
    var cases: [UnionSyntax.Case] = []
    while !current.isPunctuator("}"), current.kind != .end, !findings.isExhausted {
      let start = index
      do throws(Failure) {
        cases.append(try unionCase())
      } catch {
        recover(from: start)
      }
    }
    try expect("}", "behind the cases")
    return make(
      name, .union(UnionSyntax(discriminator: type, discriminatorAnnotations: annotations, cases: cases)))
  }

  private mutating func unionCase() throws(Failure) -> UnionSyntax.Case {
    let leading = leadingComment
    var labels: [Expression] = []
    var fallback: SourcePlace?
    while true {
      let place = current.place
      if takeWord("case") {
        labels.append(try expression())
      } else if takeWord("default") {
        if fallback != nil { findings.error("duplicate-label", place, "'default' stands here twice") }
        fallback = place
      } else {
        break
      }
      try expect(":", "behind the label")
    }
    if labels.isEmpty, fallback == nil { throw fail("expected 'case' or 'default'") }
    let inner = leadingComment
    let annotations = try annotations()
    try refuseNestedDeclaration("a case")
    let type = try typeSpecification()
    let declarators = try declarators()
    if declarators.count > 1 {
      findings.error("syntax", declarators[1].name.place, "a case has one member")
    }
    try expect(";", "behind the member")
    let member = MemberSyntax(
      annotations: annotations, documentation: comment(leading.isEmpty ? inner : leading), type: type,
      declarator: declarators[0])
    return UnionSyntax.Case(labels: labels, fallback: fallback, member: member)
  }
}
