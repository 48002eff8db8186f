internal import SchemaModel

/// Compiles a schema to a `CDRProgram`, once at load.
struct CDRCompiler {
  let model: SchemaModel
  let wire: CDRWireTable
  private let options: JSONOptions

  private var types: [CDRType] = []
  private var members: [CDRMember] = []
  var labels: [CDRLabel] = []
  private var literals: [CDRLiteral] = []
  private var enumerations: [EnumerationTable] = []
  private var enumerators: [EnumerationTable.Entry] = []
  private var nameEntries: [NameTable.Entry] = []
  private var text: [UInt8] = []

  /// The discriminator's name in JSON, and what stands for it in a union's names.
  static let discriminatorName = "$discriminator"
  static let discriminator: Int32 = -2

  static func compile(_ model: SchemaModel, _ wire: CDRWireTable, _ options: JSONOptions) -> CDRProgram {
    var compiler = CDRCompiler(model, wire, options)
    for index in model.fields.indices { compiler.members.append(compiler.member(index)) }
    for index in model.types.indices { compiler.types.append(compiler.type(index)) }
    compiler.markSizes()
    return CDRProgram(
      types: FrozenTable(compiler.types), members: FrozenTable(compiler.members),
      labels: FrozenTable(compiler.labels), literals: FrozenTable(compiler.literals),
      enumerations: FrozenTable(compiler.enumerations), enumerators: FrozenTable(compiler.enumerators),
      nameEntries: FrozenTable(compiler.nameEntries), text: FrozenTable(compiler.text))
  }

  private init(_ model: SchemaModel, _ wire: CDRWireTable, _ options: JSONOptions) {
    self.model = model
    self.wire = wire
    self.options = options
  }

  // MARK: Types

  private mutating func type(_ index: Int) -> CDRType {
    let facts = wire.types[index]
    var type: CDRType
    switch model.types[index].shape {
    case .primitive(let primitive, let bound):
      type = CDRScalars.type(primitive)
      type.bound = bound ?? -1
      type.minimum = literal(model.types[index].minimum, of: TypeID(rawValue: Int32(index)))
      type.maximum = literal(model.types[index].maximum, of: TypeID(rawValue: Int32(index)))
    case .enumeration(let range, let closed):
      type = CDRScalars.enumeration(bits: facts.bitBound)
      type.enumeration = enumeration(range, closed: closed)
      // XTypes 7.2.2.4.4.4.7, table 9: the first one, unless another is marked.
      let byDefault = facts.defaultEnumerator ?? model.enumerators[range].first?.number ?? 0
      type.bits = UInt64(bitPattern: Int64(byDefault))
    case .bitmask(let range, let bits):
      type = CDRScalars.bits(.bitmask, count: bits)
      type.enumeration = enumeration(range, closed: true)
    case .bitset(let range, let bits):
      type = CDRScalars.bits(.bitset, count: bits)
      holdMembers(range, &type)
    case .record(let range):
      type = CDRType(kind: .record)
      type.isPlaceholder = range.isEmpty && facts.isPlaceholder
      holdMembers(range, &type)
    case .union(let discriminator, let range):
      type = CDRType(kind: .union)
      type.element = discriminator.rawValue
      holdMembers(range, &type)
      holdLabels(discriminator, range, &type)
    case .list(let element, let bound):
      type = CDRType(kind: isOctet(element) ? .octets : .list)
      type.element = element.rawValue
      type.bound = bound ?? -1
    case .array(let element, let count):
      type = CDRType(kind: isOctet(element) ? .octetArray : .array)
      type.element = element.rawValue
      type.bound = count
    case .map(let key, let value, let bound):
      type = CDRType(kind: .map)
      type.key = key.rawValue
      type.element = value.rawValue
      type.bound = bound ?? -1
      type.isObject = isName(key)
    }
    type.isAppendable = facts.extensibility == .appendable
    type.isMutable = facts.extensibility == .mutable
    return type
  }

  private func isOctet(_ type: TypeID) -> Bool {
    if case .primitive(.uint8, _) = model[type].shape { true } else { false }
  }

  /// Whether a map with such keys is an object in JSON.
  private func isName(_ key: TypeID) -> Bool {
    switch model[key].shape {
    case .primitive(let primitive, _):
      switch primitive {
      case .boolean, .float32, .float64, .float128, .character, .wideCharacter, .bytes: false
      default: true
      }
    case .enumeration: true
    default: false
    }
  }

  private mutating func holdMembers(_ range: Range<Int>, _ type: inout CDRType) {
    type.first = Int32(range.lowerBound)
    type.count = Int32(range.count)
    // JSON names first: where one member's name is another's JSON name, the JSON name counts.
    var names = range.map { (name: model.fields[$0].jsonName, value: Int32($0)) }
    names += range.map { (name: model.fields[$0].name, value: Int32($0)) }
    if type.kind == .union { names.append((CDRCompiler.discriminatorName, CDRCompiler.discriminator)) }
    type.names = NameTable.build(names, entries: &nameEntries, text: &text)
  }

