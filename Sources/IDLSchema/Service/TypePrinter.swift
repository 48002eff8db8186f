internal import SchemaModel

/// Prints types of the tables as IDL, each after those that it needs.
struct TypePrinter {
  let schema: IDLSchema
  private(set) var text = ""
  private var printed: Set<TypeID> = []
  private var open: [String] = []
  private var isBeingPrinted: Set<TypeID> = []
  /// Arrays inside sequences and maps need a name of their own.
  private var arrays: [TypeID: String] = [:]

  init(schema: IDLSchema) { self.schema = schema }

  /// Definitions, in the modules of a qualified name.
  mutating func define(in name: String, _ lines: [String]) {
    move(to: name.components(of: "::").dropLast())
    for line in lines { text += line + "\n" }
  }

  /// Closes the modules that are open and opens others.
  mutating func move(to modules: [String]) {
    guard modules != open else { return }
    if !open.isEmpty { text += open.map { _ in "};" }.joined(separator: " ") + "\n" }
    if !modules.isEmpty {
      text += modules.map { "module \(Self.escaped($0)) {" }.joined(separator: " ") + "\n"
    }
    open = modules
  }

  /// The type and what it needs. Without recursion: types that were announced may form long chains.
  mutating func define(_ root: TypeID) {
    var pending: [(id: TypeID, isReady: Bool)] = [(root, false)]
    while let (id, isReady) = pending.popLast() {
      if printed.contains(id) { continue }
      let type = schema.model[id]
      if isReady {
        isBeingPrinted.remove(id)
        printed.insert(id)
        print(id, type)
      } else if isBeingPrinted.insert(id).inserted {
        pending.append((id, true))
        pending += inner(type.shape).reversed().map { ($0, false) }
      } else {
        announce(type)
      }
    }
  }

  private mutating func print(_ id: TypeID, _ type: TypeDefinition) {
    switch type.shape {
    case .record(let fields): define(in: type.name, record(id, type, fields))
    case .union(let discriminator, let fields): define(in: type.name, union(id, type, discriminator, fields))
    case .enumeration(let range, _): define(in: type.name, enumeration(id, type, range))
    case .bitmask(let range, let bits): define(in: type.name, bitmask(type, range, bits))
    case .bitset(let fields, let bits): define(in: type.name, bitset(type, fields, bits))
    case .primitive, .list, .array, .map: break
    }
  }

  /// A type that contains itself is announced where it is needed first.
  private mutating func announce(_ type: TypeDefinition) {
    switch type.shape {
    case .record: define(in: type.name, ["  struct \(Self.last(type.name));"])
    case .union: define(in: type.name, ["  union \(Self.last(type.name));"])
    default: break
    }
  }

  private func inner(_ shape: TypeDefinition.Shape) -> [TypeID] {
    switch shape {
    case .record(let fields): fields.map { schema.model.fields[$0].type }
    case .union(let discriminator, let fields): [discriminator] + fields.map { schema.model.fields[$0].type }
    case .list(let element, _), .array(let element, _): [element]
    case .map(let key, let value, _): [key, value]
    case .primitive, .enumeration, .bitmask, .bitset: []
    }
  }

  // MARK: Definitions

  private mutating func record(_ id: TypeID, _ type: TypeDefinition, _ fields: Range<Int>) -> [String] {
    let wire = schema.wire.types[Int(id.rawValue)]
    let typedefs = typedefs(of: fields)
    // XCDR1 writes the id before an optional member, whatever the extensibility. Then all are stated, because the ids of
    // the others follow from those before them.
    let statesIDs =
      wire.extensibility == .mutable || fields.contains { schema.wire.fields[$0].isOptional }
    var members = fields.map { member($0, statesID: statesIDs) }
    if fields.isEmpty, wire.isPlaceholder { members = ["::dds::rpc::UnusedMember dummy;"] }
    return typedefs
      + ["  @\(wire.extensibility) @nested struct \(Self.last(type.name)) {"] + members.map { "    " + $0 }
      + ["  };"]
  }

  private mutating func union(
    _ id: TypeID, _ type: TypeDefinition, _ discriminator: TypeID, _ fields: Range<Int>
  ) -> [String] {
    let wire = schema.wire.types[Int(id.rawValue)]
    let typedefs = typedefs(of: fields)
    var lines = [
      "  @\(wire.extensibility) @nested union \(Self.last(type.name)) switch(\(name(discriminator))) {"
    ]
    // The default goes last: idlc 0.10 miscompiles a union that continues behind it.
    let ordered =
      fields.filter { !schema.wire.fields[$0].isDefault } + fields.filter { schema.wire.fields[$0].isDefault }
    for index in ordered {
      let labels = schema.wire.fields[index].labels.map { "case \(label($0, discriminator)):" }
      let fallback = schema.wire.fields[index].isDefault ? ["default:"] : []
      lines.append(
        "    \((labels + fallback).joined(separator: " ")) \(member(index, statesID: wire.extensibility == .mutable))"
      )
    }
    return typedefs + lines + ["  };"]
  }

  private func label(_ value: Int64, _ discriminator: TypeID) -> String {
    switch schema.model[discriminator].shape {
    case .enumeration(let range, _):
      let name = schema.model.enumerators[range].first { Int64($0.number) == value }?.name ?? ""
      let modules = schema.model[discriminator].name.components(of: "::").dropLast()
      return (modules.map(Self.escaped) + [Self.escaped(name)]).map { "::" + $0 }.joined()
    case .primitive(.boolean, _): return value == 0 ? "FALSE" : "TRUE"
    case .primitive(.uint64, _): return "\(UInt64(bitPattern: value))"
    case .primitive(.character, _), .primitive(.wideCharacter, _): return Self.character(value)
    default: return "\(value)"
    }
  }

