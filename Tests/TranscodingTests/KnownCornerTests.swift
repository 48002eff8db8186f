import Testing
import Transcoding

/// The corners in which transcoders differ, one row each: what comes back as JSON, or why it is refused.
@Suite struct KnownCornerTests {
  enum Outcome: Sendable {
    /// What our own wire says as JSON once more.
    case reads(String)
    case refused(String)
  }

  struct Row: CustomTestStringConvertible, Sendable {
    var corner: String
    var type: String
    var json: String
    var outcome: Outcome
    var testDescription: String { "\(corner): \(json)" }
  }

  private static let int32 = "expected an integer from -2147483648 to 2147483647"
  private static let duration = #"expected a duration such as "1.5s""#
  private static let time = #"expected a time such as "2024-05-01T12:00:00Z""#
  private static let mask = #"expected field names such as "a,b.cD""#
  private static let any = "type.googleapis.com/"

  private static func row(_ corner: String, _ type: String, _ json: String, _ outcome: Outcome) -> Row {
    Row(corner: corner, type: "corpus." + type, json: json, outcome: outcome)
  }

  static let rows: [Row] = [
    row("integer with exponent", "Scalars", #"{"i32":1e3}"#, .reads(#"{"i32":1000}"#)),
    row(
      "integer with exponent", "Scalars", #"{"u64":18446744073709551615e0}"#,
      .reads(#"{"u64":"18446744073709551615"}"#)),
    row("integer with fraction of zeros", "Scalars", #"{"i32":1.0}"#, .reads(#"{"i32":1}"#)),
    row("integer with exponent that leaves a fraction", "Scalars", #"{"i32":15e-1}"#, .refused(int32)),
    row("integer with exponent beyond the type", "Scalars", #"{"i32":1e10}"#, .refused(int32)),
    row(
      "64 bits are exact", "Scalars", #"{"i64":9223372036854775807.0}"#,
      .reads(#"{"i64":"9223372036854775807"}"#)),
    row("64 bits are exact", "Scalars", #"{"u64":9007199254740993}"#, .reads(#"{"u64":"9007199254740993"}"#)),
    row("surrogate pair", "Scalars", #"{"text":"\ud83d\ude00"}"#, .reads("{\"text\":\"\u{1F600}\"}")),
    row(
      "surrogate alone", "Scalars", #"{"text":"\ud83d"}"#, .refused("a surrogate escape without its partner")),
    row(
      "surrogates in the wrong order", "Scalars", #"{"text":"\ude00\ud83d"}"#,
      .refused("a surrogate escape without its partner")),
    row(
      "key under two names", "Scalars", #"{"snake_case_name":"a","snakeCaseName":"a"}"#,
      .refused("duplicate key")),
    row("key twice", "Scalars", #"{"i32":1,"i32":1}"#, .refused("duplicate key")),
    row("key twice in a Struct", "WellKnown", #"{"fields":{"a":1,"a":1}}"#, .refused("duplicate key")),
    row("map keys that are one", "Maps", #"{"nodes":{"0":{},"-0":{}}}"#, .refused("duplicate key")),
    row("minus zero", "Scalars", #"{"real":-0}"#, .reads(#"{"real":-0.0}"#)),
    row("minus zero", "Scalars", #"{"real":-0.0}"#, .reads(#"{"real":-0.0}"#)),
    row("minus zero of an integer", "Scalars", #"{"i32":-0}"#, .reads("{}")),
    row("float overflow", "Scalars", #"{"single":3.5e38}"#, .refused("expected a number that fits a float")),
    row(
      "float that rounds to its limit", "Scalars", #"{"single":3.4028235e38}"#,
      .reads(#"{"single":3.4028235e+38}"#)),
    row(
      "float that rounds to its limit", "Scalars", #"{"single":3.402823567797336e38}"#,
      .reads(#"{"single":3.4028235e+38}"#)),
    row(
      "float that rounds beyond its limit", "Scalars", #"{"single":3.402823567797337e38}"#,
      .refused("expected a number that fits a float")),
    row("double overflow", "Scalars", #"{"real":1e309}"#, .refused("expected a number that fits a double")),
    row("float underflow", "Scalars", #"{"single":1e-45}"#, .reads(#"{"single":1e-45}"#)),
    row(
      "longest duration", "WellKnown", #"{"length":"315576000000s"}"#, .reads(#"{"length":"315576000000s"}"#)),
    row(
      "longest duration", "WellKnown", #"{"length":"-315576000000s"}"#,
      .reads(#"{"length":"-315576000000s"}"#)),
    row(
      "longest duration with a fraction", "WellKnown", #"{"length":"315576000000.999999999s"}"#,
      .reads(#"{"length":"315576000000.999999999s"}"#)),
    row("duration too long", "WellKnown", #"{"length":"315576000001s"}"#, .refused(duration)),
    row("duration too long", "WellKnown", #"{"length":"-315576000001s"}"#, .refused(duration)),
    row("duration below a second", "WellKnown", #"{"length":"-0.5s"}"#, .reads(#"{"length":"-0.500s"}"#)),
    row(
      "first time", "WellKnown", #"{"time":"0001-01-01T00:00:00Z"}"#,
      .reads(#"{"time":"0001-01-01T00:00:00Z"}"#)),
    row("before the first time", "WellKnown", #"{"time":"0001-01-01T00:00:00+00:01"}"#, .refused(time)),
    row(
      "last time", "WellKnown", #"{"time":"9999-12-31T23:59:59.999999999Z"}"#,
      .reads(#"{"time":"9999-12-31T23:59:59.999999999Z"}"#)),
    row("behind the last time", "WellKnown", #"{"time":"9999-12-31T23:59:59-00:01"}"#, .refused(time)),
    row("leap second", "WellKnown", #"{"time":"2016-12-31T23:59:60Z"}"#, .refused(time)),
    row("field mask", "WellKnown", #"{"mask":"fooBar.baz,q"}"#, .reads(#"{"mask":"fooBar.baz,q"}"#)),
    row("field mask in snake case", "WellKnown", #"{"mask":"foo_bar"}"#, .refused(mask)),
    row("field mask with an empty path", "WellKnown", #"{"mask":"a,,b"}"#, .refused(mask)),
    row(
      "escapes in a time", "WellKnown", #"{"time":"1970\u002d01-01T00:00:01Z"}"#,
      .reads(#"{"time":"1970-01-01T00:00:01Z"}"#)),
    row(
      "Any in Any", "Anything",
      #"{"one":{"@type":"\#(any)google.protobuf.Any","value":{"@type":"\#(any)corpus.Node","name":"x"}}}"#,
      .reads(
        #"{"one":{"@type":"\#(any)google.protobuf.Any","value":{"@type":"\#(any)corpus.Node","name":"x"}}}"#)),
    row(
      "Any with the type last", "Anything",
      #"{"one":{"value":"1s","@type":"\#(any)google.protobuf.Duration"}}"#,
      .reads(#"{"one":{"@type":"\#(any)google.protobuf.Duration","value":"1s"}}"#)),
    row("empty Any", "Anything", #"{"one":{}}"#, .reads(#"{"one":{}}"#)),
    row(
      "Any without a type", "Anything", #"{"one":{"name":"x"}}"#,
      .refused("an Any needs the type of its message in '@type'")),
    row(
      "Any of a type that is not loaded", "Anything", #"{"one":{"@type":"\#(any)a.B"}}"#,
      .refused(
        "the message type '\(any)a.B' is not loaded; expected a URL such as 'type.googleapis.com/pkg.Message'"
      )),
    row(
      "Any without its value", "Anything", #"{"one":{"@type":"\#(any)google.protobuf.Duration"}}"#,
      .refused("the message of this Any stands in 'value'")),
    row(
      "unknown enum name", "Scalars", #"{"color":"PINK"}"#,
      .refused("unknown enum value 'PINK'; one of COLOR_UNSPECIFIED, RED, GREEN, BLUE")),
    row("unknown enum number", "Scalars", #"{"color":77}"#, .reads(#"{"color":77}"#)),
    row("null in a list", "Lists", #"{"i32":[1,null]}"#, .refused("null is not allowed here")),
    row("null in a map", "Maps", #"{"text":{"a":null}}"#, .refused("null is not allowed here")),
    row("null in a list of Value", "WellKnown", #"{"values":[null]}"#, .reads(#"{"values":[null]}"#)),
    row("null for a list of Value", "WellKnown", #"{"values":null}"#, .reads("{}")),
    row("null for a Value", "WellKnown", #"{"value":null}"#, .reads(#"{"value":null}"#)),
    row("NullValue as a number", "Choice", #"{"nothing":0}"#, .reads(#"{"nothing":null}"#)),
    row("null takes no part in a oneof", "Choice", #"{"number":null,"text":"a"}"#, .reads(#"{"text":"a"}"#)),
  ]

  @Test(arguments: rows) func cornersAreAsDocumented(_ row: Row) throws {
    let codec = Fixtures.shared.codec
    switch row.outcome {
    case .reads(let text):
      #expect(try codec.json(row.type, codec.wire(row.type, row.json)) == text)
    case .refused(let reason):
      let problem = try #require(codec.problem(row.type, RequestInput(body: Array(row.json.utf8))))
      #expect(problem.reason == reason)
    }
  }

  /// Errors inside an Any keep their place, both ways.
  @Test func errorsInsideAnAnyKeepTheirPlace() throws {
    let codec = Fixtures.shared.codec
    let json = #"{"many":[{},{"@type":"\#(Self.any)corpus.Node","scalars":{"i32":"x"}}]}"#
    let problem = try #require(codec.problem("corpus.Anything", RequestInput(body: Array(json.utf8))))
    #expect(problem.pointer == "/many/1/scalars/i32")
    let wire = try codec.wire("corpus.Anything", json.replacing(#""x""#, with: "77"))
    // The number loses its last byte: nothing is cut off but the varint claims more.
    var damaged = wire
    damaged[wire.count - 1] = 0x80
    let type = try Fixtures.shared.type("corpus.Anything")
    var output: [UInt8] = []
    do throws(TranscodeError) {
      try codec.decode(
        type, from: damaged, at: 0, selecting: [], into: &output, scratch: TranscodingScratch())
      Issue.record("the damage was not seen")
    } catch {
      let problem = codec.explain(error, decoding: type, from: damaged, at: 0)
      #expect(problem.pointer == "/many/1/scalars/i32")
      #expect(problem.source == "reply")
    }
  }
}
