import SchemaModel
import Testing
import Transcoding

/// What path, query and configuration bind becomes part of a CDR message; no member has two sources.
@Suite struct CDRBoundFieldTests {
  typealias Binding = (path: String, text: String, source: BoundFields.Source)

  static let types = """
    enum E = ZERO:0 ONE:1
    mask Flags/8 = A:0 B:3
    struct Scalars { flag boolean optional, i8 int8 optional, u32 uint32 optional, i64 int64 optional, \
    real float64 optional, letter char optional, text string<4> optional, wide wstring<2> optional, e E optional, \
    flags Flags optional, data seq<uint8> optional, two arr<uint8;2> optional, numbers seq<int32;3> optional, \
    pair arr<int16;2> optional, names seq<string> optional, ranged int32 optional min=1 max=9, u U optional }
    union U (int32) { 1 a int32 }
    struct Inner { x int32, y int32, name string default=none }
    struct Outer { id int32, inner Inner, other Inner optional, last uint8 default=3 }
    """

  private func input(
    _ schema: TestSchema, _ type: String, body: String = "", at bodyPath: String = "", _ bindings: [Binding]
  ) throws -> RequestInput {
    var bound = BoundFields()
    for (path, text, source) in bindings {
      try bound.bind(try schema.path(type, path), to: Array(text.utf8), from: source)
    }
    return RequestInput(
      body: Array(body.utf8), bodyPath: try schema.path(type, bodyPath), bound: bound)
  }

  /// The JSON of the message that comes out, in both representations.
  private func merged(
    _ type: String, body: String = "", at bodyPath: String = "", _ bindings: [Binding]
  ) throws -> String {
    let schema = try TestSchema(Self.types)
    let codec = schema.codec()
    let input = try input(schema, type, body: body, at: bodyPath, bindings)
    let texts = try Representation.allCases.map { representation in
      var output = representation.header()
      try codec.encode(try schema.type(type), from: input, into: &output, scratch: TranscodingScratch())
      return try schema.json(type, output, codec)
    }
    #expect(texts[0] == texts[1])
    return texts[0]
  }

