import SchemaModel
import Testing
import Transcoding

/// The JSON of IDL types: what is taken, what is refused, what options change.
@Suite struct CDRMappingTests {
  static let types = """
    enum E = ZERO:0 ONE:1 TWO:2
    enum Open = ZERO:0 open
    mask Flags/8 = A:0 B:3
    mask Long/64 = A:0 Z:63
    bits Packed/16 = low:0:3:uint8 flag:3:1:boolean high:10:6:int8
    struct Point { x int32, y int32 }
    struct Defaults { a int32 default=5, b string default=hé, c E default=2, d boolean default=true, \
    e float32 default=1.5, f int64 default=-7, g wstring default=w, h char default=c, i Point optional }
    struct Everything { a int32, b string, c E, d Flags, e Packed, f Point, g seq<int32>, h arr<Point;2>, i U, \
    j map<string;int32>, k map<char;E>, l wchar, m float128, n seq<uint8>, o arr<uint8;3>, p int64 optional, q wstring, \
    r boolean, s arr<arr<int16;2>;2> }
    union U (int32) { 1 a int32, 2|3 b string, * c uint8 }
    union Few (E) { 0 a int32, 1 b string }
    union Sign (boolean) { 1 a int32, * b string }
    union Letter (char) { 65 a int32 }
    union Wide (int64) { -5 a int32, * b E }
    struct HasFew { v Few }
    struct Maps { s map<string<2>;int32;2> optional, i map<int8;string> optional, e map<E;Point> optional, \
    c map<char;int32> optional, b map<boolean;int32> optional, l map<int64;int32> optional, \
    t map<Point;int32> optional }
    struct Numbers { i8 int8 optional, u16 uint16 optional, i64 int64 optional, u64 uint64 optional, \
    f float32 optional, d float64 optional, q float128 optional }
    struct Ranged { i int32 optional min=-5 max=10, u uint64 optional min=18446744073709551614, \
    f float32 optional min=0.5 max=1.5, d float64 optional max=2 }
    struct Bounded { s string<3> optional, w wstring<2> optional, l seq<int32;2> optional, a arr<int32;2> optional, \
    o seq<uint8;2> optional, oo arr<uint8;2> optional, c char optional, wc wchar optional, b Packed optional, \
    f Flags optional, lf Long optional, m arr<arr<int16;2>;2> optional }
    struct Opens { v Open, w seq<Open> }
    """

  private func schema() throws -> TestSchema { try TestSchema(Self.types) }