  private mutating func enumeration(_ range: Range<Int>, closed: Bool) -> Int32 {
    enumerations.append(
      EnumerationTable.build(
        model.enumerators[range], closed: closed, entries: &enumerators, nameEntries: &nameEntries,
        text: &text))
    return Int32(enumerations.count - 1)
  }

  // MARK: Members

  private mutating func member(_ index: Int) -> CDRMember {
    let field = model.fields[index]
    let facts = wire.fields[index]
    var member = CDRMember(
      type: field.type.rawValue, field: FieldID(rawValue: Int32(index)),
      header: facts.memberID & 0x0FFF_FFFF | (facts.mustUnderstand ? 1 << 31 : 0),
      isOptional: facts.isOptional)
    member.stated = literal(field.defaultValue, of: field.type)
    member.bitPosition = facts.bitPosition
    member.bitWidth = facts.bitWidth
    member.label = Int32(text.count)
    text.append(UInt8(ascii: ","))
    JSONText.append(options.names == .json ? field.jsonName : field.name, to: &text)
    text.append(UInt8(ascii: ":"))
    member.labelLength = Int32(text.count) - member.label
    return member
  }

  private mutating func literal(_ literal: Literal?, of type: TypeID) -> Int32 {
    guard let literal else { return -1 }
    var compiled = CDRLiteral()
    switch literal {
    case .string(let string):
      compiled.start = Int32(text.count)
      text += Array(string.utf8)
      compiled.length = Int32(text.count) - compiled.start
      compiled.bits = UInt64(string.unicodeScalars.first?.value ?? 0)
    case .bytes(let bytes):
      compiled.start = Int32(text.count)
      text += bytes
      compiled.length = Int32(bytes.count)
    default: compiled.bits = CDRScalars.bits(literal, model[type].shape)
    }
    literals.append(compiled)
    return Int32(literals.count - 1)
  }

  mutating func setUnionFacts(_ index: Int, discriminator: Int64?, isShown: Bool) {
    members[index].discriminator = discriminator ?? 0
    members[index].hasDiscriminator = discriminator != nil
    members[index].showsDiscriminator = isShown
  }

  // MARK: Sizes

  /// What depends on the element types, which may come later in the table.
  private mutating func markSizes() {
    for index in types.indices { types[index].hasSize = hasSize(index) }
    for index in types.indices { types[index].lengthCode = lengthCode(types[index]) }
    var known = [Bool?](repeating: nil, count: types.count)
    for index in types.indices { types[index].mayBeNothing = mayBeNothing(index, &known) }
  }

  private func mayBeNothing(_ index: Int, _ known: inout [Bool?]) -> Bool {
    if let known = known[index] { return known }
    // What would hold itself is none.
    known[index] = false
    let type = types[index]
    let result: Bool
    switch type.kind {
    case .record:
      result =
        !type.isMutable
        && (type.first..<type.first + type.count).allSatisfy {
          !members[Int($0)].isOptional && mayBeNothing(Int(members[Int($0)].type), &known)
        }
    case .array: result = type.bound == 0 || mayBeNothing(Int(type.element), &known)
    case .octetArray: result = type.bound == 0
    default: result = false
    }
    known[index] = result
    return result
  }

  private func hasSize(_ index: Int) -> Bool {
    let type = types[index]
    switch type.kind {
    case .record, .union: return type.isAppendable || type.isMutable
    case .list: return !isPrimitive(type.element)
    case .array:
      // Dimensions count as one array, whether or not an inner one has a name: both Cyclone's C and Python do so.
      var element = type.element
      while types[Int(element)].kind == .array { element = types[Int(element)].element }
      return types[Int(element)].kind != .octetArray && !isPrimitive(element)
    case .map: return !(isPrimitive(type.key) && isPrimitive(type.element))
    default: return false
    }
  }

  /// Whether collections of it go without a size in XCDR2.
  private func isPrimitive(_ index: Int32) -> Bool {
    switch types[Int(index)].kind {
    case .enumeration, .bitmask: wire.enumCollectionsArePrimitive
    case let kind: kind.isScalar
    }
  }

  /// A size or count at the begin of the value serves as the member's own where it can (XTypes 7.4.3.4.2).
  private func lengthCode(_ type: CDRType) -> UInt32 {
    if type.kind.isScalar || type.kind == .bitset {
      switch type.size {
      case 1: return 0
      case 2: return 1
      case 4: return 2
      case 8: return 3
      default: return 4
      }
    }
    switch type.kind {
    // Their own size could serve too; Cyclone writes another one, and so do we.
    case .record, .union: return 4
    case .array, .map: return type.hasSize ? 5 : 4
    case .list where type.hasSize: return 5
    case .string, .wideString, .octets: return 5
    case .list:
      switch types[Int(type.element)].size {
      case 1: return 5
      case 4: return 6
      case 8: return 7
      default: return 4
      }
    default: return 4
    }
  }
}
