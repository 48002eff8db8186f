internal import SchemaModel

/// Unions. Source: IDL 4.2, 7.4.1.4.4.4.2 and 7.4.13.4.1 (discriminators of the extended types).
extension Analysis {
  mutating func union(_ definition: Definition, _ syntax: UnionSyntax) {
    let applied = apply(definition.annotations, to: .union)
    _ = apply(syntax.discriminatorAnnotations, to: .discriminator)
    guard let placeholder = Optional(builder.primitive(.int32)),
      let id = begin(definition.name, .union(discriminator: placeholder, fields: 0..<0), announcedAs: .union)
    else { return }
    scopes.isInsideType = true
    defer { scopes.isInsideType = false }
    let discriminator = discriminator(syntax.discriminator)
    let wire = CDRTypeWire(extensibility: extensibility(applied) ?? options.extensibility)
    var members: [Member] = []
    var names: Set<String> = []
    var labels: Set<Int64> = []
    var fallback: SourcePlace?
    // The discriminator is member 0.
    var ids = MemberIDs(hashes: hashesIDs(applied), taken: [(0, "the discriminator")])
    if syntax.cases.isEmpty {
      findings.error("syntax", definition.name.place, "a union has one case at least")
    }
    for part in syntax.cases where !findings.isExhausted {
      let name = part.member.declarator.name
      if !names.insert(name.text.lowercased()).inserted {
        findings.error(
          "redefinition", name.place, "the member '\(name.text)' stands here twice, letters' case aside")
      }
      let values = discriminator.map { self.labels(part.labels, $0, &labels) } ?? []
      if let place = part.fallback {
        if fallback != nil { findings.error("duplicate-label", place, "a union has one default at most") }
        fallback = place
      }
      let applied = apply(part.member.annotations, to: .caseMember)
      guard var member = member(part.member, applied, &ids) else { continue }
      member.field.presence = .explicit
      member.wire.labels = values
      member.wire.isDefault = part.fallback != nil
      members.append(member)
    }
    guard let discriminator else { return failUnion(definition.name) }
    if let fallback, isExhaustive(discriminator, labels) {
      findings.error("duplicate-label", fallback, "the labels leave no value for 'default'")
    }
    complete(id, definition, applied, members, wire)
    builder[facts: id].values = 1
    builder.model.types[Int(id.rawValue)].shape = .union(
      discriminator: discriminator, fields: builder.append(members: members))
  }

  /// No follow-up errors where it is used.
  private mutating func failUnion(_ name: Name) {
    if let index = scopes.declared(name.text) { scopes[entity: index].kind = .failed }
  }

  private mutating func discriminator(_ syntax: TypeSyntax) -> TypeID? {
    guard let type = type(syntax, isCollected: false) else { return nil }
    switch builder.model[type].shape {
    case .primitive(let primitive, _)
    where primitive.integers != nil || [.boolean, .character, .wideCharacter].contains(primitive):
      return type
    case .enumeration: return type
    default:
      findings.error(
        "type-mismatch", syntax.place,
        "a discriminator is an integer, a character, a boolean or an enumeration")
      return nil
    }
  }

  private mutating func labels(
    _ expressions: [Expression], _ discriminator: TypeID, _ taken: inout Set<Int64>
  ) -> [Int64] {
    var result: [Int64] = []
    for expression in expressions {
      let label: Int64
      switch value(expression, for: discriminator) {
      case .integer(let value): label = Int64(truncatingIfNeeded: value)
      case .boolean(let value): label = value ? 1 : 0
      case .character(let value, _): label = Int64(value)
      case .enumerator(_, let number): label = Int64(number)
      default: continue
      }
      if !taken.insert(label).inserted {
        findings.error("duplicate-label", expression.place, "an earlier label has the same value")
      }
      result.append(label)
    }
    return result
  }

  private func isExhaustive(_ discriminator: TypeID, _ labels: Set<Int64>) -> Bool {
    switch builder.model[discriminator].shape {
    case .primitive(.boolean, _): labels.count == 2
    case .primitive(.int8, _), .primitive(.uint8, _), .primitive(.character, _): labels.count == 256
    case .enumeration(let range, _):
      builder.model.enumerators[range].allSatisfy { labels.contains(Int64($0.number)) }
    default: false
    }
  }
}