  /// Input and what comes back, where it is not the same.
  static let taken: [(String, String, String?)] = [
    ("Defaults", "{}", ##"{"a":5,"b":"hé","c":"TWO","d":true,"e":1.5,"f":"-7","g":"w","h":"c"}"##),
    (
      "Defaults", ##"{"a":1,"b":"","c":0,"d":false,"e":1,"f":1,"g":"","h":"\u0000","i":null}"##,
      ##"{"a":1,"b":"","c":"ZERO","d":false,"e":1,"f":"1","g":"","h":"\u0000"}"##
    ),
    ("U", ##"{"a":1}"##, nil),
    ("U", ##"{"a":1,"$discriminator":1}"##, ##"{"a":1}"##),
    ("U", ##"{"b":"x"}"##, ##"{"$discriminator":2,"b":"x"}"##),
    ("U", ##"{"$discriminator":3,"b":"x"}"##, nil),
    ("U", ##"{"c":9}"##, ##"{"$discriminator":0,"c":9}"##),
    ("U", ##"{"c":9,"$discriminator":-4}"##, ##"{"$discriminator":-4,"c":9}"##),
    ("Few", ##"{"$discriminator":"TWO"}"##, nil),
    ("Few", ##"{"$discriminator":2}"##, ##"{"$discriminator":"TWO"}"##),
    ("Sign", ##"{"b":"x"}"##, ##"{"$discriminator":false,"b":"x"}"##),
    ("Letter", ##"{"$discriminator":"A","a":3}"##, ##"{"a":3}"##),
    ("Letter", ##"{"$discriminator":"é"}"##, nil),
    ("Wide", ##"{"a":3}"##, nil),
    ("Wide", ##"{"b":"ONE"}"##, ##"{"$discriminator":"0","b":"ONE"}"##),
    (
      "Maps", ##"{"s":{"a":1,"\u0062":2},"i":{"-128":"x"},"e":{"ONE":{"x":1,"y":2}}}"##,
      ##"{"s":{"a":1,"b":2},"i":{"-128":"x"},"e":{"ONE":{"x":1,"y":2}}}"##
    ),
    (
      "Maps", ##"{"i":{"1e1":"x"},"l":{"9007199254740993":1}}"##,
      ##"{"i":{"10":"x"},"l":{"9007199254740993":1}}"##
    ),
    (
      "Maps", ##"{"c":[{"key":"a","value":1},{"value":2,"key":"\""}],"b":[{"key":true,"value":1}]}"##,
      ##"{"c":[{"key":"a","value":1},{"key":"\"","value":2}],"b":[{"key":true,"value":1}]}"##
    ),
    ("Maps", ##"{"t":[{"key":{"x":1,"y":2},"value":3}]}"##, nil),
    ("Maps", ##"{"c":[{"k\u0065y":"a","\u0076alue":1}]}"##, ##"{"c":[{"key":"a","value":1}]}"##),
    ("Maps", ##"{"s":{},"c":[]}"##, nil),
    ("Numbers", ##"{"i8":-128,"u16":65535,"i64":"-9223372036854775808","u64":"18446744073709551615"}"##, nil),
    (
      "Numbers", ##"{"i8":1.0,"u16":1e3,"i64":9007199254740993,"u64":0}"##,
      ##"{"i8":1,"u16":1000,"i64":"9007199254740993","u64":"0"}"##
    ),
    ("Numbers", ##"{"f":"NaN","d":"-Infinity","q":"Infinity"}"##, nil),
    ("Numbers", ##"{"f":"0.5","d":"1e300","q":0.1}"##, ##"{"f":0.5,"d":1e+300,"q":0.1}"##),
    ("Numbers", ##"{"f":16777216.5,"d":5e-324,"q":5e-324}"##, ##"{"f":16777216,"d":5e-324,"q":5e-324}"##),
    ("Ranged", ##"{"i":-5,"u":"18446744073709551615","f":0.5,"d":2}"##, nil),
    ("Bounded", ##"{"s":"€","w":"😀","l":[1,2],"a":[3,4],"o":"AQI=","oo":"AQI="}"##, nil),
    ("Bounded", ##"{"o":[1,2],"oo":[255,0]}"##, ##"{"o":"AQI=","oo":"/wA="}"##),
    ("Bounded", ##"{"o":"\/w","oo":"_w_\u0041"}"##, ##"{"o":"/w==","oo":"/w8A"}"##),
    (
      "Bounded", ##"{"c":"\u00ff","wc":"€","b":{"low":7,"flag":false,"high":-32}}"##,
      ##"{"c":"ÿ","wc":"€","b":{"low":7,"flag":false,"high":-32}}"##
    ),
    ("Bounded", ##"{"f":["B","A","B"],"lf":["Z"]}"##, ##"{"f":["A","B"],"lf":["Z"]}"##),
    ("Bounded", ##"{"f":2,"lf":"9223372036854775810"}"##, nil),
    ("Bounded", ##"{"f":0,"lf":0}"##, ##"{"f":[],"lf":[]}"##),
    ("Bounded", ##"{"m":[[1,2],[3,4]]}"##, nil),
    ("Opens", ##"{"v":7,"w":["ZERO",-1]}"##, nil),
  ]

  @Test(arguments: taken)
  func valuesAreTaken(_ row: (String, String, String?)) throws {
    let schema = try schema()
    for extensibility in CDRCorpus.extensibilities {
      let schema = try TestSchema(Self.types, extensibility)
      for representation in Representation.allCases {
        // `_w_A` is three bytes, of which the type takes two.
        if row.1.contains("_w_") { continue }
        let wire = try schema.wire(row.0, row.1, after: representation.header(extensibility))
        #expect(
          try schema.json(row.0, wire) == row.2 ?? row.1, "\(extensibility) \(representation) \(wire.hex)")
      }
    }
    if row.1.contains("_w_") {
      #expect(try schema.problem(row.0, RequestInput(body: Array(row.1.utf8)))?.pointer == "/oo")
    }
  }

  static let refused: [(type: String, json: String, pointer: String, reason: String)] = [
    ("Point", ##"{"x":1}"##, "/y", "missing the required field 'y'"),
    ("Point", ##"{"x":1,"y":null}"##, "/y", "null is not allowed here"),
    ("Point", ##"{"x":1,"y":2,"z":3}"##, "/z", "unknown field; did you mean 'x'?"),
    ("Point", ##"{"x":1,"y":"2"}"##, "/y", "expected an integer from -2147483648 to 2147483647"),
    ("Point", ##"{"x":1,"\u0078":2,"y":3}"##, "/x", "duplicate key"),
    ("Point", "null", "", "expected an object"),
    ("U", "null", "", "null is not allowed here"),
    ("U", "{}", "", "a union takes one member, the one that its discriminator selects"),
    ("U", ##"{"a":1,"b":"x"}"##, "/b", "a union takes one member, the one that its discriminator selects"),
    (
      "U", ##"{"$discriminator":2,"a":1}"##, "/a",
      "a union takes one member, the one that its discriminator selects"
    ),
    ("U", ##"{"$discriminator":1}"##, "/a", "missing the required field 'a'"),
    ("U", ##"{"$discriminator":1,"$discriminator":1,"a":1}"##, "/$discriminator", "duplicate key"),
    ("U", ##"{"a":1,"a":1}"##, "/a", "duplicate key"),
    ("U", ##"{"a":null}"##, "/a", "null is not allowed here"),
    ("U", ##"{"d":1}"##, "/d", "unknown field; did you mean 'a'?"),
    (
      "U", ##"{"$discriminator":"x","a":1}"##, "/$discriminator",
      "expected an integer from -2147483648 to 2147483647"
    ),
    (
      "Few", ##"{"$discriminator":"THREE"}"##, "/$discriminator",
      "unknown enum value 'THREE'; one of ZERO, ONE, TWO"
    ),
    ("HasFew", ##"{"v":{"b":5}}"##, "/v/b", "expected a string"),
    ("HasFew", ##"{"v":{"bb":5}}"##, "/v/bb", "unknown field; did you mean 'b'?"),
    ("Maps", ##"{"s":{"a":1,"\u0061":2}}"##, "/s/a", "duplicate key"),
    ("Maps", ##"{"i":{"1":"a","1.0":"b"}}"##, "/i/1.0", "duplicate key"),
    ("Maps", ##"{"s":{"a":1,"b":2,"c":3}}"##, "/s", "more than 2 entries"),
    ("Maps", ##"{"s":{"abc":1}}"##, "/s/abc", "longer than 2 bytes"),
    ("Maps", ##"{"i":{"128":"x"}}"##, "/i/128", "expected an integer from -128 to 127"),
    (
      "Maps", ##"{"e":{"THREE":{"x":1,"y":2}}}"##, "/e/THREE",
      "unknown enum value 'THREE'; one of ZERO, ONE, TWO"
    ),
    ("Maps", ##"{"e":{"ONE":{"x":1}}}"##, "/e/ONE/y", "missing the required field 'y'"),
    ("Maps", ##"{"c":{"a":1}}"##, "/c", "expected an array"),
    ("Maps", ##"{"s":[]}"##, "/s", "expected an object"),
    ("Maps", ##"{"c":[{"key":"a"}]}"##, "/c/0", "an entry takes 'key' and 'value'"),
    ("Maps", ##"{"c":[{"key":"a","value":1,"x":2}]}"##, "/c/0/x", "unknown field"),
    ("Maps", ##"{"c":[{"key":"a","value":1},{"key":"a","value":1}]}"##, "/c/1/key", "duplicate key"),
    (
      "Maps", ##"{"t":[{"key":{"x":1,"y":2},"value":3},{"key":{"y":2,"x":1},"value":4}]}"##, "/t/1/key",
      "duplicate key"
    ),
    ("Numbers", ##"{"i8":128}"##, "/i8", "expected an integer from -128 to 127"),
    ("Numbers", ##"{"i8":"1"}"##, "/i8", "expected an integer from -128 to 127"),
    ("Numbers", ##"{"i8":1.5}"##, "/i8", "expected an integer from -128 to 127"),
    ("Numbers", ##"{"u16":-1}"##, "/u16", "expected an integer from 0 to 65535"),
    (
      "Numbers", ##"{"u64":"18446744073709551616"}"##, "/u64",
      "expected an integer from 0 to 18446744073709551615"
    ),
    (
      "Numbers", ##"{"i64":"9223372036854775808"}"##, "/i64",
      "expected an integer from -9223372036854775808 to 9223372036854775807"
    ),
    ("Numbers", ##"{"f":1e39}"##, "/f", "expected a number that fits a float"),
    ("Numbers", ##"{"q":1e309}"##, "/q", "expected a number that fits a double"),
    ("Numbers", ##"{"d":true}"##, "/d", "expected a number that fits a double"),
    ("Ranged", ##"{"i":-6}"##, "/i", "must be from -5 to 10"),
    ("Ranged", ##"{"i":11}"##, "/i", "must be from -5 to 10"),
    ("Ranged", ##"{"u":"18446744073709551613"}"##, "/u", "must be at least 18446744073709551614"),
    ("Ranged", ##"{"f":0.4}"##, "/f", "must be from 0.5 to 1.5"),
    ("Ranged", ##"{"d":2.1}"##, "/d", "must be at most 2.0"),
    ("Bounded", ##"{"s":"€a"}"##, "/s", "longer than 3 bytes"),
    ("Bounded", ##"{"s":"\u20aca"}"##, "/s", "longer than 3 bytes"),
    ("Bounded", ##"{"s":"\u0000"}"##, "/s", "a string of this type cannot hold U+0000"),
    ("Bounded", ##"{"w":"a\u0000"}"##, "/w", "a string of this type cannot hold U+0000"),
    ("Bounded", ##"{"w":"😀a"}"##, "/w", "longer than 2 UTF-16 units"),
    ("Bounded", ##"{"l":[1,2,3]}"##, "/l", "more than 2 elements"),
    ("Bounded", ##"{"l":[1,"x"]}"##, "/l/1", "expected an integer from -2147483648 to 2147483647"),
    ("Bounded", ##"{"l":{}}"##, "/l", "expected an array"),
    ("Bounded", ##"{"a":[1]}"##, "/a", "expected exactly 2 elements"),
    ("Bounded", ##"{"m":[[1,2],[3]]}"##, "/m/1", "expected exactly 2 elements"),
    ("Bounded", ##"{"o":"AQID"}"##, "/o", "more than 2 elements"),
    ("Bounded", ##"{"o":[256]}"##, "/o/0", "expected an integer from 0 to 255"),
    ("Bounded", ##"{"o":"%"}"##, "/o", "expected a base64 string"),
    ("Bounded", ##"{"oo":"AQ"}"##, "/oo", "expected exactly 2 bytes"),
    ("Bounded", ##"{"c":"€"}"##, "/c", "expected a string of one character"),
    ("Bounded", ##"{"c":""}"##, "/c", "expected a string of one character"),
    ("Bounded", ##"{"wc":"😀"}"##, "/wc", "expected a string of one character"),
    ("Bounded", ##"{"b":{"low":8,"flag":true,"high":0}}"##, "/b/low", "out of range"),
    ("Bounded", ##"{"b":{"low":1,"flag":true,"high":32}}"##, "/b/high", "out of range"),
    ("Bounded", ##"{"b":{"low":1,"flag":true}}"##, "/b/high", "missing the required field 'high'"),
    ("Bounded", ##"{"f":["C"]}"##, "/f/0", "unknown enum value 'C'; one of A, B"),
    ("Bounded", ##"{"f":256}"##, "/f", "expected an array of flag names, or a number"),
    ("Bounded", ##"{"f":"A"}"##, "/f", "expected an array of flag names, or a number"),
    ("Opens", ##"{"v":"x","w":[]}"##, "/v", "unknown enum value 'x'; one of ZERO"),
  ]

  @Test(arguments: refused)
  func valuesAreRefused(_ row: (type: String, json: String, pointer: String, reason: String)) throws {
    let problem = try schema().problem(row.type, RequestInput(body: Array(row.json.utf8)))
    #expect(problem?.source == "body")
    #expect(problem?.pointer == row.pointer)
    #expect(problem?.reason == row.reason)
  }

  // MARK: Options

  private func answer(
    _ type: String, _ json: String, _ change: (inout JSONOptions) -> Void
  ) throws -> String {
    let schema = try schema()
    let codec = schema.codec(change)
    return try schema.json(type, schema.wire(type, json, after: Representation.xcdr2.header(), codec), codec)
  }

  @Test func options() throws {
    #expect(
      try answer("Point", ##"{"x":1,"z":{"a":1},"y":2}"##) { $0.unknownFields = .ignore }
        == ##"{"x":1,"y":2}"##)
    #expect(throws: TranscodeError.self) {
      try answer("Point", ##"{"x":1,"z":{"a":1,"a":2},"y":2}"##) { $0.unknownFields = .ignore }
    }
    #expect(
      try answer("Opens", ##"{"v":"zero","w":[0]}"##) {
        $0.caseInsensitiveEnums = true
        $0.enums = .numbers
      } == ##"{"v":0,"w":[0]}"##)
    #expect(
      try answer("Bounded", ##"{"f":["A"],"o":"AQI="}"##) {
        $0.enums = .numbers; $0.octets = .array
      }
        == ##"{"o":[1,2],"f":1}"##)
    #expect(
      try answer("Numbers", ##"{"i64":"-5","u64":7}"##) { $0.int64 = .number } == ##"{"i64":-5,"u64":7}"##)
    #expect(try answer("Numbers", ##"{"d":"NaN"}"##) { $0.nonFinite = .null } == ##"{"d":null}"##)
    #expect(throws: TranscodeError.self) {
      try answer("Numbers", ##"{"d":"NaN"}"##) { $0.nonFinite = .error }
    }
  }

  @Test func missingMembersTakeDefaults() throws {
    let defaults = """
      {"a":0,"b":"","c":"ZERO","d":[],"e":{"low":0,"flag":false,"high":0},"f":{"x":0,"y":0},"g":[],\
      "h":[{"x":0,"y":0},{"x":0,"y":0}],"i":{"a":0},"j":{},"k":[],"l":"\\u0000","m":0,"n":"","o":"AAAA","q":"",\
      "r":false,"s":[[0,0],[0,0]]}
      """
    #expect(try answer("Everything", "{}") { $0.missing = .default } == defaults)
    #expect(try answer("U", "{}") { $0.missing = .default } == ##"{"a":0}"##)
    #expect(
      try answer("U", ##"{"$discriminator":3}"##) { $0.missing = .default }
        == ##"{"$discriminator":3,"b":""}"##)
    // A reply of an older type lacks the same members.
    for extensibility in [CDRExtensibility.appendable, .mutable] {
      let schema = try TestSchema(Self.types, extensibility)
      #expect(
        try schema.json("Everything", Representation.xcdr2.header(extensibility) + [0, 0, 0, 0]) == defaults)
    }
  }

  /// A default that `@range` forbids is none.
  @Test func defaultsOutOfRange() throws {
    let schema = try TestSchema(
      """
      struct Low { a int32 min=1 max=3 }
      struct Given { a int32 min=1 default=2, b int32 max=0, c seq<int32[1:]> }
      struct Around { low Low, b uint8 }
      struct Octets { o arr<uint8[1:];2> }
      struct Numbers { n arr<float64[0.5:];2> }
      union Choice (int32) { 1 a int32, 2 b Low }
      struct HasChoice { u Choice }
      """)
    let codec = schema.codec { $0.missing = .default }
    let header = Representation.xcdr1.header()
    #expect(
      try schema.json("Given", schema.wire("Given", "{}", after: header, codec), codec)
        == ##"{"a":2,"b":0,"c":[]}"##)
    for (type, json, pointer, name) in [
      ("Low", "{}", "/a", "a"), ("Around", ##"{"b":1}"##, "/low", "low"),
      ("Around", ##"{"low":{}}"##, "/low/a", "a"),
      ("Octets", "{}", "/o", "o"), ("Numbers", "{}", "/n", "n"),
      ("HasChoice", ##"{"u":{"$discriminator":2}}"##, "/u/b", "b"),
    ] {
      let problem = try schema.problem(type, RequestInput(body: Array(json.utf8)), codec)
      #expect(problem?.pointer == pointer)
      #expect(problem?.reason == "missing the required field '\(name)'")
    }
  }

  /// `@default_literal`, else the first name, whatever its number (XTypes 7.2.2.4.4.4.7, table 9).
  @Test func defaultsOfEnumerations() throws {
    var schema = try TestSchema(
      "enum E = TWO:2 ZERO:0 ONE:1\nstruct S { v E, a arr<E;1>, u U }\nunion U (E) { 0 x E }")
    func answer(_ schema: TestSchema) throws -> String {
      let codec = schema.codec { $0.missing = .default }
      return try schema.json("S", schema.wire("S", "{}", after: Representation.xcdr1.header(), codec), codec)
    }
    #expect(try answer(schema) == ##"{"v":"TWO","a":["TWO"],"u":{"x":"TWO"}}"##)
    try schema.setDefaultEnumerator("E", 1)
    #expect(try answer(schema) == ##"{"v":"ONE","a":["ONE"],"u":{"x":"ONE"}}"##)
  }

  @Test func limitsOfElements() throws {
    let schema = try TestSchema(
      """
      struct S { l seq<int8[1:3]>, a arr<arr<float32[:1.5];1>;1>, o seq<uint8[:100]>, k map<int16[0:];int8[:9]>, \
      c map<char;uint64[5:]>, d float64 min=0 }
      """)
    let good = ##"{"l":[1,3],"a":[[1.5]],"o":"AGQ=","k":{"0":9},"c":[{"key":"a","value":"5"}],"d":0}"##
    let header = Representation.xcdr2.header()
    #expect(try schema.json("S", schema.wire("S", good, after: header)) == good)
    for (from, to, pointer, reason) in [
      ("[1,3]", "[1,4]", "/l/1", "must be from 1 to 3"),
      ("[[1.5]]", "[[1.6]]", "/a/0/0", "must be at most 1.5"),
      (##""AGQ=""##, ##""AGU=""##, "/o", "must be at most 100"),
      (##""AGQ=""##, "[101]", "/o/0", "must be at most 100"),
      (##"{"0":9}"##, ##"{"-1":9}"##, "/k/-1", "must be at least 0"),
      (##"{"0":9}"##, ##"{"0":10}"##, "/k/0", "must be at most 9"),
      (##""5""##, ##""4""##, "/c/0/value", "must be at least 5"),
      (##""d":0"##, ##""d":"NaN""##, "/d", "must be at least 0.0"),
    ] {
      let problem = try schema.problem("S", RequestInput(body: Array(good.replacing(from, with: to).utf8)))
      #expect(problem?.pointer == pointer, "\(to)")
      #expect(problem?.reason == reason, "\(to)")
    }
  }

  /// The lowest value without a label, however many have one.
  @Test func discriminatorsOfDefaults() throws {
    for (type, taken) in [
      ("uint8", 0...254), ("int8", 0...126), ("uint16", 0...40_000), ("int64", 0...40_000),
    ] {
      let labels = taken.map { "\($0)" }.joined(separator: "|")
      let schema = try TestSchema("union U (\(type)) { \(labels) a int32, * b int32 }")
      let wire = try schema.wire("U", ##"{"b":1}"##, after: Representation.xcdr1.header())
      let free = type == "int64" ? "\"\(taken.upperBound + 1)\"" : "\(taken.upperBound + 1)"
      #expect(try schema.json("U", wire) == ##"{"$discriminator":\##(free),"b":1}"##)
    }
    let full = try TestSchema("union U (boolean) { 0|1 a int32, * b int32 }")
    #expect(
      try full.problem("U", RequestInput(body: Array(##"{"b":1}"##.utf8)))?.reason
        == "the value has no JSON form")
  }

  @Test func emptyBodiesForWhatIsNoRecord() throws {
    let problem = try schema().problem("U", RequestInput())
    #expect(problem?.reason == "the JSON text ends too early")
  }

  @Test func enumCollectionsAsFastCDRHasThem() throws {
    var schema = try TestSchema("enum E = ZERO:0 ONE:1\nstruct S { v seq<E>, a arr<E;1> }")
    schema.setEnumCollectionsPrimitive()
    let wire = try schema.wire("S", ##"{"v":["ONE"],"a":["ONE"]}"##, after: Representation.xcdr2.header())
    #expect(wire.hex == "00070000010000000100000001000000")
    #expect(try schema.json("S", wire) == ##"{"v":["ONE"],"a":["ONE"]}"##)
  }

  // MARK: Parts of a message

  @Test func selectionTakesOneField() throws {
    for extensibility in CDRCorpus.extensibilities {
      let schema = try TestSchema(
        "struct A { x int32, b B optional, c seq<B>, u U }\nstruct B { y string, z int64 }\nunion U (int32) { 1 p B, 2 q int32 }",
        extensibility)
      for representation in Representation.allCases {
        let header = representation.header(extensibility)
        let wire = try schema.wire(
          "A", ##"{"x":5,"b":{"y":"é","z":-1},"c":[{"y":"","z":0}],"u":{"p":{"y":"u","z":3}}}"##,
          after: header)
        func part(_ path: String) throws -> String {
          try schema.json("A", wire, selecting: try schema.path("A", path))
        }
        #expect(try part("x") == "5")
        #expect(try part("b") == ##"{"y":"é","z":"-1"}"##)
        #expect(try part("b.y") == ##""é""##)
        #expect(try part("b.z") == ##""-1""##)
        #expect(try part("c") == ##"[{"y":"","z":"0"}]"##)
        #expect(try part("u.p.z") == ##""3""##)
        #expect(try part("u.q") == "null")
        let without = try schema.wire("A", ##"{"x":5,"c":[],"u":{"q":1}}"##, after: header)
        #expect(try schema.json("A", without, selecting: try schema.path("A", "b")) == "null")
        #expect(try schema.json("A", without, selecting: try schema.path("A", "b.z")) == "null")
        #expect(try schema.json("A", without, selecting: try schema.path("A", "u.q")) == "1")
      }
    }
  }

  @Test func integerReadsATopLevelMember() throws {
    let schema = try TestSchema(
      "enum E = ZERO:0 ONE:1\nstruct A { s string, i int64, e E, b boolean, o int32 optional, u uint64, t string }"
    )
    let codec = schema.codec { $0.nonFinite = .error }
    let wire = try schema.wire(
      "A", ##"{"s":"x","i":-9007199254740993,"e":"ONE","b":true,"u":"18446744073709551615","t":"5"}"##,
      after: Representation.xcdr1.header())
    let expected: [String: Int64] = ["i": -9_007_199_254_740_993, "e": 1, "b": 1, "o": 0, "u": -1, "t": 0]
    for (name, value) in expected {
      let field = try #require(try schema.path("A", name).first)
      #expect(try codec.integer(field, in: wire, at: 4) == value, "\(name)")
      #expect(throws: TranscodeError.self) { try codec.integer(field, in: Array(wire.prefix(9)), at: 4) }
    }
    // What stands behind it is not read.
    let field = try #require(try schema.path("A", "i").first)
    #expect(try codec.integer(field, in: Array(wire.prefix(20)), at: 4) == -9_007_199_254_740_993)
    #expect(throws: TranscodeError.self) { try codec.integer(field, in: wire, at: wire.count + 1) }
  }

  @Test func integerInMutableTypes() throws {
    let schema = try TestSchema("struct A { s string, i int64, o int32 optional }", .mutable)
    for representation in Representation.allCases {
      let wire = try schema.wire("A", ##"{"s":"x","i":"7"}"##, after: representation.header(.mutable))
      for (name, value) in ["i": 7, "o": 0, "s": 0] as [String: Int64] {
        let field = try #require(try schema.path("A", name).first)
        #expect(try schema.codec().integer(field, in: wire, at: 4) == value, "\(name)")
      }
    }
  }

  @Test func onlyLittleEndianIsWritten() throws {
    let schema = try schema()
    for header in [[0, 0, 0, 0], [0, 6, 0, 0], [0, 4, 0, 0], [1, 1, 0, 0], [0, 1, 0], []] as [[UInt8]] {
      #expect(throws: TranscodeError.self) { try schema.wire("Point", ##"{"x":1,"y":2}"##, after: header) }
    }
  }

  /// What stands before the message shifts its alignment, whatever it is.
  @Test func alignmentCountsFromTheHeader() throws {
    let schema = try TestSchema("struct A { b uint8, d float64 }")
    for extra in 0..<9 {
      for representation in Representation.allCases {
        let prefix = representation.header() + [UInt8](repeating: 0xEE, count: extra)
        let wire = try schema.wire("A", ##"{"b":1,"d":2}"##, after: prefix)
        #expect((wire.count - 12) % (representation == .xcdr1 ? 8 : 4) == 0)
        #expect(wire.suffix(8) == [0, 0, 0, 0, 0, 0, 0, 0x40])
        #expect(try schema.json("A", wire, at: prefix.count) == ##"{"b":1,"d":2}"##)
      }
    }
  }

  /// binary128 beyond a double: to the nearest, ties to even; what is finite but too large has no JSON.
  @Test func longDoublesThatAreNoDoubles() throws {
    let schema = try TestSchema("struct Q { v float128 }")
    let rows: [(String, String)] = [
      ("000000000000000000000000 0000ff3f", "1"),
      ("000000000000000800000000 0000ff3f", "1"),  // 1 + 2^-53: a tie, to even
      ("010000000000000800000000 0000ff3f", "1.0000000000000002"),
      ("000000000000001800000000 0000ff3f", "1.0000000000000004"),
      ("ffffffffffffffffffffffff ffffff3f", "2"),
      ("000000000000000000000000 0000cd3b", "5e-324"),  // 2^-1074
      ("000000000000000000000000 0000cc3b", "0"),  // 2^-1075: a tie, to even
      ("010000000000000000000000 0000cc3b", "5e-324"),
      ("000000000000000000000000 00000000", "0"),
      ("010000000000000000000000 00000080", "-0.0"),
      ("000000000000000000000000 0000ffff", ##""-Infinity""##),
      ("010000000000000000000000 0000ff7f", ##""NaN""##),
    ]
    for (hex, json) in rows {
      let wire = Representation.xcdr1.header() + [UInt8](hex: hex)
      #expect(try schema.json("Q", wire) == ##"{"v":\##(json)}"##, "\(hex)")
    }
    for hex in ["000000000000000000000000 0000ff43", "ffffffffffffffffffffffff fffffe43"] {
      let wire = Representation.xcdr1.header() + [UInt8](hex: hex)
      #expect(throws: TranscodeError.self, "\(hex)") { try schema.json("Q", wire) }
    }
  }
}
