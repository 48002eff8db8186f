internal import SchemaModel

/// Constant expressions. Source: IDL 4.2, 7.4.1.4.3.
extension Analysis {
  /// The value of an expression for a place of a type; nil after a diagnostic.
  mutating func value(_ expression: Expression, for type: TypeID) -> ConstantValue? {
    if let number = enumerator(expression, of: type) { return .enumerator(type, number) }
    var width: ClosedRange<Int128>?
    if case .primitive(let primitive, _) = builder.model[type].shape { width = primitive.integers }
    guard let value = evaluate(expression, width: width) else { return nil }
    return convert(value, to: type, expression.place)
  }

  /// `RED` where only the enumeration itself is known by name.
  private func enumerator(_ expression: Expression, of type: TypeID) -> Int32? {
    guard let name = expression.singleName, !name.isAbsolute, name.parts.count == 1, lookUp(name) == nil
    else { return nil }
    return enumeratorNumbers[type]?[name.parts[0].text]
  }

  /// An integer of a range, for bounds and the like.
  mutating func integer(_ expression: Expression, in range: ClosedRange<Int128>, _ what: String) -> Int128? {
    guard let value = evaluate(expression, width: range) else { return nil }
    guard case .integer(let number) = value else {
      findings.error("type-mismatch", expression.place, "\(what) is an integer, not \(value.description)")
      return nil
    }
    guard range.contains(number) else {
      findings.error(
        "out-of-range", expression.place,
        "\(what) is \(number), which is not in \(range.lowerBound)…\(range.upperBound)")
      return nil
    }
    return number
  }

  mutating func evaluate(_ expression: Expression, width: ClosedRange<Int128>?) -> ConstantValue? {
    var stack: [ConstantValue] = []
    for (item, place) in expression.items {
      let result: ConstantValue?
      switch item {
      case .literal(let literal): result = Self.constant(literal)
      case .name(let name): result = constant(name)
      case .prefix(let sign):
        guard let operand = stack.popLast() else { return nil }
        result = prefix(sign, operand, width, place)
      case .infix(let sign):
        guard let right = stack.popLast(), let left = stack.popLast() else { return nil }
        result = infix(sign, left, right, place)
      }
      guard let result else { return nil }
      stack.append(result)
    }
    return stack.last
  }

  private static func constant(_ literal: LiteralValue) -> ConstantValue {
    switch literal {
    case .integer(let value): .integer(Int128(value))
    case .floating(let value): .floating(value)
    case .boolean(let value): .boolean(value)
    case .character(let value, let wide): .character(value, wide: wide)
    case .string(let text, let wide): .string(text, wide: wide)
    }
  }

  private mutating func constant(_ name: ScopedName) -> ConstantValue? {
    guard let index = resolve(name) else { return nil }
    switch scopes[entity: index].kind {
    case .constant(let value): return value
    case .enumerator(let type, let number): return .enumerator(type, number)
    case .flag(let bits): return .integer(Int128(bits))
    case .failed: return nil
    default:
      findings.error("type-mismatch", name.place, "'\(name.text)' is no constant")
      return nil
    }
  }

  private mutating func prefix(
    _ sign: String, _ operand: ConstantValue, _ width: ClosedRange<Int128>?, _ place: SourcePlace
  ) -> ConstantValue? {
    switch (sign, operand) {
    case ("+", .integer), ("+", .floating): return operand
    case ("-", .integer(let value)): return checked(-value, place)
    case ("-", .floating(let value)): return .floating(-value)
    case ("~", .integer(let value)):
      // Of an unsigned type the complement is the distance to its greatest value.
      if let width, width.lowerBound == 0, width.contains(value) { return .integer(width.upperBound - value) }
      return checked(-(value + 1), place)
    default:
      findings.error("type-mismatch", place, "'\(sign)' does not apply to \(operand.description)")
      return nil
    }
  }

  private mutating func infix(
    _ sign: String, _ left: ConstantValue, _ right: ConstantValue, _ place: SourcePlace
  ) -> ConstantValue? {
    if case .integer(let left) = left, case .integer(let right) = right {
      return integers(sign, left, right, place)
    }
    if let left = Self.number(left), let right = Self.number(right),
      let value = floats(sign, left, right, place)
    {
      return value
    }
    findings.error(
      "type-mismatch", place, "'\(sign)' does not apply to \(left.description) and \(right.description)")
    return nil
  }

  private static func number(_ value: ConstantValue) -> Double? {
    switch value {
    case .integer(let value): Double(value)
    case .floating(let value): value
    default: nil
    }
  }

  private mutating func floats(
    _ sign: String, _ left: Double, _ right: Double, _ place: SourcePlace
  ) -> ConstantValue? {
    let value: Double
    switch sign {
    case "+": value = left + right
    case "-": value = left - right
    case "*": value = left * right
    case "/": value = left / right
    default: return nil
    }
    if !value.isFinite { findings.error("out-of-range", place, "the result is no finite number") }
    return .floating(value.isFinite ? value : 0)
  }

  private mutating func integers(
    _ sign: String, _ left: Int128, _ right: Int128, _ place: SourcePlace
  ) -> ConstantValue? {
    switch sign {
    case "|": return checked(left | right, place)
    case "^": return checked(left ^ right, place)
    case "&": return checked(left & right, place)
    case "+": return checked(left + right, place)
    case "-": return checked(left - right, place)
    case "*": return checked(left.multipliedReportingOverflow(by: right), place)
    case "<<", ">>":
      guard (0..<64).contains(right) else {
        findings.error("out-of-range", place, "a shift is by 0…63 bits, not \(right)")
        return nil
      }
      return checked(sign == "<<" ? left << right : left >> right, place)
    default:
      guard right != 0 else {
        findings.error("out-of-range", place, "division by zero")
        return nil
      }
      return checked(sign == "/" ? left / right : left % right, place)
    }
  }

  private mutating func checked(
    _ result: (partialValue: Int128, overflow: Bool), _ place: SourcePlace
  ) -> ConstantValue? {
    checked(result.overflow ? .max : result.partialValue, place)
  }

  /// What 64 bits hold, with or without sign. Operands are such, so that no operation leaves 128 bits.
  private mutating func checked(_ value: Int128, _ place: SourcePlace) -> ConstantValue? {
    guard (Int128(Int64.min)...Int128(UInt64.max)).contains(value) else {
      findings.error("out-of-range", place, "the result needs more than 64 bits")
      return nil
    }
    return .integer(value)
  }
}
