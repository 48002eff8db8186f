internal import SchemaModel

/// Types where they are used.
extension Analysis {
  /// - Parameter isCollected: it stands in a sequence or map, or is external: an announced type will do.
  mutating func type(_ syntax: TypeSyntax, isCollected: Bool) -> TypeID? {
    switch syntax.form {
    case .primitive(let primitive): return builder.primitive(primitive)
    case .string(let wide, let bound):
      guard let bound = optionalBound(bound) else { return nil }
      return builder.primitive(wide ? .wideString : .string, bound: bound.value)
    case .sequence(let element, let annotations, let bound):
      let applied = apply(annotations, to: .member)
      guard let element = type(element, isCollected: true), let bound = optionalBound(bound) else {
        return nil
      }
      return checked(builder.list(limited(element, applied), bound: bound.value), syntax.place)
    case .map(let key, let value, let bound):
      guard let key = type(key, isCollected: false), let value = type(value, isCollected: true),
        let bound = optionalBound(bound)
      else { return nil }
      return checked(builder.map(key, value, bound: bound.value), syntax.place)
    case .named(let name): return named(name, isCollected: isCollected)
    case .unsupported(let construct):
      findings.error("unsupported-construct", syntax.place, "\(construct) is not supported")
      return nil
    }
  }

  private mutating func named(_ name: ScopedName, isCollected: Bool) -> TypeID? {
    guard let index = resolve(name) else { return nil }
    switch scopes[entity: index].kind {
    case .failed: return nil
    case .type(let id):
      if builder[facts: id].isException {
        findings.error(
          "type-mismatch", name.place, "'\(name.text)' is an exception, which only 'raises' names")
        return nil
      }
      if !builder[facts: id].isComplete, !isCollected {
        findings.error(
          "incomplete-type", name.place, "'\(name.text)' is not defined yet, so that a value cannot hold one",
          resolution: "use it in a sequence, or define it first")
        return nil
      }
      return id
    case .interface:
      findings.error(
        "unsupported-construct", name.place,
        "'\(name.text)' is an interface; references to objects are not supported")
    default: findings.error("type-mismatch", name.place, "'\(name.text)' is no type")
    }
    return nil
  }

  /// A bound that may be missing; nil after a diagnostic.
  private mutating func optionalBound(_ expression: Expression?) -> (value: Int32?, Void)? {
    guard let expression else { return (nil, ()) }
    guard let bound = integer(expression, in: 1...Int128(Int32.max), "a bound") else { return nil }
    return (Int32(bound), ())
  }

  /// `x[2][3]`: an array of 2 arrays of 3.
  mutating func array(_ element: TypeID, _ dimensions: [Expression]) -> TypeID? {
    var result = element
    if dimensions.count > options.limits.typeDepth, let first = dimensions.first {
      findings.error("limit-exceeded", first.place, "more than \(options.limits.typeDepth) dimensions")
      return nil
    }
    for dimension in dimensions.reversed() {
      guard let count = integer(dimension, in: 1...Int128(Int32.max), "a dimension") else { return nil }
      let array = builder.array(result, count: Int32(count))
      guard let checked = checked(array, dimension.place) else { return nil }
      result = checked
    }
    return result
  }

  /// Within the limits for what values may hold.
  mutating func checked(_ type: TypeID, _ place: SourcePlace) -> TypeID? {
    let facts = builder[facts: type]
    if facts.depth > options.limits.typeDepth {
      findings.error("limit-exceeded", place, "types nest deeper than \(options.limits.typeDepth)")
      return nil
    }
    if facts.values > options.limits.values {
      findings.error("limit-exceeded", place, "a value holds more than \(options.limits.values) others")
      return nil
    }
    return type
  }
}
