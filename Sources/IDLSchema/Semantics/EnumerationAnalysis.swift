internal import SchemaModel

/// Enumerations, bitmasks and bitsets. Source: IDL 4.2, 7.4.1.4.4.4.3, 7.4.13.4.3.3 and .4.
extension Analysis {
  mutating func enumeration(_ definition: Definition, _ names: [EnumeratorSyntax]) {
    let applied = apply(definition.annotations, to: .enumeration)
    guard let id = begin(definition.name, .enumeration(0..<0, closed: true), announcedAs: nil) else { return }
    let bits = integer(applied, "bit_bound", in: 1...32) ?? 32
    let limit = Int128(1) << (bits - 1)
    var next: Int128 = 0
    var enumerators: [Enumerator] = []
    var numbers: [Int32: String] = [:]
    for name in names where !findings.isExhausted {
      let applied = apply(name.annotations, to: .enumerator)
      let number = integer(applied, "value", in: Int128(Int32.min)...Int128(Int32.max)) ?? next
      next = number + 1
      guard (-limit..<limit).contains(number) else {
        findings.error(
          "out-of-range", name.name.place,
          "\(number) does not fit the \(bits) bits of '\(definition.name.text)'")
        continue
      }
      if let other = numbers.updateValue(name.name.text, forKey: Int32(number)) {
        findings.error(
          "duplicate-value", name.name.place, "'\(name.name.text)' has the same value \(number) as '\(other)'"
        )
      }
      _ = declare(name.name, .enumerator(id, Int32(number)))
      enumerators.append(
        Enumerator(name: name.name.text, number: Int32(number), documentation: name.documentation))
      if flag(applied, "default_literal") {
        if builder.wire.types[Int(id.rawValue)].defaultEnumerator != nil {
          findings.error("bad-annotation", name.name.place, "a second default")
        }
        builder.wire.types[Int(id.rawValue)].defaultEnumerator = Int32(number)
      }
    }
    enumeratorNumbers[id] = Dictionary(
      enumerators.map { ($0.name, $0.number) }, uniquingKeysWith: { first, _ in first })
    builder.wire.types[Int(id.rawValue)].bitBound = UInt8(bits)
    finish(id, definition, .enumeration(builder.append(enumerators: enumerators), closed: true))
  }

  private mutating func finish(_ id: TypeID, _ definition: Definition, _ shape: TypeDefinition.Shape) {
    builder.model.types[Int(id.rawValue)].shape = shape
    builder.model.types[Int(id.rawValue)].documentation = definition.documentation
    builder[facts: id].isComplete = true
  }

  mutating func bitmask(_ definition: Definition, _ names: [EnumeratorSyntax]) {
    let applied = apply(definition.annotations, to: .bitmask)
    guard let id = begin(definition.name, .bitmask(0..<0, bits: 32), announcedAs: nil) else { return }
    let bits = integer(applied, "bit_bound", in: 1...64) ?? 32
    var next: Int128 = 0
    var flags: [Enumerator] = []
    var positions: [Int32: String] = [:]
    for name in names where !findings.isExhausted {
      let applied = apply(name.annotations, to: .flag)
      let position = integer(applied, "position", in: 0...63) ?? next
      next = position + 1
      guard position < bits else {
        findings.error(
          "out-of-range", name.name.place,
          "bit \(position) is not among the \(bits) of '\(definition.name.text)'")
        continue
      }
      if let other = positions.updateValue(name.name.text, forKey: Int32(position)) {
        findings.error(
          "duplicate-value", name.name.place, "'\(name.name.text)' has the same bit \(position) as '\(other)'"
        )
      }
      _ = declare(name.name, .flag(UInt64(1) << UInt64(position)))
      flags.append(
        Enumerator(name: name.name.text, number: Int32(position), documentation: name.documentation))
    }
    builder.wire.types[Int(id.rawValue)].bitBound = UInt8(bits)
    finish(id, definition, .bitmask(builder.append(enumerators: flags), bits: Int32(bits)))
  }

  mutating func bitset(_ definition: Definition, _ base: ScopedName?, _ fields: [BitfieldSyntax]) {
    _ = apply(definition.annotations, to: .bitset)
    guard let id = begin(definition.name, .bitset(fields: 0..<0, bits: 8), announcedAs: nil) else { return }
    var members: [Member] = []
    var position: Int128 = 0
    if let base, let baseID = baseType(base, isBitset: true),
      case .bitset(_, let bits) = builder.model[baseID].shape
    {
      members = builder.members(of: baseID)
      position = Int128(bits)
    }
    var names = Set(members.map { $0.field.name.lowercased() })
    for field in fields where !findings.isExhausted {
      _ = apply(field.annotations, to: .bitfield)
      guard let width = integer(field.width, in: 1...64, "the width of a bit field") else { continue }
      defer { position += width }
      guard position + width <= 64 else {
        findings.error("out-of-range", field.place, "a bitset has 64 bits at most")
        break
      }
      guard let name = field.name, let type = fieldType(field, width) else { continue }
      if !names.insert(name.text.lowercased()).inserted {
        findings.error("redefinition", name.place, "'\(name.text)' stands here twice, letters' case aside")
      }
      members.append(
        Member(
          field: FieldDefinition(
            name: name.text, jsonName: name.text, type: type, presence: .required,
            documentation: field.documentation),
          wire: CDRFieldWire(
            memberID: UInt32(members.count), bitPosition: UInt8(position), bitWidth: UInt8(width))))
    }
    let bits = Int32(min(position, 64))
    finish(id, definition, .bitset(fields: builder.append(members: members), bits: bits))
  }

  /// What a bit field holds: what is written, else the smallest unsigned type that its bits fit, or a boolean.
  private mutating func fieldType(_ field: BitfieldSyntax, _ width: Int128) -> TypeID? {
    guard let syntax = field.type else {
      return builder.primitive(
        width == 1 ? .boolean : width <= 8 ? .uint8 : width <= 16 ? .uint16 : width <= 32 ? .uint32 : .uint64)
    }
    guard let type = type(syntax, isCollected: false) else { return nil }
    guard case .primitive(let primitive, _) = builder.model[type].shape,
      primitive == .boolean || primitive.integers != nil
    else {
      findings.error("type-mismatch", syntax.place, "a bit field holds an integer or a boolean")
      return nil
    }
    let room = primitive.integers.map { 128 - ($0.upperBound - $0.lowerBound).leadingZeroBitCount } ?? 1
    guard width <= Int128(room) else {
      findings.error("out-of-range", syntax.place, "\(width) bits do not fit '\(primitive.idl)'")
      return nil
    }
    return type
  }
}
