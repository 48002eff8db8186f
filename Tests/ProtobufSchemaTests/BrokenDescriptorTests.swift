import ProtobufSchema
import SchemaModel
import SwiftProtobuf
import Testing

/// Descriptor sets that no compiler writes: each has a finding of its own, located, and nothing traps.
@Suite struct BrokenDescriptorTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var set: String
    var findings: [String]
    var testDescription: String { findings.joined(separator: "; ") }
  }

  /// A file in text format with `body` in it.
  private static func file(_ body: String, name: String = "f.proto", syntax: String = "proto3") -> String {
    "file { name: '\(name)' package: 'p' syntax: '\(syntax)' \(body) }"
  }

  private static func message(_ body: String) -> String { file("message_type { name: 'M' \(body) }") }

  private static func field(_ rest: String, _ number: Int = 1) -> String {
    "field { name: 'a' number: \(number) label: LABEL_OPTIONAL \(rest) }"
  }

  static let rows: [Row] = [
    Row(
      set: file("dependency: 'none.proto'"),
      findings: ["set: missing-import: 'f.proto' imports 'none.proto', which is not in the set"]),
    Row(
      set: file("dependency: 'f.proto'"),
      findings: ["set: cyclic-import: 'f.proto' imports 'f.proto'"]),
    Row(
      set: file("dependency: 'b.proto'", name: "a.proto") + file("dependency: 'c.proto'", name: "b.proto")
        + file("dependency: 'a.proto'", name: "c.proto"),
      findings: ["set: cyclic-import: 'a.proto' imports 'b.proto' imports 'c.proto' imports 'a.proto'"]),
    Row(
      set: file("", syntax: "proto4"),
      findings: ["set: unknown-syntax: 'f.proto' is written in syntax 'proto4'"]),
    Row(
      set: file("edition: EDITION_2024", syntax: "editions"),
      findings: ["set: unknown-syntax: 'f.proto' is written in edition2024"]),
    Row(
      set: file("message_type { name: 'M' } message_type { name: 'M' }"),
      findings: ["set: duplicate-name: 'p.M' is defined twice"]),
    Row(
      set: file("message_type { name: 'M' }")
        + file("enum_type { name: 'M' value { name: 'A' number: 0 } }", name: "g.proto"),
      findings: ["set: duplicate-name: 'p.M' is defined twice"]),
    Row(
      set: file("message_type { }"), findings: ["set: missing-name: something in 'f.proto' has no name"]),
    Row(
      set: message(field("type: TYPE_INT32") + field("type: TYPE_INT32", 2)),
      findings: ["set: duplicate-name: 'p.M.a' is defined twice"]),
    Row(
      set: message(field("type: TYPE_INT32", 0)),
      findings: ["set: field-number: the number 0 of 'p.M.a' is taken or not valid"]),
    Row(
      set: message(field("type: TYPE_INT32", -1)),
      findings: ["set: field-number: the number -1 of 'p.M.a' is taken or not valid"]),
    Row(
      set: message(field("type: TYPE_INT32", 536_870_912)),
      findings: ["set: field-number: the number 536870912 of 'p.M.a' is taken or not valid"]),
    Row(
      set: message(field("type: TYPE_INT32") + "field { name: 'b' number: 1 type: TYPE_BOOL }"),
      findings: ["set: field-number: the number 1 of 'p.M.b' is taken or not valid"]),
    Row(
      set: message(field("")),
      findings: ["set: missing-type: 'p.M.a' has no type, or one that is not known"]),
    Row(
      set: message(field("type: TYPE_MESSAGE type_name: '.p.None'")),
      findings: ["set: unknown-type: 'p.M.a' refers to '.p.None', which is not defined so"]),
    Row(
      set: message(field("type: TYPE_ENUM type_name: '.p.M'")),
      findings: ["set: unknown-type: 'p.M.a' refers to '.p.M', which is not defined so"]),
    Row(
      set: message(field("type: TYPE_MESSAGE")),
      findings: ["set: unknown-type: 'p.M.a' refers to '', which is not defined so"]),
    Row(
      set: message(field("type: TYPE_INT32 oneof_index: 3")),
      findings: ["set: unknown-oneof: 'p.M.a' is in a oneof that is not there"]),
    Row(
      set: message(field("type: TYPE_INT32 oneof_index: -1")),
      findings: ["set: unknown-oneof: 'p.M.a' is in a oneof that is not there"]),
    Row(
      set: message(
        "field { name: 'a' number: 1 label: LABEL_REPEATED type: TYPE_INT32 oneof_index: 0 } oneof_decl { name: 'o' }"
      ),
      findings: ["set: malformed-oneof: 'p.M.a' is repeated and may not be in a oneof"]),
    Row(
      set: file("enum_type { name: 'E' }"), findings: ["set: empty-enum: enum 'p.E' has no values"]),
    Row(
      set: file("enum_type { name: 'E' value { name: 'A' number: 1 } }"),
      findings: ["set: enum-without-zero: the first value of 'p.E' is not 0"]),
    Row(
      set: file("enum_type { name: 'E' value { name: 'A' number: 0 } value { name: 'A' number: 1 } }"),
      findings: ["set: duplicate-name: 'p.E.A' is defined twice"]),
    Row(
      set: message(field("type: TYPE_INT32 default_value: 'x'")),
      findings: ["set: default-value: the default value 'x' of 'p.M.a' does not fit its type"]),
    Row(
      set: message(field("type: TYPE_INT32 default_value: '2147483648'")),
      findings: ["set: default-value: the default value '2147483648' of 'p.M.a' does not fit its type"]),
    Row(set: map("key { type: TYPE_FLOAT } value { type: TYPE_INT32 }"), findings: malformedMap),
    Row(
      set: map("key { type: TYPE_STRING label: LABEL_REPEATED } value { type: TYPE_INT32 }"),
      findings: malformedMap),
    Row(set: map("key { type: TYPE_STRING }"), findings: malformedMap),
    Row(set: map(""), findings: malformedMap),
    Row(
      set: map("key { type: TYPE_STRING } value { type: TYPE_MESSAGE type_name: '.p.None' }"),
      findings: ["set: unknown-type: 'p.M.m' refers to '.p.None', which is not defined so"] + malformedMap),
    Row(
      set: message(
        field("type: TYPE_MESSAGE type_name: '.p.M.E'")
          + "nested_type { name: 'E' options { map_entry: true } }"),
      findings: ["set: unknown-type: 'p.M.a' refers to '.p.M.E', which is not defined so"]),
    Row(
      set: file(
        "extension { name: 'x' number: 100 label: LABEL_OPTIONAL type: TYPE_INT32 extendee: '.p.None' }"),
      findings: ["set: unknown-type: 'p.x' extends '.p.None', which is no message"]),
    Row(
      set: file(
        "message_type { name: 'M' } extension { name: 'x' number: 100 type: TYPE_INT32 extendee: '.p.M' }"),
      findings: ["set: extension-number: 'p.M' is not open to extensions with the number 100 of 'p.x'"]),
    Row(
      set: file(
        "message_type { name: 'M' extension_range { start: 1 end: 200 } } "
          + "extension { name: 'x' number: 100 type: TYPE_INT32 extendee: '.p.M' } "
          + "extension { name: 'y' number: 100 type: TYPE_INT32 extendee: '.p.M' }"),
      findings: ["set: field-number: the number 100 of 'p.y' is taken or not valid"]),
    Row(
      set: message("options { message_set_wire_format: true }"),
      findings: ["set: message-set: 'p.M' is a message set, which has no JSON form"]),
    Row(
      set:
        "file { name: 'x.proto' package: 'google.protobuf' syntax: 'proto3' message_type { name: 'Timestamp' } }",
      findings: [
        "set: well-known-differs: 'google.protobuf.Timestamp' has not the fields of the type of that name"
      ]),
    Row(
      set: """
        file { name: 'x.proto' package: 'google.protobuf' syntax: 'proto3'
          message_type { name: 'Struct'
            field { name: 'fields' number: 1 label: LABEL_REPEATED type: TYPE_MESSAGE
              type_name: '.google.protobuf.Struct.FieldsEntry' }
            nested_type { name: 'FieldsEntry'
              field { name: 'key' number: 1 label: LABEL_OPTIONAL type: TYPE_STRING } } } }
        """,
      findings: [
        "set: well-known-differs: 'google.protobuf.Struct' has not the fields of the type of that name"
      ]),
    Row(
      set: file("service { name: 'S' method { name: 'A' input_type: '.p.None' output_type: '.p.None' } }"),
      findings: [
        "set: unknown-type: 'p.S.A' refers to '.p.None', which is no message",
        "set: unknown-type: 'p.S.A' refers to '.p.None', which is no message",
      ]),
    Row(
      set: file("service { name: 'S' } service { name: 'S' }"),
      findings: ["set: duplicate-name: 'p.S' is defined twice"]),
    Row(
      set: message(
        "field { name: 'a' number: 1 label: LABEL_OPTIONAL type: TYPE_INT32 json_name: 'c' } "
          + "field { name: 'b' number: 2 label: LABEL_OPTIONAL type: TYPE_INT32 json_name: 'x' } "
          + "field { name: 'c' number: 3 label: LABEL_OPTIONAL type: TYPE_INT32 json_name: 'x' }"),
      findings: [
        "set: duplicate-json-name: the JSON name 'x' of 'p.M.c' is taken; it is written as 'c'",
        "set: duplicate-json-name: 'p.M.c' has no JSON name of its own",
      ]),
    Row(
      set: ring(of: 12),
      findings: [
        "set: cyclic-import: 'f0' imports 'f1' imports 'f2' imports 'f3' imports 'f4' imports 'f5' imports 'f6' "
          + "imports 'f7' imports, by way of 4 others, 'f0'"
      ]),
    Row(
      set: (0..<102).map { file("dependency: 'f\($0)'", name: "f\($0)") }.joined(),
      findings: (0..<100).map { "set: cyclic-import: 'f\($0)' imports 'f\($0)'" }
        + ["-: cyclic-import: more than 100 rings of imports; the rest is not looked at"]),
    Row(
      set: extended(by: [1, 4, 5, 9, 10, 19, 20, 30]),
      findings: [1, 9, 20, 30].map {
        "set: extension-number: 'p.M' is not open to extensions with the number \($0) of 'p.x\($0)'"
      }),
  ]

  /// Files of which each imports the next, the last the first.
  private static func ring(of count: Int) -> String {
    (0..<count).map { file("dependency: 'f\(($0 + 1) % count)'", name: "f\($0)") }.joined()
  }

  /// A message with ranges that are not in their order and overlap: 2…8 and 10…19.
  private static func extended(by numbers: [Int]) -> String {
    let ranges = [(15, 20), (4, 9), (10, 16), (2, 5), (11, 12), (30, 30), (40, 35)].map {
      "extension_range { start: \($0) end: \($1) }"
    }.joined()
    let extensions = numbers.map {
      "extension { name: 'x\($0)' number: \($0) type: TYPE_INT32 extendee: '.p.M' }"
    }.joined()
    return file("message_type { name: 'M' \(ranges) } \(extensions)")
  }

  private static let malformedMap = ["set: malformed-map: the entry type of the map 'p.M.m' is not valid"]

  /// A message with a map whose entry has the given key and value.
  private static func map(_ entry: String) -> String {
    let fields = entry.replacing("key {", with: "field { name: 'key' number: 1")
      .replacing("value {", with: "field { name: 'value' number: 2")
    return message(
      "field { name: 'm' number: 1 label: LABEL_REPEATED type: TYPE_MESSAGE type_name: '.p.M.E' } "
        + "nested_type { name: 'E' options { map_entry: true } \(fields) }")
  }

  private func load(_ bytes: [UInt8]) -> (ProtobufSchema?, [String]) {
    var diagnostics = Diagnostics()
    let schema = ProtobufSchemaLoader.load(sources: [.bytes(bytes, name: "set")], diagnostics: &diagnostics)
    return (schema, diagnostics.all.map { "\($0.location?.file ?? "-"): \($0.code): \($0.message)" })
  }

  @Test(arguments: rows) func eachMistakeHasItsFinding(_ row: Row) throws {
    let set = try Google_Protobuf_FileDescriptorSet(textFormatString: row.set)
    let (schema, findings) = load(try set.serializedBytes())
    #expect(schema == nil)
    #expect(findings == row.findings)
  }

  /// Types may contain themselves and each other; only imports may not go round.
  @Test func cyclicTypesAreFine() throws {
    let set = try Google_Protobuf_FileDescriptorSet(
      textFormatString: Self.file(
        "message_type { name: 'A' \(Self.field("type: TYPE_MESSAGE type_name: '.p.B'")) } "
          + "message_type { name: 'B' \(Self.field("type: TYPE_MESSAGE type_name: '.p.A'")) }"))
    let (schema, findings) = load(try set.serializedBytes())
    #expect(schema != nil && findings.isEmpty)
  }

  /// The time does not grow with the product of both.
  @Test(.timeLimit(.minutes(1))) func manyExtensionsInManyRanges() throws {
    let numbers = (Int32(0)..<40_000).map { 2 * $0 + 1 }
    var message = Google_Protobuf_DescriptorProto()
    message.name = "M"
    message.extensionRange = numbers.map { number in
      .with {
        $0.start = number
        $0.end = number + 1
      }
    }
    var file = Google_Protobuf_FileDescriptorProto()
    file.name = "f.proto"
    file.syntax = "proto2"
    file.messageType = [message]
    file.extension = numbers.map { number in
      .with {
        $0.name = "x\(number)"
        $0.number = number
        $0.type = .int32
        $0.extendee = ".M"
      }
    }
    var set = Google_Protobuf_FileDescriptorSet()
    set.file = [file]
    let (schema, findings) = load(try set.serializedBytes())
    #expect(schema?.model.fields.count == numbers.count, "\(findings.prefix(3))")
  }

  @Test func aLaterFieldGivesWayToAJSONName() throws {
    let set = try Google_Protobuf_FileDescriptorSet(
      textFormatString: Self.message(
        "field { name: 'a' number: 1 type: TYPE_INT32 json_name: 'x' } "
          + "field { name: 'b' number: 2 type: TYPE_INT32 json_name: 'x' }"))
    let (schema, findings) = load(try set.serializedBytes())
    #expect(schema?.model.fields.map(\.jsonName) == ["x", "b"])
    #expect(
      findings == ["set: duplicate-json-name: the JSON name 'x' of 'p.M.b' is taken; it is written as 'b'"])
    // A field that is called so keeps the name, in whatever order.
    for names in [["foo_bar", "fooBar"], ["fooBar", "foo_bar"]] {
      let fields = names.enumerated().map {
        "field { name: '\($1)' number: \($0 + 1) type: TYPE_INT32 }"
      }
      let set = try Google_Protobuf_FileDescriptorSet(textFormatString: Self.message(fields.joined()))
      #expect(load(try set.serializedBytes()).0?.model.fields.map(\.jsonName) == names)
    }
  }

  /// Imports of the compiler's own files need not be in the set.
  @Test func wellKnownFilesAreAtHand() throws {
    let names = [
      "any", "api", "descriptor", "duration", "empty", "field_mask", "source_context", "struct", "timestamp",
      "type", "wrappers",
    ]
    let imports = names.map { "dependency: 'google/protobuf/\($0).proto'" }.joined(separator: " ")
    let body =
      "message_type { name: 'M' \(Self.field("type: TYPE_MESSAGE type_name: '.google.protobuf.Any'")) }"
    let set = try Google_Protobuf_FileDescriptorSet(textFormatString: Self.file("\(imports) \(body)"))
    let (schema, findings) = load(try set.serializedBytes())
    #expect(findings.isEmpty)
    #expect(schema?.model.typesByName["google.protobuf.Timestamp"] != nil)
    #expect(schema?.model.typesByName["google.protobuf.FieldOptions"] != nil)
  }

  @Test func breakageIsLocated() throws {
    let set = try Google_Protobuf_FileDescriptorSet(
      textFormatString: Self.file("", name: "a.proto") + Self.message(Self.field("type: TYPE_INT32")))
    let bytes: [UInt8] = try set.serializedBytes()
    let second = 2 + Int(bytes[1])
    #expect(
      load(Array(bytes.dropLast())).1 == [
        "set: malformed-descriptor-set: this is not a FileDescriptorSet: it ends within file 2, which begins at byte \(second)"
      ])
    var damaged = bytes
    damaged[second + 2] = 0x0B
    #expect(
      load(damaged).1 == [
        "set: malformed-descriptor-set: this is not a FileDescriptorSet: file 2, which begins at byte \(second), is damaged"
      ])
    #expect(
      load([0x12, 0x00, 0xFF]).1.first
        == "set: malformed-descriptor-set: this is not a FileDescriptorSet: no file begins at byte 0")
  }

  @Test func nestingInASetIsBounded() throws {
    var message = Google_Protobuf_DescriptorProto()
    message.name = "M"
    for _ in 0..<40 {
      var outer = Google_Protobuf_DescriptorProto()
      outer.name = "M"
      outer.nestedType = [message]
      message = outer
    }
    var file = Google_Protobuf_FileDescriptorProto()
    file.name = "f.proto"
    file.syntax = "proto3"
    file.messageType = [message]
    var set = Google_Protobuf_FileDescriptorSet()
    set.file = [file]
    #expect(load(try set.serializedBytes()).0 != nil)
    // Ten thousand levels, one length around the other.
    var bytes: [UInt8] = [0x0A, 0x01, 0x4D]
    for _ in 0..<10_000 {
      bytes = [0x0A, 0x01, 0x4D, 0x1A] + Self.varint(bytes.count) + bytes
      if bytes.count > 200_000 { break }
    }
    bytes = [0x22] + Self.varint(bytes.count) + bytes
    let (schema, findings) = load([0x0A] + Self.varint(bytes.count) + bytes)
    #expect(schema == nil && !findings.isEmpty)
  }

  private static func varint(_ value: Int) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
