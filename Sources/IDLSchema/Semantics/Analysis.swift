internal import SchemaModel

/// Gives the syntax tree its meaning, definition by definition in their order: a name must be declared before it is used.
struct Analysis {
  let options: IDLOptions
  var findings: Findings
  var builder = SchemaBuilder()
  var scopes = Scopes()
  var interfaces: [IDLInterface] = []
  /// Of each interface: what its own operations and attributes are called, in lower case.
  var operationNames: [Set<String>] = []
  /// For labels that name an enumerator without its scope.
  var enumeratorNumbers: [TypeID: [String: Int32]] = [:]
  /// Counts the files that were asked for.
  private(set) var unit = 0
  /// What was announced and is not defined yet.
  private var announced: [Int: Definition.ForwardKind] = [:]
  private(set) var locations: [TypeID: SourceLocation] = [:]
  /// `@autoid` of the modules around.
  private var hashesMemberIDs = false

  init(options: IDLOptions, findings: Findings) {
    self.options = options
    self.findings = findings
  }

  var schema: IDLSchema {
    let named = locations.keys.filter { !builder[facts: $0].annotations.isEmpty }
    return IDLSchema(
      model: builder.model, wire: builder.wire, interfaces: interfaces,
      annotations: Dictionary(uniqueKeysWithValues: named.map { ($0, builder[facts: $0].annotations) }),
      locations: locations,
      exceptions: Set(locations.keys.filter { builder[facts: $0].isException }))
  }

  /// One file and what it includes.
  mutating func run(_ definitions: [Definition]) {
    unit += 1
    define(definitions)
  }

  mutating func finish() {
    for (index, kind) in announced.sorted(by: { $0.key < $1.key }) {
      let entity = scopes[entity: index]
      findings.error(
        "undefined", entity.place, "\(kind.rawValue) '\(entity.qualifiedName)' is announced but not defined")
    }
  }

  mutating func define(_ definitions: [Definition]) {
    for definition in definitions where !findings.isExhausted { define(definition) }
  }

  private mutating func define(_ definition: Definition) {
    switch definition.body {
    case .module(let inner): module(definition, inner)
    case .structure(let base, let members): structure(definition, base, members)
    case .exception(let members): exception(definition, members)
    case .union(let union): self.union(definition, union)
    case .enumeration(let names): enumeration(definition, names)
    case .bitmask(let names): bitmask(definition, names)
    case .bitset(let base, let fields): bitset(definition, base, fields)
    case .typedef(let type, let declarator): typedef(definition, type, declarator)
    case .constant(let type, let value): constant(definition, type, value)
    case .interface(let body): interface(definition, body)
    case .annotation(let members, let inner): annotation(definition, members, inner)
    case .forward(let kind): announce(definition, kind)
    }
  }

  private mutating func module(_ definition: Definition, _ inner: [Definition]) {
    let applied = apply(definition.annotations, to: .module)
    let index: Int
    if let known = scopes.declared(definition.name.text), case .module = scopes[entity: known].kind,
      scopes[entity: known].name == definition.name.text
    {
      index = known
    } else if let new = declare(definition.name, .module) {
      index = new
    } else {
      return
    }
    let outer = scopes.enter(index)
    let hashed = hashesMemberIDs
    hashesMemberIDs = hashesIDs(applied)
    define(inner)
    hashesMemberIDs = hashed
    scopes.leave(to: outer)
  }

  /// `@autoid`: what it says here, else what the modules around say.
  mutating func hashesIDs(_ applied: AppliedAnnotations) -> Bool {
    guard let use = applied["autoid"] else { return hashesMemberIDs }
    if use.values.isEmpty { return true }
    return word(applied, "autoid", among: ["SEQUENTIAL", "HASH"]) == "HASH"
  }

  private mutating func typedef(_ definition: Definition, _ syntax: TypeSyntax, _ declarator: Declarator) {
    let applied = apply(definition.annotations, to: .typedef)
    let plain = type(syntax, isCollected: false).flatMap { array($0, declarator.dimensions) }
    let type = plain.map { limited($0, applied) }
    guard let index = declare(definition.name, type.map { .type($0) } ?? .failed), let type else { return }
    scopes[entity: index].alias = valueFacts(applied, type, inherited: aliasFacts(syntax, declarator))
  }

  private mutating func constant(_ definition: Definition, _ syntax: TypeSyntax, _ expression: Expression) {
    _ = apply(definition.annotations, to: .constant)
    let constant = type(syntax, isCollected: false).flatMap { value(expression, for: $0) }
    _ = declare(definition.name, constant.map { .constant($0) } ?? .failed)
  }

