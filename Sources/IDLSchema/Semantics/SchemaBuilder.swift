internal import SchemaModel

/// The tables while they grow, and what must be known of each type until they are complete.
struct SchemaBuilder: Sendable {
  /// Of a type, what the tables do not say.
  struct Facts: Sendable {
    /// Its members are known; until then it may stand only where a value need not hold another.
    var isComplete = true
    var isException = false
    /// Types inside types.
    var depth = 1
    /// Values that a value holds at least.
    var values = 1
    /// `@nested`, a topic and the like do not matter to RPC; what a pair-of-types service is made of does.
    var annotations: [IDLAnnotation] = []
  }

  /// What `@range` and its like say of a number.
  struct Limits: Sendable, Hashable {
    var minimum: Literal?
    var maximum: Literal?
  }

  private enum Key: Hashable {
    case primitive(Primitive, bound: Int32?, limits: Limits)
    case list(TypeID, bound: Int32?)
    case array(TypeID, count: Int32)
    case map(TypeID, TypeID, bound: Int32?)
  }

  var model = SchemaModel()
  var wire = CDRWireTable()
  private(set) var facts: [Facts] = []
  private var unnamed: [Key: TypeID] = [:]

  subscript(facts id: TypeID) -> Facts {
    get { facts[Int(id.rawValue)] }
    set { facts[Int(id.rawValue)] = newValue }
  }

  // MARK: Types

  mutating func append(_ type: TypeDefinition, _ typeWire: CDRTypeWire, _ typeFacts: Facts) -> TypeID {
    wire.types.append(typeWire)
    facts.append(typeFacts)
    return model.append(type)
  }

  mutating func primitive(
    _ primitive: Primitive, bound: Int32? = nil, limits: Limits = Limits()
  ) -> TypeID {
    var type = TypeDefinition(shape: .primitive(primitive, bound: bound))
    type.minimum = limits.minimum
    type.maximum = limits.maximum
    return intern(.primitive(primitive, bound: bound, limits: limits), type, Facts())
  }

  mutating func list(_ element: TypeID, bound: Int32?) -> TypeID {
    intern(
      .list(element, bound: bound), TypeDefinition(shape: .list(element: element, bound: bound)),
      around([element], values: 1))
  }

  mutating func array(_ element: TypeID, count: Int32) -> TypeID {
    let (values, overflow) = max(1, self[facts: element].values).multipliedReportingOverflow(by: Int(count))
    return intern(
      .array(element, count: count), TypeDefinition(shape: .array(element: element, count: count)),
      around([element], values: overflow ? .max : values))
  }

  mutating func map(_ key: TypeID, _ value: TypeID, bound: Int32?) -> TypeID {
    intern(
      .map(key, value, bound: bound), TypeDefinition(shape: .map(key: key, value: value, bound: bound)),
      around([key, value], values: 1))
  }

  private func around(_ inner: [TypeID], values: Int) -> Facts {
    Facts(depth: 1 + (inner.map { self[facts: $0].depth }.max() ?? 0), values: values)
  }

  private mutating func intern(_ key: Key, _ type: TypeDefinition, _ facts: Facts) -> TypeID {
    if let known = unnamed[key] { return known }
    let id = append(type, CDRTypeWire(), facts)
    unnamed[key] = id
    return id
  }

  // MARK: Members

  /// Adds the members of one type; they stand together.
  mutating func append(members: [Member]) -> Range<Int> {
    let start = model.fields.count
    model.fields += members.map(\.field)
    wire.fields += members.map(\.wire)
    return start..<model.fields.count
  }

  mutating func append(enumerators: [Enumerator]) -> Range<Int> {
    let start = model.enumerators.count
    model.enumerators += enumerators
    return start..<model.enumerators.count
  }

  func memberCount(of id: TypeID) -> Int {
    switch model[id].shape {
    case .record(let range), .bitset(let range, _): range.count
    default: 0
    }
  }

  /// The members of a record or bitset that another is based on.
  func members(of id: TypeID) -> [Member] {
    switch model[id].shape {
    case .record(let range), .bitset(let range, _):
      range.map { Member(field: model.fields[$0], wire: wire.fields[$0]) }
    default: []
    }
  }
}

/// A member in both tables.
struct Member: Sendable {
  var field: FieldDefinition
  var wire: CDRFieldWire
}
