import SchemaModel
import Testing
import Transcoding

/// What path, query and configuration bind becomes part of the message; no field has two sources.
@Suite struct BoundFieldTests {
  typealias Binding = (path: String, text: String, source: BoundFields.Source)

  private func input(
    _ type: String, body: String = "", at bodyPath: String = "", _ bindings: [Binding]
  ) throws -> RequestInput {
    var bound = BoundFields()
    for (path, text, source) in bindings {
      try bound.bind(try Fixtures.shared.path(type, path), to: Array(text.utf8), from: source)
    }
    return RequestInput(
      body: Array(body.utf8), bodyPath: try Fixtures.shared.path(type, bodyPath), bound: bound)
  }

  /// The JSON of the message that comes out.
  private func merged(
    _ type: String, body: String = "", at bodyPath: String = "", _ bindings: [Binding]
  ) throws -> String {
    let codec = Fixtures.shared.codec
    return try codec.json(type, codec.wire(type, input(type, body: body, at: bodyPath, bindings)))
  }

  static let values: [(type: String, path: String, text: String, json: String)] = [
    ("corpus.Scalars", "flag", "true", #"{"flag":true}"#),
    ("corpus.Scalars", "flag", "false", "{}"),
    ("corpus.Scalars", "i32", "-5", #"{"i32":-5}"#),
    ("corpus.Scalars", "i32", "1e3", #"{"i32":1000}"#),
    ("corpus.Scalars", "s64", "-5", #"{"s64":"-5"}"#),
    ("corpus.Scalars", "u64", "18446744073709551615", #"{"u64":"18446744073709551615"}"#),
    ("corpus.Scalars", "f32", "7", #"{"f32":7}"#),
    ("corpus.Scalars", "sf64", "-7", #"{"sf64":"-7"}"#),
    ("corpus.Scalars", "real", "0.1", #"{"real":0.1}"#),
    ("corpus.Scalars", "single", "-Infinity", #"{"single":"-Infinity"}"#),
    ("corpus.Scalars", "text", "a\"b", #"{"text":"a\"b"}"#),
    ("corpus.Scalars", "text", "", "{}"),
    ("corpus.Scalars", "data", "AQI", #"{"data":"AQI="}"#),
    ("corpus.Scalars", "color", "RED", #"{"color":"RED"}"#),
    ("corpus.Scalars", "color", "-5", #"{"color":"BLUE"}"#),
    ("corpus.Scalars", "color", "42", #"{"color":42}"#),
    ("corpus.Optionals", "text", "", #"{"text":""}"#),
    ("corpus.Optionals", "i32", "0", #"{"i32":0}"#),
    ("corpus.Node", "child.child.scalars.text", "x", #"{"child":{"child":{"scalars":{"text":"x"}}}}"#),
    ("corpus.Choice", "text", "", #"{"text":""}"#),
    ("corpus.WellKnown", "time", "2024-05-01T12:00:00Z", #"{"time":"2024-05-01T12:00:00Z"}"#),
    ("corpus.WellKnown", "length", "1.5s", #"{"length":"1.500s"}"#),
    ("corpus.WellKnown", "mask", "a,bC", #"{"mask":"a,bC"}"#),
    ("corpus.WellKnown", "i64", "-1", #"{"i64":"-1"}"#),
    ("corpus.WellKnown", "text", "", #"{"text":""}"#),
    ("corpus.WellKnown", "value", "1", #"{"value":"1"}"#),
  ]

  @Test(arguments: values)
  func textsBecomeValues(_ row: (type: String, path: String, text: String, json: String)) throws {
    #expect(try merged(row.type, [(row.path, row.text, .query)]) == row.json)
  }

  /// What is compiled at load is what would be parsed for each request.
  @Test(arguments: values)
  func constantsAreCompiledToTheSame(_ row: (type: String, path: String, text: String, json: String)) throws {
    let codec = Fixtures.shared.codec
    let plain = try input(row.type, [(row.path, row.text, .fixed)])
    let constant = try codec.compile(Int32(plain.bound.nodes.count - 1), of: plain.bound)
    let compiled = RequestInput()
    try compiled.bound.bind(
      try Fixtures.shared.path(row.type, row.path), to: constant, from: .fixed, isCompiled: true)
    #expect(try codec.wire(row.type, compiled) == codec.wire(row.type, plain))
  }

  @Test(arguments: ["1", "-7"]) func listsOfConstantsAreCompiled(_ text: String) throws {
    let codec = Fixtures.shared.codec
    let plain = try input("corpus.Lists", [("i32", text, .fixed), ("i32", "0", .fixed)])
    let compiled = RequestInput()
    for each in [text, "0"] {
      let one = try input("corpus.Lists", [("i32", each, .fixed)])
      let bytes = try codec.compile(0, of: one.bound)
      try compiled.bound.bind(
        try Fixtures.shared.path("corpus.Lists", "i32"), to: bytes, from: .fixed, isCompiled: true)
    }
    #expect(try codec.wire("corpus.Lists", compiled) == codec.wire("corpus.Lists", plain))
  }

  static let mistakes: [(type: String, path: String, text: String, pointer: String, reason: String)] = [
    ("corpus.Scalars", "i32", "x", "/i32", "expected an integer from -2147483648 to 2147483647"),
    ("corpus.Scalars", "i32", "", "/i32", "expected an integer from -2147483648 to 2147483647"),
    ("corpus.Scalars", "u32", "-1", "/u32", "expected an integer from 0 to 4294967295"),
    ("corpus.Scalars", "flag", "1", "/flag", "expected true or false"),
    (
      "corpus.Scalars", "color", "PINK", "/color",
      "unknown enum value 'PINK'; one of COLOR_UNSPECIFIED, RED, GREEN, BLUE"
    ),
    ("corpus.Scalars", "data", "$", "/data", "expected a base64 string"),
    ("corpus.Scalars", "snake_case_name", "\u{0}", "", ""),
    (
      "corpus.Node", "child.scalars.i32", "x", "/child/scalars/i32",
      "expected an integer from -2147483648 to 2147483647"
    ),
    ("corpus.Node", "child", "x", "/child", "a field of this type takes no text"),
    ("corpus.Maps", "text", "x", "/text", "a field of this type takes no text"),
    ("corpus.WellKnown", "time", "now", "/time", "expected a time such as \"2024-05-01T12:00:00Z\""),
  ]

  @Test(arguments: mistakes)
  func wrongTextsAreNamed(
    _ row: (type: String, path: String, text: String, pointer: String, reason: String)
  ) throws {
    let problem = Fixtures.shared.codec.problem(row.type, try input(row.type, [(row.path, row.text, .path)]))
    let expected = FieldProblem(source: "path", pointer: row.pointer, reason: row.reason)
    #expect(problem == (row.reason.isEmpty ? nil : expected))
  }

  @Test func invalidUTF8IsRefused() throws {
    var bound = BoundFields()
    try bound.bind(try Fixtures.shared.path("corpus.Scalars", "text"), to: [0xFF], from: .query)
    let problem = Fixtures.shared.codec.problem("corpus.Scalars", RequestInput(bound: bound))
    #expect(problem == FieldProblem(source: "query", pointer: "/text", reason: "invalid UTF-8"))
  }

  @Test func repeatedFieldsTakeTheChain() throws {
    #expect(
      try merged(
        "corpus.Lists",
        [
          ("i32", "1", .query), ("text", "a", .query), ("i32", "-2", .query), ("text", "", .query),
          ("loose", "3", .query), ("color", "RED", .query), ("color", "9", .query),
        ]) == #"{"i32":[1,-2],"text":["a",""],"color":["RED",9],"loose":[3]}"#)
  }

  @Test func bodyAndBoundFieldsMerge() throws {
    #expect(
      try merged(
        "corpus.Node", body: #"{"name":"n","child":{"name":"c"}}"#,
        [("child.scalars.i32", "4", .path), ("scalars.text", "t", .query)])
        == #"{"name":"n","child":{"name":"c","scalars":{"i32":4}},"scalars":{"text":"t"}}"#)
  }

  @Test func theBodyMayBeOneField() throws {
    #expect(
      try merged("corpus.Node", body: #"{"i32":1}"#, at: "child.scalars", [("child.name", "x", .path)])
        == #"{"child":{"name":"x","scalars":{"i32":1}}}"#)
    #expect(try merged("corpus.Lists", body: "[1,2]", at: "i32", []) == #"{"i32":[1,2]}"#)
    #expect(try merged("corpus.Scalars", body: #""x""#, at: "text", []) == #"{"text":"x"}"#)
    #expect(try merged("corpus.Scalars", body: "null", at: "text", []) == "{}")
    #expect(try merged("corpus.Scalars", at: "text", [("i32", "1", .path)]) == #"{"i32":1}"#)
    let problem = Fixtures.shared.codec.problem(
      "corpus.Node", try input("corpus.Node", body: #"{"i32x":1}"#, at: "child.scalars", []))
    #expect(
      problem
        == FieldProblem(
          source: "body", pointer: "/i32x", reason: "unknown field; did you mean 'i32'?", offset: 1))
  }

  static let collisions: [(type: String, body: String, at: String, path: String, pointer: String)] = [
    ("corpus.Scalars", #"{"i32":1}"#, "", "i32", "/i32"),
    ("corpus.Scalars", #"{"i32":null}"#, "", "i32", "/i32"),
    ("corpus.Scalars", #"{"snakeCaseName":"a"}"#, "", "snake_case_name", "/snakeCaseName"),
    ("corpus.Node", #"{"child":{"name":"a"}}"#, "", "child.name", "/child/name"),
    ("corpus.Node", #"{"child":null}"#, "", "child.name", "/child/name"),
    ("corpus.Lists", #"{"i32":[]}"#, "", "i32", "/i32"),
    ("corpus.Choice", #"{"number":1}"#, "", "text", "/text"),
    ("corpus.Choice", #"{"number":1}"#, "", "node.name", "/node"),
    ("corpus.Node", #"{"name":"x"}"#, "child", "child.name", "/child/name"),
  ]

  @Test(arguments: collisions)
  func twoSourcesCollide(
    _ row: (type: String, body: String, at: String, path: String, pointer: String)
  ) throws {
    let codec = Fixtures.shared.codec
    let text = row.path.hasSuffix("i32") ? "7" : "seven"
    for source in [BoundFields.Source.path, .query, .header, .fixed] {
      let request = try input(row.type, body: row.body, at: row.at, [(row.path, text, source)])
      let problem = codec.problem(row.type, request)
      #expect(
        problem
          == FieldProblem(
            source: source.name, pointer: row.pointer,
            reason: "the field has a value from the \(source.name) and from the body"), "\(row)")
    }
    // A default yields instead.
    let defaulted = try input(row.type, body: row.body, at: row.at, [(row.path, text, .fallback)])
    if row.body.contains("null") && row.path.contains(".") { return }
    let plain = try input(row.type, body: row.body, at: row.at, [])
    #expect(try codec.wire(row.type, defaulted) == codec.wire(row.type, plain))
  }

  @Test func siblingsOfAOneofCollide() throws {
    let request = try input("corpus.Choice", [("number", "1", .path), ("text", "a", .query)])
    let problem = try #require(Fixtures.shared.codec.problem("corpus.Choice", request))
    #expect(problem.source == "query" && problem.pointer == "/text")
    #expect(
      try merged("corpus.Choice", [("number", "1", .fallback), ("text", "a", .query)]) == #"{"text":"a"}"#)
  }

  @Test func requiredFieldsMayBeBound() throws {
    #expect(try merged("legacy.Order", body: "{}", [("id", "3", .path)]) == #"{"id":3}"#)
    #expect(
      try merged("legacy.Order", body: #"{"id":1}"#, [("detail.weight", "3", .query)])
        == #"{"id":1,"detail":{"weight":3}}"#)
    let problem = Fixtures.shared.codec.problem("legacy.Order", try input("legacy.Order", []))
    #expect(problem?.reason == "missing the required field 'id'")
  }
}
