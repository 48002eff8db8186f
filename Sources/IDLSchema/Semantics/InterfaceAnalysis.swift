internal import SchemaModel

/// Interfaces. Source: IDL 4.2, 7.4.3; attributes become operations (OMG DDS-RPC 1.0, 7.3.1.3).
extension Analysis {
  mutating func interface(_ definition: Definition, _ body: InterfaceSyntax) {
    let applied = apply(definition.annotations, to: .interface)
    guard let entity = beginInterface(definition.name) else { return }
    let bases = bases(body.bases)
    let lineage = lineage(bases.map(\.interface), definition.name) ?? []
    let reached = lineage.isEmpty ? [] : bases
    let outer = scopes.enter(entity, bases: reached.compactMap { scopes[entity: $0.entity].scope })
    define(body.definitions)
    var interface = IDLInterface(
      name: scopes[entity: entity].qualifiedName, documentation: definition.documentation,
      location: findings.sources.location(definition.name.place), annotations: applied.kept,
      bases: reached.map(\.interface), operations: [])
    var names: Set<String> = []
    for syntax in body.operations where !findings.isExhausted {
      let name = syntax.name
      let key = name.text.lowercased()
      let isTaken = !names.insert(key).inserted
      let owner = lineage.first { operationNames[$0].contains(key) }.map { interfaces[$0].name }
      if let owner = isTaken ? interface.name : owner {
        findings.error(
          "redefinition", name.place, "'\(name.text)' is an operation or attribute of '\(owner)' already")
      }
      interface.operations += operations(syntax)
    }
    scopes.leave(to: outer)
    scopes[entity: entity].kind = .interface(interfaces.count)
    interfaces.append(interface)
    operationNames.append(names)
  }

  private mutating func bases(_ names: [ScopedName]) -> [(interface: Int, entity: Int)] {
    var result: [(interface: Int, entity: Int)] = []
    var seen: Set<Int> = []
    for name in names {
      guard let entity = resolve(name) else { continue }
      if case .failed = scopes[entity: entity].kind { continue }
      guard case .interface(let index?) = scopes[entity: entity].kind else {
        findings.error("type-mismatch", name.place, "'\(name.text)' is no interface that is defined already")
        continue
      }
      if !seen.insert(index).inserted {
        findings.error("redefinition", name.place, "'\(name.text)' is a base already")
        continue
      }
      result.append((index, entity))
    }
    return result
  }

  /// All interfaces that one inherits from; nil after a diagnostic.
  private mutating func lineage(_ bases: [Int], _ name: Name) -> [Int]? {
    var result: [Int] = []
    var pending = bases
    var seen: Set<Int> = []
    while let index = pending.popLast() {
      guard seen.insert(index).inserted else { continue }
      result.append(index)
      guard result.count <= options.limits.bases else {
        findings.error(
          "limit-exceeded", name.place,
          "'\(name.text)' inherits from more than \(options.limits.bases) interfaces")
        return nil
      }
      pending += interfaces[index].bases
    }
    return result
  }

  private mutating func operations(_ syntax: OperationSyntax) -> [IDLOperation] {
    guard case .attribute(let isReadOnly, let getRaises, let setRaises) = syntax.kind else {
      return operation(syntax).map { [$0] } ?? []
    }
    let applied = apply(syntax.annotations, to: [.attribute, .parameter])
    guard let result = syntax.result, let type = type(result, isCollected: false) else { return [] }
    let get = IDLOperation(
      name: "get_attribute_" + syntax.name.text, documentation: syntax.documentation,
      location: findings.sources.location(syntax.name.place), annotations: applied.kept, isAttribute: true,
      isOneway: false, parameters: [], result: type, raises: exceptions(getRaises))
    if isReadOnly { return [get] }
    var ids = MemberIDs(hashes: false, taken: [])
    let value = MemberSyntax(
      annotations: [], documentation: "", type: result, declarator: Declarator(name: syntax.name))
    var set = get
    set.name = "set_attribute_" + syntax.name.text
    set.result = nil
    set.raises = exceptions(setRaises)
    set.parameters = member(value, applied, &ids).map { [IDLParameter(direction: .in, member: $0)] } ?? []
    return [get, set]
  }

  private mutating func operation(_ syntax: OperationSyntax) -> IDLOperation? {
    let applied = apply(syntax.annotations, to: .operation)
    let isOneway = syntax.isOneway || flag(applied, "oneway")
    var names: Set<String> = []
    var parameters: [IDLParameter] = []
    var ids = MemberIDs(hashes: false, taken: [])
    for parameter in syntax.parameters {
      let name = parameter.member.declarator.name
      if !names.insert(name.text.lowercased()).inserted {
        findings.error(
          "redefinition", name.place, "the parameter '\(name.text)' stands here twice, letters' case aside")
      }
      let applied = apply(parameter.member.annotations, to: .parameter)
      guard let member = member(parameter.member, applied, &ids) else { continue }
      parameters.append(IDLParameter(direction: parameter.direction, member: member))
      if isOneway, parameter.direction != .in {
        findings.error("bad-oneway", name.place, "a oneway operation has 'in' parameters only")
      }
    }
    let result = syntax.result.flatMap { type($0, isCollected: false) }
    let raises = exceptions(syntax.raises)
    if isOneway, syntax.result != nil || !syntax.raises.isEmpty {
      findings.error("bad-oneway", syntax.name.place, "a oneway operation returns and raises nothing")
    }
    return IDLOperation(
      name: syntax.name.text, documentation: syntax.documentation,
      location: findings.sources.location(syntax.name.place), annotations: applied.kept, isAttribute: false,
      isOneway: isOneway, parameters: parameters, result: result, raises: raises)
  }

  private mutating func exceptions(_ names: [ScopedName]) -> [TypeID] {
    var result: [TypeID] = []
    var seen: Set<TypeID> = []
    for name in names {
      guard let index = resolve(name) else { continue }
      if case .failed = scopes[entity: index].kind { continue }
      guard case .type(let id) = scopes[entity: index].kind, builder[facts: id].isException else {
        findings.error("type-mismatch", name.place, "'\(name.text)' is no exception")
        continue
      }
      if !seen.insert(id).inserted {
        findings.error("redefinition", name.place, "'\(name.text)' stands here twice")
        continue
      }
      result.append(id)
    }
    return result
  }
}