  static let values: [(path: String, text: String, json: String)] = [
    ("flag", "true", #"{"flag":true}"#), ("flag", "false", #"{"flag":false}"#),
    ("i8", "-128", #"{"i8":-128}"#),
    ("u32", "1e3", #"{"u32":1000}"#), ("i64", "-5", #"{"i64":"-5"}"#), ("real", "0.1", #"{"real":0.1}"#),
    ("real", "-Infinity", #"{"real":"-Infinity"}"#), ("letter", "é", #"{"letter":"é"}"#),
    ("text", "", #"{"text":""}"#), ("text", "a\"é", #"{"text":"a\"é"}"#), ("wide", "😀", #"{"wide":"😀"}"#),
    ("e", "ONE", #"{"e":"ONE"}"#), ("e", "1", #"{"e":"ONE"}"#), ("flags", "B", #"{"flags":["B"]}"#),
    ("flags", "9", #"{"flags":["A","B"]}"#), ("data", "AQI", #"{"data":"AQI="}"#),
    ("two", "AQI", #"{"two":"AQI="}"#), ("ranged", "9", #"{"ranged":9}"#),
    ("numbers", "4", #"{"numbers":[4]}"#),
  ]

  @Test(arguments: values)
  func textsBecomeValues(_ row: (path: String, text: String, json: String)) throws {
    #expect(try merged("Scalars", [(row.path, row.text, .query)]) == row.json)
  }

  /// What is compiled at load is what would be parsed for each request.
  @Test(arguments: values)
  func constantsAreCompiledToTheSame(_ row: (path: String, text: String, json: String)) throws {
    let schema = try TestSchema(Self.types)
    let codec = schema.codec()
    let plain = try input(schema, "Scalars", [(row.path, row.text, .fixed)])
    let constant = try codec.compile(Int32(plain.bound.nodes.count - 1), of: plain.bound)
    let compiled = RequestInput()
    try compiled.bound.bind(
      try schema.path("Scalars", row.path), to: constant, from: .fixed, isCompiled: true)
    let wires = try [plain, compiled].map { input in
      var output = Representation.allCases[0].header()
      try codec.encode(try schema.type("Scalars"), from: input, into: &output, scratch: TranscodingScratch())
      return output
    }
    #expect(wires[0] == wires[1])
  }

  static let mistakes: [(path: String, text: String, reason: String)] = [
    ("i8", "128", "expected an integer from -128 to 127"), ("i8", "", "expected an integer from -128 to 127"),
    ("u32", "-1", "expected an integer from 0 to 4294967295"), ("flag", "1", "expected true or false"),
    ("letter", "€", "expected a string of one character"),
    ("letter", "", "expected a string of one character"),
    ("text", "aaaaa", "longer than 4 bytes"), ("wide", "aaa", "longer than 2 UTF-16 units"),
    ("text", "a\u{0}", "a string of this type cannot hold U+0000"),
    ("wide", "\u{0}", "a string of this type cannot hold U+0000"),
    ("e", "TWO", "unknown enum value 'TWO'; one of ZERO, ONE"),
    ("e", "2", "unknown enum value '2'; one of ZERO, ONE"),
    ("flags", "C", "expected an array of flag names, or a number"),
    ("flags", "256", "expected an array of flag names, or a number"),
    ("data", "$", "expected a base64 string"), ("two", "AQID", "expected exactly 2 bytes"),
    ("ranged", "10", "must be from 1 to 9"), ("ranged", "0", "must be from 1 to 9"),
    ("pair", "1", "expected exactly 2 elements"),
    ("numbers", "x", "expected an integer from -2147483648 to 2147483647"),
    ("u", "1", "a field of this type takes no text"),
  ]

  @Test(arguments: mistakes)
  func mistakesAreNamed(_ row: (path: String, text: String, reason: String)) throws {
    let schema = try TestSchema(Self.types)
    let problem = try schema.problem("Scalars", input(schema, "Scalars", [(row.path, row.text, .query)]))
    #expect(problem?.source == "query")
    #expect(problem?.pointer == "/\(row.path)")
    #expect(problem?.reason == row.reason)
  }

  @Test func textsThatAreNotUTF8() throws {
    let schema = try TestSchema(Self.types)
    for path in ["text", "wide", "letter", "e"] {
      var bound = BoundFields()
      try bound.bind(try schema.path("Scalars", path), to: [0xFF], from: .path)
      #expect(try schema.problem("Scalars", RequestInput(bound: bound))?.reason == "invalid UTF-8")
    }
  }

  @Test func severalValuesAreAList() throws {
    #expect(
      try merged(
        "Scalars",
        [("numbers", "1", .query), ("numbers", "2", .query), ("pair", "3", .query), ("pair", "4", .query)])
        == #"{"numbers":[1,2],"pair":[3,4]}"#)
    #expect(
      try merged("Scalars", body: #"{"flag":true}"#, [("names", "a", .query), ("names", "", .query)])
        == #"{"flag":true,"names":["a",""]}"#)
    let schema = try TestSchema(Self.types)
    let four = (1...4).map { ("numbers", "\($0)", BoundFields.Source.query) }
    #expect(try schema.problem("Scalars", input(schema, "Scalars", four))?.reason == "more than 3 elements")
    let twice: [Binding] = [("i8", "1", .query), ("i8", "2", .query)]
    #expect(
      try schema.problem("Scalars", input(schema, "Scalars", twice))?.reason
        == "the query gives a value twice for a field that takes one")
  }

  @Test func bodyAndBoundFieldsMerge() throws {
    let inner = #""inner":{"x":1,"y":2,"name":"none"}"#
    #expect(
      try merged("Outer", body: #"{"inner":{"y":2}}"#, [("id", "7", .path), ("inner.x", "1", .query)])
        == #"{"id":7,\#(inner),"last":3}"#)
    #expect(
      try merged("Outer", body: #"{"y":2}"#, at: "inner", [("id", "7", .path), ("inner.x", "1", .query)])
        == #"{"id":7,\#(inner),"last":3}"#)
    #expect(
      try merged("Outer", body: "2", at: "inner.y", [("id", "7", .path), ("inner.x", "1", .query)])
        == #"{"id":7,\#(inner),"last":3}"#)
    #expect(
      try merged(
        "Outer",
        [("id", "7", .path), ("inner.x", "1", .fixed), ("inner.y", "2", .query), ("last", "9", .query)])
        == #"{"id":7,\#(inner),"last":9}"#)
    // A default of the configuration yields to the body, and to nothing else is there.
    #expect(
      try merged(
        "Outer", body: #"{"id":1,\#(inner),"last":5}"#,
        [
          ("id", "7", .fallback), ("last", "9", .fallback), ("other.x", "4", .fallback),
          ("other.y", "4", .fallback),
        ])
        == #"{"id":1,\#(inner),"other":{"x":4,"y":4,"name":"none"},"last":5}"#)
    #expect(
      try merged("Outer", body: #"{"id":1,\#(inner),"other":null}"#, [("other.x", "4", .fallback)])
        == #"{"id":1,\#(inner),"last":3}"#)
  }

  @Test func collisions() throws {
    let schema = try TestSchema(Self.types)
    let rows: [(body: String, at: String, bindings: [Binding], pointer: String)] = [
      (#"{"id":1,"inner":{"x":1,"y":2}}"#, "", [("id", "7", .path)], "/id"),
      (#"{"id":1,"inner":{"x":1,"y":2}}"#, "", [("inner.x", "7", .query)], "/inner/x"),
      (#"{"x":1,"y":2}"#, "inner", [("id", "1", .path), ("inner.x", "7", .query)], "/inner/x"),
      (#"{"id":1,"inner":{"x":1,"y":2},"other":null}"#, "", [("other.x", "7", .query)], "/other"),
    ]
    for row in rows {
      let problem = try schema.problem(
        "Outer", input(schema, "Outer", body: row.body, at: row.at, row.bindings))
      #expect(problem?.reason.hasPrefix("the field has a value from the") == true, "\(row)")
      #expect(problem?.source == row.bindings.last?.source.name)
      #expect(problem?.pointer == row.pointer)
    }
    let missing = try schema.problem(
      "Outer", input(schema, "Outer", [("id", "7", .path), ("inner.x", "1", .path)]))
    #expect(missing?.reason == "missing the required field 'y'")
  }
}
