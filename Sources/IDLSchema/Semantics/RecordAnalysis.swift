internal import SchemaModel

/// Structs and exceptions. Source: IDL 4.2, 7.4.1.4.4.4 and 7.4.13.4.2; ids of members: DDS-XTypes 1.3, 7.3.1.2.1.
extension Analysis {
  mutating func structure(_ definition: Definition, _ base: ScopedName?, _ members: [MemberSyntax]) {
    let applied = apply(definition.annotations, to: .record)
    guard let id = begin(definition.name, .record(fields: 0..<0), announcedAs: .structure) else { return }
    var extensibility = extensibility(applied)
    let base = base.flatMap { baseType($0, isBitset: false) }
    if let baseID = base {
      builder[facts: id].depth = builder[facts: baseID].depth + 1
      let outer = builder.wire.types[Int(baseID.rawValue)].extensibility
      if let stated = extensibility, stated != outer {
        findings.error(
          "bad-annotation", definition.name.place,
          "'\(definition.name.text)' is \(stated) but its base is \(outer)",
          resolution: "a struct has the extensibility of its base (XTypes 1.3, 7.2.2.4.5)")
      }
      extensibility = outer
    }
    let wire = CDRTypeWire(extensibility: extensibility ?? options.extensibility)
    record(id, definition, applied, base, members, wire)
  }

  mutating func exception(_ definition: Definition, _ members: [MemberSyntax]) {
    let applied = apply(definition.annotations, to: .record)
    guard let id = begin(definition.name, .record(fields: 0..<0), announcedAs: nil) else { return }
    builder[facts: id].isException = true
    let wire = CDRTypeWire(extensibility: extensibility(applied) ?? options.extensibility)
    record(id, definition, applied, nil, members, wire)
  }

  private mutating func record(
    _ id: TypeID, _ definition: Definition, _ applied: AppliedAnnotations, _ base: TypeID?,
    _ syntax: [MemberSyntax], _ wire: CDRTypeWire
  ) {
    // Before those of the base are copied.
    let count = builder.model.fields.count + (base.map { builder.memberCount(of: $0) } ?? 0) + syntax.count
    if count > options.limits.members {
      findings.error(
        "limit-exceeded", definition.name.place, "more than \(options.limits.members) members in all types")
      return complete(id, definition, applied, [], wire)
    }
    let inherited = base.map { builder.members(of: $0) } ?? []
    scopes.isInsideType = true
    defer { scopes.isInsideType = false }
    var members = inherited
    var names = Set(inherited.map { $0.field.name.lowercased() })
    var ids = MemberIDs(
      hashes: hashesIDs(applied), taken: inherited.map { ($0.wire.memberID, $0.field.name) })
    for member in syntax where !findings.isExhausted {
      let name = member.declarator.name
      if !names.insert(name.text.lowercased()).inserted {
        findings.error(
          "redefinition", name.place, "the member '\(name.text)' stands here twice, letters' case aside")
      }
      let applied = apply(member.annotations, to: .member)
      if let new = self.member(member, applied, &ids) { members.append(new) }
    }
    complete(id, definition, applied, members, wire)
    builder.model.types[Int(id.rawValue)].shape = .record(fields: builder.append(members: members))
  }

  /// What a record or union is once its members are known.
  mutating func complete(
    _ id: TypeID, _ definition: Definition, _ applied: AppliedAnnotations, _ members: [Member],
    _ wire: CDRTypeWire
  ) {
    builder.wire.types[Int(id.rawValue)] = wire
    builder.model.types[Int(id.rawValue)].documentation = documentation(definition.documentation, applied)
    var facts = builder[facts: id]
    facts.isComplete = true
    facts.annotations = applied.kept
    facts.depth = max(facts.depth, 1 + (members.map { builder[facts: $0.field.type].depth }.max() ?? 0))
    facts.values = members.filter { !$0.wire.isOptional }.reduce(0) { sum, member in
      let (values, overflow) = sum.addingReportingOverflow(builder[facts: member.field.type].values)
      return overflow ? .max : values
    }
    builder[facts: id] = facts
    _ = checked(id, definition.name.place)
  }

  /// The comment, and what `@verbatim` adds to it.
  func documentation(_ comment: String, _ applied: AppliedAnnotations) -> String {
    let texts = applied.kept.filter { $0.name == "verbatim" }.compactMap { $0["text"] }
    return ([comment] + texts).filter { !$0.isEmpty }.joined(separator: "\n")
  }

  mutating func baseType(_ name: ScopedName, isBitset: Bool) -> TypeID? {
    guard let index = resolve(name) else { return nil }
    if case .failed = scopes[entity: index].kind { return nil }
    if case .type(let id) = scopes[entity: index].kind, !builder[facts: id].isException {
      guard builder[facts: id].isComplete else {
        findings.error("incomplete-type", name.place, "'\(name.text)' is not defined yet")
        return nil
      }
      switch builder.model[id].shape {
      case .record where !isBitset, .bitset where isBitset: return id
      default: break
      }
    }
    findings.error("type-mismatch", name.place, "'\(name.text)' is no \(isBitset ? "bitset" : "struct")")
    return nil
  }

  /// What the annotations say; nil when they say nothing.
  mutating func extensibility(_ applied: AppliedAnnotations) -> CDRExtensibility? {
    var stated: [CDRExtensibility] = []
    if applied["final"] != nil { stated.append(.final) }
    if applied["appendable"] != nil { stated.append(.appendable) }
    if applied["mutable"] != nil { stated.append(.mutable) }
    switch word(applied, "extensibility", among: ["FINAL", "APPENDABLE", "MUTABLE"]) {
    case "FINAL": stated.append(.final)
    case "APPENDABLE": stated.append(.appendable)
    case "MUTABLE": stated.append(.mutable)
    default: break
    }
    if stated.count > 1 {
      let place = ["final", "appendable", "mutable", "extensibility"].compactMap { applied[$0]?.place }.last
      if let place {
        findings.error("bad-annotation", place, "more than one annotation says the extensibility")
      }
    }
    return stated.first
  }
}
