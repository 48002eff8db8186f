internal import SchemaModel

/// Something that has a name.
struct Entity: Sendable {
  enum Kind: Sendable {
    case module
    case type(TypeID)
    case constant(ConstantValue)
    case enumerator(TypeID, Int32)
    /// A flag of a bitmask; the value that has only it.
    case flag(UInt64)
    /// Index into `IDLSchema.interfaces`; nil for one that was only announced.
    case interface(Int?)
    case annotation(AnnotationRule)
    /// Something was wrong with it, which has been said.
    case failed
  }

  var name: String
  /// `robot::Status`
  var qualifiedName: String
  var place: SourcePlace
  /// Counts the files that were asked for; the same text may be read for several.
  var unit: Int
  var kind: Kind
  /// The scope that it opens: of modules and interfaces.
  var scope: Int?
  /// What a typedef says about values besides their type.
  var alias = ValueFacts()
}

/// Annotations that apply to values; their limits stand in the type.
struct ValueFacts: Sendable {
  var fallback: Literal?
  var unit: String?
}

/// Names and what they mean. Source: IDL 4.2, 7.5 Names and Scoping.
struct Scopes: Sendable {
  struct Scope: Sendable {
    /// By lower-case spelling: names that differ only in case collide.
    var names: [String: Int] = [:]
    /// Where names of surrounding scopes were used first, by lower-case spelling: they cannot be defined here any more.
    var introduced: [String: SourcePlace] = [:]
    var parent: Int?
    /// Scopes of the interfaces that an interface inherits from.
    var bases: [Int] = []
    var qualifiedName = ""
    var isInterface = false
  }

  enum Found {
    case entity(Int)
    /// Only with letters of other case.
    case otherCase(String)
    case nothing
    /// In several bases.
    case ambiguous
  }

  private(set) var entities: [Entity] = []
  private(set) var scopes: [Scope] = [Scope()]
  /// Where definitions stand that are being looked at.
  private(set) var current = 0

  subscript(entity index: Int) -> Entity {
    get { entities[index] }
    set { entities[index] = newValue }
  }

  func qualified(_ name: String) -> String {
    let outer = scopes[current].qualifiedName
    return outer.isEmpty ? name : outer + "::" + name
  }

  /// What the current scope itself declares under a name, in whatever case.
  func declared(_ name: String) -> Int? { scopes[current].names[name.lowercased()] }

  mutating func declare(_ name: Name, unit: Int, _ kind: Entity.Kind) -> Int {
    entities.append(
      Entity(name: name.text, qualifiedName: qualified(name.text), place: name.place, unit: unit, kind: kind))
    scopes[current].names[name.text.lowercased()] = entities.count - 1
    return entities.count - 1
  }

  /// - Returns: the scope that was current, for `leave`.
  mutating func enter(_ entity: Int, bases: [Int] = []) -> Int {
    let outer = current
    let scope =
      entities[entity].scope
      ?? {
        var new = Scope(parent: current, qualifiedName: entities[entity].qualifiedName)
        if case .interface = entities[entity].kind { new.isInterface = true }
        scopes.append(new)
        entities[entity].scope = scopes.count - 1
        return scopes.count - 1
      }()
    scopes[scope].bases += bases
    // A module that is opened again knows nothing of what was used in it before.
    scopes[scope].introduced = [:]
    current = scope
    return outer
  }

  mutating func leave(to scope: Int) { current = scope }

  /// What is looked at stands in a struct, union or exception, which has no scope of its own here.
  var isInsideType = false

  /// Notes that the current scope uses a name, so that it cannot be defined here later (7.5.2). What a type uses concerns
  /// the interface around it as well, but not a module (7.5.3).
  mutating func introduce(_ name: Name) {
    if isInsideType, !scopes[current].isInterface { return }
    let key = name.text.lowercased()
    if scopes[current].names[key] == nil, scopes[current].introduced[key] == nil {
      scopes[current].introduced[key] = name.place
    }
  }

  /// Where the current scope used a name of another one.
  func introduction(of name: String) -> SourcePlace? { scopes[current].introduced[name.lowercased()] }

  // MARK: Looking up

  /// The first part of a name: from here outward.
  func find(_ name: String, absolute: Bool) -> Found {
    var scope: Int? = absolute ? 0 : current
    let key = name.lowercased()
    while let index = scope {
      let found = find(name, key, in: index)
      if case .nothing = found { scope = scopes[index].parent } else { return found }
    }
    return .nothing
  }

  /// A name in one scope or in what it inherits; what a scope declares hides what its bases do.
  func find(_ name: String, in scope: Int) -> Found { find(name, name.lowercased(), in: scope) }

  private func find(_ name: String, _ key: String, in scope: Int) -> Found {
    if scopes[scope].bases.isEmpty {
      return scopes[scope].names[key].map { found($0, name) } ?? .nothing
    }
    var result: Found = .nothing
    var pending = [scope]
    var seen: Set<Int> = []
    while let next = pending.popLast() {
      guard seen.insert(next).inserted else { continue }
      guard let index = scopes[next].names[key] else {
        pending += scopes[next].bases
        continue
      }
      let found = found(index, name)
      if next == scope { return found }
      if case .nothing = result { result = found } else { return .ambiguous }
    }
    return result
  }

  private func found(_ index: Int, _ name: String) -> Found {
    entities[index].name == name ? .entity(index) : .otherCase(entities[index].name)
  }

  /// What a name could mean: inside of a scope, or here. Scopes with too many names to compare with each are left out.
  func suggestions(in scope: Int?) -> [String] {
    var names: [String] = []
    var next = scope ?? current
    while true {
      let own = scopes[next].names.values
      if names.count + own.count <= Self.mostSuggestions { names += own.map { entities[$0].name } }
      guard scope == nil, let outer = scopes[next].parent else { return names.sorted() }
      next = outer
    }
  }

  /// Of all scopes together.
  private static let mostSuggestions = 1000
}
