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

/// Annotations that apply to values.
struct ValueFacts: Sendable {
  var fallback: Literal?
  var minimum: Literal?
  var maximum: Literal?
  var unit: String?
}

/// Names and what they mean. Source: IDL 4.2, 7.5 Names and Scoping.
struct Scopes: Sendable {
  struct Scope: Sendable {
    /// By lower-case spelling: names that differ only in case collide.
    var names: [String: Int] = [:]
    var parent: Int?
    /// Scopes of the interfaces that an interface inherits from.
    var bases: [Int] = []
    var qualifiedName = ""
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
        scopes.append(Scope(parent: current, qualifiedName: entities[entity].qualifiedName))
        entities[entity].scope = scopes.count - 1
        return scopes.count - 1
      }()
    scopes[scope].bases += bases
    current = scope
    return outer
  }

  mutating func leave(to scope: Int) { current = scope }

  // MARK: Looking up

  /// The first part of a name: from here outward.
  func find(_ name: String, absolute: Bool) -> Found {
    var scope: Int? = absolute ? 0 : current
    while let index = scope {
      let found = find(name, in: index)
      if case .nothing = found { scope = scopes[index].parent } else { return found }
    }
    return .nothing
  }

  /// A name in one scope or in what it inherits; what a scope declares hides what its bases do.
  func find(_ name: String, in scope: Int) -> Found {
    var result: Found = .nothing
    var pending = [scope]
    var seen: Set<Int> = []
    while let next = pending.popLast() {
      guard seen.insert(next).inserted else { continue }
      guard let index = scopes[next].names[name.lowercased()] else {
        pending += scopes[next].bases
        continue
      }
      let found: Found = entities[index].name == name ? .entity(index) : .otherCase(entities[index].name)
      if next == scope { return found }
      if case .nothing = result { result = found } else { return .ambiguous }
    }
    return result
  }

  /// Everything that a name could mean here, for suggestions.
  var visibleNames: [String] {
    var names: [String] = []
    var scope: Int? = current
    while let index = scope {
      names += self.names(in: index)
      scope = scopes[index].parent
    }
    return names.sorted()
  }

  /// Too many to compare with each are none.
  func names(in scope: Int) -> [String] {
    let names = scopes[scope].names.values
    return names.count > Self.mostSuggestions ? [] : names.map { entities[$0].name }.sorted()
  }

  private static let mostSuggestions = 1000
}
