import Foundation
import SchemaModel
import Testing
import Transcoding

/// A schema from the small notation of Fixtures/cdr-types.txt, which the Python peer reads as well.
///
///     enum Color/8 = RED:0 GREEN:1          /8: the bit bound; `open` at the end for one that is not closed
///     mask Flags/8 = A:0 C:2
///     bits Packed/16 = a:0:3:uint8          bit field: position, width, type
///     struct Point final { x int32, y int32 optional id=7 mu default=1 min=0 max=9 }
///     union U appendable (int32) { 1 a int32, 2|3 b string, * c float64 }
///
/// Types: `int32`, `int32[-1:9]` (with limits), `string<8>`, `seq<T>`, `seq<T;5>`, `arr<T;3>`, `map<K;V>`. Without a word the extensibility is that
/// of the whole schema, of unions at most appendable.
struct TestSchema {
  private(set) var model = SchemaModel()
  private(set) var wire = CDRWireTable()
  private let extensibility: CDRExtensibility

  init(_ text: String, _ extensibility: CDRExtensibility = .final) throws {
    self.extensibility = extensibility
    let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty && !$0.hasPrefix("#") }
    // Names first: types may contain each other.
    for line in lines {
      let name = line.split(separator: " ")[1].split(separator: "/")[0]
      add(TypeDefinition(name: String(name), shape: .record(fields: 0..<0)))
    }
    for line in lines { try define(line) }
  }

  func codec(
    limits: TranscodingLimits = TranscodingLimits(), _ change: (inout JSONOptions) -> Void = { _ in }
  ) -> CDRCodec {
    var options = JSONOptions()
    change(&options)
    return CDRCodec(model: model, wire: wire, options: options, limits: limits)
  }

  func type(_ name: String) throws -> TypeID { try #require(model.typesByName[name], "\(name)") }

  /// The field that dotted names lead to.
  func path(_ type: String, _ names: String) throws -> FieldPath {
    var record = try self.type(type)
    return try names.split(separator: ".").map { name in
      let range: Range<Int>
      switch model[record].shape {
      case .record(let fields), .union(_, let fields): range = fields
      default: throw Oracle.Failure(description: "\(name) in \(type)")
      }
      let index = try #require(range.first { model.fields[$0].name == name })
      record = model.fields[index].type
      return FieldID(rawValue: Int32(index))
    }
  }

  mutating func setEnumCollectionsPrimitive() { wire.enumCollectionsArePrimitive = true }

  mutating func setDefaultEnumerator(_ name: String, _ number: Int32) throws {
    wire.types[Int(try type(name).rawValue)].defaultEnumerator = number
  }

  mutating func setPlaceholder(_ name: String) throws {
    wire.types[Int(try type(name).rawValue)].isPlaceholder = true
  }

  // MARK: Reading the notation

  @discardableResult
  private mutating func add(_ type: TypeDefinition, _ facts: CDRTypeWire = CDRTypeWire()) -> TypeID {
    wire.types.append(facts)
    return model.append(type)
  }

  private mutating func define(_ line: String) throws {
    let words = line.split(separator: " ").map(String.init)
    let head = words[1].split(separator: "/").map(String.init)
    let index = Int(try type(head[0]).rawValue)
    var facts = CDRTypeWire(extensibility: extensibility)
    if words[0] == "union", extensibility == .mutable { facts.extensibility = .appendable }
    if head.count > 1 { facts.bitBound = UInt8(head[1]) ?? 32 }
    for (word, value) in [
      ("final", CDRExtensibility.final), ("appendable", .appendable), ("mutable", .mutable),
    ]
    where words.contains(word) {
      facts.extensibility = value
    }
    wire.types[index] = facts
    switch words[0] {
    case "enum", "mask":
      let first = model.enumerators.count
      for word in words[3...] where word.contains(":") {
        let parts = word.split(separator: ":")
        model.enumerators.append(Enumerator(name: String(parts[0]), number: Int32(parts[1]) ?? 0))
      }
      let range = first..<model.enumerators.count
      model.types[index].shape =
        words[0] == "enum"
        ? .enumeration(range, closed: !words.contains("open"))
        : .bitmask(range, bits: Int32(facts.bitBound))
    case "bits":
      let fields = try words[3...].map { word in
        let parts = word.split(separator: ":").map(String.init)
        var field = CDRFieldWire(memberID: 0)
        field.bitPosition = UInt8(parts[1]) ?? 0
        field.bitWidth = UInt8(parts[2]) ?? 0
        return (definition(parts[0], try expression(parts[3])), field)
      }
      model.types[index].shape = .bitset(fields: append(fields), bits: Int32(facts.bitBound))
    default:
      try defineMembers(line, index, isUnion: words[0] == "union")
    }
  }

  private func definition(_ name: String, _ type: TypeID) -> FieldDefinition {
    FieldDefinition(name: name, jsonName: name, type: type, presence: .required)
  }

  private mutating func append(_ fields: [(FieldDefinition, CDRFieldWire)]) -> Range<Int> {
    let first = model.fields.count
    for (field, facts) in fields {
      model.fields.append(field)
      wire.fields.append(facts)
    }
    return first..<model.fields.count
  }

  private mutating func defineMembers(_ line: String, _ index: Int, isUnion: Bool) throws {
    let body = line.drop { $0 != "{" }.dropFirst().prefix { $0 != "}" }
    var fields: [(FieldDefinition, CDRFieldWire)] = []
    for part in body.split(separator: ",") {
      var words = part.split(separator: " ").map(String.init)
      if words.isEmpty { continue }
      var facts = CDRFieldWire(memberID: UInt32(isUnion ? fields.count + 1 : fields.count))
      if isUnion {
        let labels = words.removeFirst()
        facts.isDefault = labels.contains("*")
        facts.labels = labels.split(separator: "|").compactMap { Int64($0) }
      }
      var field = definition(words[0], try expression(words[1]))
      for word in words.dropFirst(2) { try annotate(&field, &facts, word) }
      fields.append((field, facts))
    }
    let range = append(fields)
    if isUnion {
      let name = line.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }
      model.types[index].shape = .union(discriminator: try expression(String(name)), fields: range)
    } else {
      model.types[index].shape = .record(fields: range)
    }
  }

  private mutating func annotate(_ field: inout FieldDefinition, _ facts: inout CDRFieldWire, _ word: String)
    throws
  {
    let parts = word.split(separator: "=").map(String.init)
    let shape = model[field.type].shape
    switch parts[0] {
    case "optional":
      facts.isOptional = true
      field.presence = .explicit
    case "mu": facts.mustUnderstand = true
    case "id": facts.memberID = UInt32(parts[1]) ?? 0
    case "default": field.defaultValue = literal(parts[1], shape)
    case "min": model.types[Int(field.type.rawValue)].minimum = literal(parts[1], shape)
    case "max": model.types[Int(field.type.rawValue)].maximum = literal(parts[1], shape)
    default: throw Oracle.Failure(description: word)
    }
  }

  private func literal(_ text: String, _ shape: TypeDefinition.Shape) -> Literal {
    switch shape {
    case .primitive(let primitive, _):
      switch primitive {
      case .boolean: .boolean(text == "true")
      case .string, .wideString, .character, .wideCharacter: .string(text)
      case .float32, .float64, .float128: .float(Double(text) ?? 0)
      case .uint8, .uint16, .uint32, .uint64: .unsigned(UInt64(text) ?? 0)
      default: .signed(Int64(text) ?? 0)
      }
    default: .enumerator(Int32(text) ?? 0)
    }
  }

  private static let primitives: [String: Primitive] = [
    "boolean": .boolean, "int8": .int8, "uint8": .uint8, "int16": .int16, "uint16": .uint16, "int32": .int32,
    "uint32": .uint32, "int64": .int64, "uint64": .uint64, "float32": .float32, "float64": .float64,
    "float128": .float128, "char": .character, "wchar": .wideCharacter, "string": .string,
    "wstring": .wideString, "bytes": .bytes,
  ]

  private mutating func expression(_ text: String) throws -> TypeID {
    if let named = model.typesByName[text] { return named }
    if text.hasSuffix("]") {
      let parts = text.dropLast().split(separator: "[").map(String.init)
      let limits = parts[1].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      let type = try expression(parts[0])
      let shape = model[type].shape
      if !limits[0].isEmpty { model.types[Int(type.rawValue)].minimum = literal(limits[0], shape) }
      if !limits[1].isEmpty { model.types[Int(type.rawValue)].maximum = literal(limits[1], shape) }
      return type
    }
    if let primitive = TestSchema.primitives[text] {
      return add(TypeDefinition(shape: .primitive(primitive, bound: nil)))
    }
    let name = String(text.prefix { $0 != "<" })
    let inside = String(text.dropFirst(name.count + 1).dropLast())
    var depth = 0
    var parts = [""]
    for character in inside {
      if character == "<" { depth += 1 }
      if character == ">" { depth -= 1 }
      if character == ";", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
    }
    switch name {
    case "seq":
      let element = try expression(parts[0])
      return add(
        TypeDefinition(shape: .list(element: element, bound: parts.count > 1 ? Int32(parts[1]) : nil)))
    case "arr":
      let element = try expression(parts[0])
      return add(TypeDefinition(shape: .array(element: element, count: Int32(parts[1]) ?? 0)))
    case "map":
      let key = try expression(parts[0])
      let value = try expression(parts[1])
      return add(
        TypeDefinition(
          shape: .map(key: key, value: value, bound: parts.count > 2 ? Int32(parts[2]) : nil)))
    default:
      let primitive = try #require(TestSchema.primitives[name], "\(text)")
      return add(TypeDefinition(shape: .primitive(primitive, bound: Int32(parts[0]))))
    }
  }
}

