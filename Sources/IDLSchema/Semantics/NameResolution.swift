internal import SchemaModel

/// Names to what they mean. Source: IDL 4.2, 7.5.
extension Analysis {
  /// What a name refers to; nil after a diagnostic.
  mutating func resolve(_ name: ScopedName) -> Int? {
    var index: Int?
    for (position, part) in name.parts.enumerated() {
      let found: Scopes.Found
      if position == 0 {
        found = scopes.find(part.text, absolute: name.isAbsolute)
      } else if let outer = index, let scope = scopes[entity: outer].scope {
        found = scopes.find(part.text, in: scope)
      } else {
        if let index, case .failed = scopes[entity: index].kind { return nil }
        findings.error(
          "unknown-name", part.place, "nothing stands inside of '\(name.parts[position - 1].text)'")
        return nil
      }
      switch found {
      case .entity(let entity):
        if position == 0, !name.isAbsolute { scopes.introduce(part) }
        index = entity
      case .otherCase(let spelling):
        findings.error(
          "case-mismatch", part.place, "'\(part.text)' is spelled '\(spelling)' where it is defined")
        return nil
      case .ambiguous:
        findings.error("ambiguous-name", part.place, "several bases define '\(part.text)'")
        return nil
      case .nothing:
        let known = scopes
        let inside = index.flatMap { known[entity: $0].scope }
        findings.error(
          "unknown-name", part.place, "unknown name '\(name.text.prefix(200))'",
          resolution: EditDistance.nearest(to: part.text, among: known.suggestions(in: inside)).map {
            "did you mean '\($0)'?"
          })
        return nil
      }
    }
    return index
  }

  /// The same without diagnostics.
  func lookUp(_ name: ScopedName) -> Int? {
    var index: Int?
    for (position, part) in name.parts.enumerated() {
      let scope = index.flatMap { scopes[entity: $0].scope }
      let found: Scopes.Found =
        position == 0
        ? scopes.find(part.text, absolute: name.isAbsolute)
        : scope.map { scopes.find(part.text, in: $0) } ?? .nothing
      guard case .entity(let entity) = found else { return nil }
      index = entity
    }
    return index
  }

  /// What a typedef that a type names says about values; of its arrays, whose elements are the values, nothing.
  func aliasFacts(_ syntax: TypeSyntax, _ declarator: Declarator) -> ValueFacts {
    guard declarator.dimensions.isEmpty, case .named(let name) = syntax.form, let index = lookUp(name) else {
      return ValueFacts()
    }
    return scopes[entity: index].alias
  }
}
