internal import SchemaModel

/// Gives members their ids (DDS-XTypes 1.3, 7.3.1.2.1.1 and .3).
struct MemberIDs {
  static let maximum: UInt32 = 0x0FFF_FFFF

  let hashes: Bool
  private var taken: [UInt32: String]
  private var next: UInt32

  /// `taken`: the ids of what the type inherits, and the discriminator's.
  init(hashes: Bool, taken: [(UInt32, String)]) {
    self.hashes = hashes
    self.taken = Dictionary(taken, uniquingKeysWith: { first, _ in first })
    next = taken.last.map { $0.0 &+ 1 } ?? 0
  }

  /// The id of a member, and the member that has it already, if one does; nil when the one before has the last.
  mutating func assign(_ name: String, stated: UInt32?) -> (id: UInt32, collision: String?)? {
    let id = stated ?? (hashes ? Self.hash(name) : next)
    guard id <= Self.maximum else { return nil }
    next = id &+ 1
    let collision = taken[id]
    taken[id] = name
    return (id, collision)
  }

  static func hash(_ name: String) -> UInt32 {
    MD5.digest(name.utf8).prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) } & maximum
  }
}

/// Members of records and unions, and parameters.
extension Analysis {
  mutating func member(
    _ syntax: MemberSyntax, _ applied: AppliedAnnotations, _ ids: inout MemberIDs
  ) -> Member? {
    let name = syntax.declarator.name
    let isOptional = flag(applied, "optional")
    let isExternal = flag(applied, "external")
    let isKey = flag(applied, "key")
    if isOptional, isKey {
      findings.error("bad-annotation", name.place, "a key member cannot be optional")
    }
    if let place = applied["non_serialized"]?.place {
      findings.error("unsupported-construct", place, "'@non_serialized' is not supported")
    }
    let id = memberID(name, applied, &ids)
    guard let plain = type(syntax.type, isCollected: isExternal && isOptional),
      let array = array(plain, syntax.declarator.dimensions)
    else { return nil }
    let type = limited(array, applied)
    let values = valueFacts(applied, type, inherited: aliasFacts(syntax.type, syntax.declarator))
    var field = FieldDefinition(
      name: name.text, jsonName: name.text, type: type, presence: isOptional ? .explicit : .required,
      documentation: documentation(syntax.documentation, applied), defaultValue: values.fallback)
    field.unit = values.unit
    // Members of the key are always to be understood (XTypes 1.3, 7.2.2.4.4.4.10).
    let wire = CDRFieldWire(
      memberID: id, isOptional: isOptional, mustUnderstand: isKey || flag(applied, "must_understand"))
    return Member(field: field, wire: wire)
  }

  private mutating func memberID(_ name: Name, _ applied: AppliedAnnotations, _ ids: inout MemberIDs)
    -> UInt32
  {
    var stated = integer(applied, "id", in: 0...Int128(MemberIDs.maximum)).map { UInt32($0) }
    if let use = applied["hashid"] {
      if stated != nil { findings.error("bad-annotation", use.place, "'@id' and '@hashid' on one member") }
      let text = string(applied, "hashid") ?? ""
      stated = MemberIDs.hash(text.isEmpty ? name.text : text)
    }
    guard let (id, collision) = ids.assign(name.text, stated: stated) else {
      findings.error(
        "out-of-range", name.place,
        "no id is left for '\(name.text)': the member before has \(MemberIDs.maximum), the last",
        resolution: "give it one with @id")
      return 0
    }
    if let collision {
      findings.error(
        "duplicate-id", name.place, "'\(name.text)' and '\(collision)' have the same id \(id)",
        resolution: "give one of them another with @id")
    }
    return id
  }

  /// `@default` and `@unit`, over what a typedef says.
  mutating func valueFacts(_ applied: AppliedAnnotations, _ type: TypeID, inherited: ValueFacts) -> ValueFacts
  {
    var facts = inherited
    facts.unit = string(applied, "unit") ?? facts.unit
    if let use = applied["default"], let expression = use.values["value"] {
      facts.fallback = value(expression, for: type)?.literal ?? facts.fallback
    }
    let place = (applied["range"] ?? applied["max"] ?? applied["min"] ?? applied["default"])?.place
    if let place, let value = facts.fallback, !isWithinLimits(value, type) {
      findings.error("bad-annotation", place, "the default is not in the range")
    }
    return facts
  }

  /// The type with `@range`, `@min` and `@max` over its own limits; of an array they are those of its elements.
  mutating func limited(_ type: TypeID, _ applied: AppliedAnnotations) -> TypeID {
    guard let place = (applied["range"] ?? applied["max"] ?? applied["min"])?.place else { return type }
    if case .array(let element, let count) = builder.model[type].shape {
      return builder.array(limited(element, applied), count: count)
    }
    guard case .primitive(let primitive, _) = builder.model[type].shape,
      primitive.integers != nil || [.float32, .float64, .float128].contains(primitive)
    else {
      findings.error("bad-annotation", place, "only numbers have a range")
      return type
    }
    func bound(_ analysis: inout Self, _ annotation: String, _ name: String) -> Literal? {
      applied[annotation]?.values[name].flatMap { analysis.value($0, for: type)?.literal }
    }
    let own = builder.model[type]
    let limits = SchemaBuilder.Limits(
      minimum: bound(&self, "min", "value") ?? bound(&self, "range", "min") ?? own.minimum,
      maximum: bound(&self, "max", "value") ?? bound(&self, "range", "max") ?? own.maximum)
    if let low = limits.minimum, let high = limits.maximum, Self.isLess(high, low) {
      findings.error("bad-annotation", place, "the least value is greater than the greatest")
    }
    return builder.primitive(primitive, limits: limits)
  }

  private func isWithinLimits(_ value: Literal, _ type: TypeID) -> Bool {
    let type = builder.model[type]
    return type.minimum.map { Self.isLess(value, $0) } != true
      && type.maximum.map { Self.isLess($0, value) } != true
  }

  private static func isLess(_ left: Literal, _ right: Literal) -> Bool {
    switch (left, right) {
    case (.float(let left), .float(let right)): left < right
    case (.signed(let left), .signed(let right)): left < right
    case (.unsigned(let left), .unsigned(let right)): left < right
    case (.signed, .unsigned): true
    default: false
    }
  }
}