/// The encapsulation headers that we write, and their big-endian forms.
enum Representation: CaseIterable {
  case xcdr1, xcdr2

  func header(_ extensibility: CDRExtensibility = .final, bigEndian: Bool = false) -> [UInt8] {
    let id: UInt8 =
      switch (self, extensibility) {
      case (.xcdr1, .mutable): 2
      case (.xcdr1, _): 0
      case (.xcdr2, .final): 6
      case (.xcdr2, .appendable): 8
      case (.xcdr2, .mutable): 10
      }
    return [0, id + (bigEndian ? 0 : 1), 0, 0]
  }
}

extension TestSchema {
  /// The sample of a JSON text: prefix, which begins with the header, and message.
  func wire(
    _ type: String, _ json: String, after prefix: [UInt8], _ codec: CDRCodec? = nil
  ) throws -> [UInt8] {
    var output = prefix
    try (codec ?? self.codec()).encode(
      try self.type(type), from: RequestInput(body: Array(json.utf8)), into: &output,
      scratch: TranscodingScratch())
    return output
  }

  func json(
    _ type: String, _ wire: [UInt8], at start: Int = 4, selecting path: FieldPath = [],
    _ codec: CDRCodec? = nil
  ) throws -> String {
    var output: [UInt8] = []
    try (codec ?? self.codec()).decode(
      try self.type(type), from: wire, at: start, selecting: path, into: &output,
      scratch: TranscodingScratch())
    return String(decoding: output, as: UTF8.self)
  }

  /// What a client is told about a request; nil when it is accepted.
  func problem(
    _ type: String, _ input: RequestInput, _ codec: CDRCodec? = nil
  ) throws -> FieldProblem? {
    let codec = codec ?? self.codec()
    let id = try self.type(type)
    var output = Representation.xcdr1.header()
    let scratch = TranscodingScratch()
    do throws(TranscodeError) {
      try codec.encode(id, from: input, into: &output, scratch: scratch)
      return nil
    } catch {
      return codec.explain(error, encoding: id, from: input, scratch: scratch)
    }
  }
}