  private mutating func annotation(
    _ definition: Definition, _ members: [AnnotationMemberSyntax], _ inner: [Definition]
  ) {
    var rule = AnnotationRule(parameters: members.map(\.name.text))
    rule.required = Set(members.filter { $0.fallback == nil }.map(\.name.text))
    guard let index = declare(definition.name, .annotation(rule)) else { return }
    let outer = scopes.enter(index)
    define(inner)
    var seen: Set<String> = []
    for member in members {
      if !seen.insert(member.name.text.lowercased()).inserted {
        findings.error("redefinition", member.name.place, "'\(member.name.text)' stands here twice")
      }
      guard let syntax = member.type, let type = type(syntax, isCollected: false) else { continue }
      if let fallback = member.fallback { _ = value(fallback, for: type) }
    }
    scopes.leave(to: outer)
  }

  // MARK: Declaring

  /// Makes a name known in the current scope; nil when it is taken, or when the same text was read before.
  mutating func declare(_ name: Name, _ kind: Entity.Kind) -> Int? {
    guard let index = scopes.declared(name.text) else {
      if let use = scopes.introduction(of: name.text) {
        findings.error(
          "redefinition", name.place,
          "'\(name.text)' was used here with its meaning from outside, at \(findings.sources.location(use))",
          resolution: "define it before that, or write the outer name in full, with '::' first")
      }
      return scopes.declare(name, unit: unit, kind)
    }
    let known = scopes[entity: index]
    if case .failed = known.kind { return scopes.declare(name, unit: unit, kind) }
    if known.place == name.place, known.unit != unit { return nil }
    let place = findings.sources.location(known.place)
    findings.error(
      "redefinition", name.place,
      known.name == name.text
        ? "'\(name.text)' is defined already, at \(place)"
        : "'\(name.text)' differs from '\(known.name)', defined at \(place), only in case")
    return nil
  }

  /// `struct S;`
  private mutating func announce(_ definition: Definition, _ kind: Definition.ForwardKind) {
    if let known = scopes.declared(definition.name.text).map({ scopes[entity: $0] }),
      known.name == definition.name.text, isSame(known, kind)
    {
      return
    }
    let new: Entity.Kind
    switch kind {
    case .structure: new = .type(reserve(definition.name, .record(fields: 0..<0)))
    case .union:
      let placeholder = builder.primitive(.int32)
      new = .type(reserve(definition.name, .union(discriminator: placeholder, fields: 0..<0)))
    case .interface: new = .interface(nil)
    }
    if let index = declare(definition.name, new) { announced[index] = kind }
  }

  private func isSame(_ known: Entity, _ forward: Definition.ForwardKind) -> Bool {
    if case .interface = known.kind { return forward == .interface }
    // Of a typedef the type has another name.
    guard case .type(let id) = known.kind, builder.model[id].name == known.qualifiedName else { return false }
    return switch builder.model[id].shape {
    case .record: forward == .structure && !builder[facts: id].isException
    case .union: forward == .union
    default: false
    }
  }

  private mutating func reserve(_ name: Name, _ shape: TypeDefinition.Shape) -> TypeID {
    var facts = SchemaBuilder.Facts()
    facts.isComplete = false
    return builder.append(
      TypeDefinition(name: scopes.qualified(name.text), shape: shape), CDRTypeWire(), facts)
  }

  /// What was announced in the same spelling, and is not defined yet.
  private func announcement(of name: Name, _ kind: Definition.ForwardKind) -> Int? {
    scopes.declared(name.text).flatMap {
      announced[$0] == kind && scopes[entity: $0].name == name.text ? $0 : nil
    }
  }

  /// The type that a definition fills: a new one or the one that was announced.
  mutating func begin(_ name: Name, _ shape: TypeDefinition.Shape, announcedAs kind: Definition.ForwardKind?)
    -> TypeID?
  {
    if let kind, let index = announcement(of: name, kind), case .type(let id) = scopes[entity: index].kind {
      announced[index] = nil
      scopes[entity: index].place = name.place
      scopes[entity: index].unit = unit
      locations[id] = findings.sources.location(name.place)
      return id
    }
    // Whether the name is free is known before a type is made for it.
    guard let index = declare(name, .failed) else { return nil }
    let id = reserve(name, shape)
    scopes[entity: index].kind = .type(id)
    locations[id] = findings.sources.location(name.place)
    return id
  }

  /// The interface that a definition fills.
  mutating func beginInterface(_ name: Name) -> Int? {
    if let index = announcement(of: name, .interface) {
      announced[index] = nil
      scopes[entity: index].place = name.place
      scopes[entity: index].unit = unit
      return index
    }
    return declare(name, .interface(nil))
  }
}