  private static func character(_ value: Int64) -> String {
    guard let scalar = UnicodeScalar(UInt32(truncatingIfNeeded: value)), scalar.isASCII, value > 32,
      value < 127,
      scalar != "'", scalar != "\\"
    else { return value < 256 ? "'\\x\(String(value, radix: 16))'" : "L'\\u\(String(value, radix: 16))'" }
    return "'\(scalar)'"
  }

  private func enumeration(_ id: TypeID, _ type: TypeDefinition, _ range: Range<Int>) -> [String] {
    let bits = schema.wire.types[Int(id.rawValue)].bitBound
    let annotation = bits == 32 ? "" : "@bit_bound(\(bits)) "
    return ["  \(annotation)enum \(Self.last(type.name)) {", names(range, "value"), "  };"]
  }

  private func bitmask(_ type: TypeDefinition, _ range: Range<Int>, _ bits: Int32) -> [String] {
    let annotation = bits == 32 ? "" : "@bit_bound(\(bits)) "
    return ["  \(annotation)bitmask \(Self.last(type.name)) {", names(range, "position"), "  };"]
  }

  /// The number is written where it is not one more than the one before.
  private func names(_ range: Range<Int>, _ annotation: String) -> String {
    var next: Int32 = 0
    return schema.model.enumerators[range].map { entry in
      defer { next = entry.number &+ 1 }
      let number = entry.number == next ? "" : "@\(annotation)(\(entry.number)) "
      return "    \(number)\(Self.escaped(entry.name))"
    }.joined(separator: ",\n")
  }

  private func bitset(_ type: TypeDefinition, _ fields: Range<Int>, _ bits: Int32) -> [String] {
    var lines = ["  bitset \(Self.last(type.name)) {"]
    var position = 0
    func skip(to next: Int) {
      if next > position { lines.append("    bitfield<\(next - position)>;") }
    }
    for index in fields {
      let wire = schema.wire.fields[index]
      skip(to: Int(wire.bitPosition))
      let field = schema.model.fields[index]
      lines.append("    bitfield<\(wire.bitWidth), \(name(field.type))> \(Self.escaped(field.name));")
      position = Int(wire.bitPosition) + Int(wire.bitWidth)
    }
    skip(to: Int(bits))
    return lines + ["  };"]
  }

  // MARK: Members

  private func member(_ index: Int, statesID: Bool) -> String {
    let field = schema.model.fields[index]
    let wire = schema.wire.fields[index]
    var annotations = statesID ? "@id(\(wire.memberID)) " : ""
    if wire.isOptional { annotations += "@optional " }
    if wire.mustUnderstand { annotations += "@must_understand " }
    let (type, dimensions) = declared(field.type)
    return "\(annotations)\(name(type)) \(Self.escaped(field.name))\(dimensions);"
  }

  /// What stands before and behind the name.
  private func declared(_ id: TypeID) -> (type: TypeID, dimensions: String) {
    var id = id
    var dimensions = ""
    while case .array(let element, let count) = schema.model[id].shape {
      dimensions += "[\(count)]"
      id = element
    }
    return (id, dimensions)
  }

  /// Names for the arrays inside sequences and maps of some members.
  private mutating func typedefs(of fields: Range<Int>) -> [String] {
    var lines: [String] = []
    for index in fields { nameArrays(in: schema.model.fields[index].type, isInner: false, &lines) }
    return lines
  }

  private mutating func nameArrays(in id: TypeID, isInner: Bool, _ lines: inout [String]) {
    switch schema.model[id].shape {
    case .list(let element, _): nameArrays(in: element, isInner: true, &lines)
    case .map(let key, let value, _):
      nameArrays(in: key, isInner: true, &lines)
      nameArrays(in: value, isInner: true, &lines)
    case .array(let element, _):
      let (type, dimensions) = declared(id)
      nameArrays(in: isInner ? type : element, isInner: false, &lines)
      guard isInner else { return }
      // Global arrays would need a global place; a new name each time is as good.
      let new = "array_\(arrays.count + 1)_t"
      lines.append("  typedef \(name(type)) \(new)\(dimensions);")
      arrays[id] = new
    default: return
    }
  }

  /// As a member's type is written.
  func name(_ id: TypeID) -> String {
    let type = schema.model[id]
    func bound(_ bound: Int32?) -> String { bound.map { ", \($0)" } ?? "" }
    switch type.shape {
    case .primitive(let primitive, let bound):
      return primitive.idl + (bound.map { "<\($0)>" } ?? "")
    case .list(let element, let most): return "sequence<\(name(element))\(bound(most))>"
    case .map(let key, let value, let most): return "map<\(name(key)), \(name(value))\(bound(most))>"
    case .array: return arrays[id] ?? ""
    default: return "::" + type.name.components(of: "::").map(Self.escaped).joined(separator: "::")
    }
  }

  /// The last part of a qualified name.
  static func last(_ name: String) -> String { escaped(name.components(of: "::").last ?? name) }

  static func escaped(_ name: String) -> String { Keywords.spelledLike(name) == nil ? name : "_" + name }
}
