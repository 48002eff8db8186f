import SchemaModel
import Testing
import Transcoding

/// The conventions of OMG DDS-JSON 1.0: the examples of its clause 7.3.7.4 and Table 7.1, and what they leave open.
@Suite struct DDSJSONTests {
  static let types = """
    struct InnerStruct { x int32, y int32 }
    struct OuterStruct { a int32, s InnerStruct, o int32 optional }
    union MyUnion (int32) { 1 x float32, 2 y int32, * z string }
    struct Coordinates { v seq<InnerStruct>, octets seq<uint8>, fixed arr<uint8;3> }
    struct Maps { known_satellites map<string;int32>, ascii_characters map<int32;char>, far map<int64;uint64> }
    enum Weekday = MONDAY:1 TUESDAY:2
    struct Week { wd Weekday }
    mask Flags/8 = A:0 B:3
    mask Far/64 = A:0 Y:52 Z:53
    struct Masks { a Flags, b Far }
    struct Longs { a int64, b uint64 }
    struct Reals { a float32, b float64, c float128 }
    struct Texts { a wstring, b string, c char, d wchar }
    """

  private static func codec(_ change: (inout JSONOptions) -> Void = { _ in }) throws -> (
    TestSchema, CDRCodec
  ) {
    let schema = try TestSchema(Self.types)
    return (
      schema,
      schema.codec {
        $0.conventions = .ddsJSON
        $0.octets = .array
        $0.names = .original
        change(&$0)
      }
    )
  }

  /// Input and what comes back, where it is not the same.
  static let rows: [(String, String, String?)] = [
    // 7.3.7.4.1: unset optional members are omitted.
    ("OuterStruct", #"{"a":5,"s":{"x":4,"y":3}}"#, nil),
    // 7.3.7.4.2: the discriminator is optional; it stands where the member does not tell it.
    ("MyUnion", ##"{"$discriminator":1,"x":4.5}"##, ##"{"x":4.5}"##),
    ("MyUnion", ##"{"x":4.5}"##, nil),
    ("MyUnion", ##"{"$discriminator":7,"z":"seven"}"##, nil),
    // 7.3.7.4.3: octets are numbers; base64 is read as well.
    ("Coordinates", #"{"v":[{"x":1,"y":15},{"x":4,"y":11}],"octets":[1,255],"fixed":[0,1,2]}"#, nil),
    (
      "Coordinates", #"{"v":[],"octets":"Af8=","fixed":"AAEC"}"#,
      #"{"v":[],"octets":[1,255],"fixed":[0,1,2]}"#
    ),
    // 7.3.7.4.4: keys are integers of base 10, values as anywhere.
    (
      "Maps",
      #"{"known_satellites":{"earth":1,"mars":2},"ascii_characters":{"65":"A","97":"a"},"#
        + #""far":{"-9223372036854775808":"18446744073709551615","9007199254740991":9007199254740991}}"#, nil
    ),
    // 7.3.7.4.5: both are read.
    ("Week", #"{"wd":"MONDAY"}"#, nil),
    ("Week", #"{"wd":1}"#, #"{"wd":"MONDAY"}"#),
    // 7.3.7.4.6: integers; names are read as well. Beyond 2^53 - 1 as any unsigned integer of 64 bits.
    ("Masks", #"{"a":9,"b":4503599627370497}"#, nil),
    ("Masks", #"{"a":["B","A"],"b":["Z"]}"#, #"{"a":9,"b":"9007199254740992"}"#),
    ("Masks", #"{"a":0,"b":"9007199254740993"}"#, nil),
    // Table 7.1
    ("Longs", #"{"a":-31321212111,"b":31321212111}"#, nil),
    ("Longs", #"{"a":-9007199254740991,"b":9007199254740991}"#, nil),
    ("Longs", #"{"a":"-9007199254740992","b":"9007199254740992"}"#, nil),
    ("Longs", #"{"a":"9223372036854775807","b":"18446744073709551615"}"#, nil),
    ("Longs", #"{"a":-9223372036854775808,"b":"5"}"#, #"{"a":"-9223372036854775808","b":5}"#),
    ("Reals", #"{"a":3.14,"b":3.14345,"c":"My4xNA=="}"#, nil),
    ("Reals", #"{"a":"nan","b":"inf","c":"-inf"}"#, nil),
    ("Reals", #"{"a":"-inf","b":"nan","c":"nan"}"#, nil),
    ("Reals", #"{"a":1,"b":1,"c":3.14}"#, #"{"a":1,"b":1,"c":"My4xNA=="}"#),
    ("Reals", #"{"a":1,"b":1,"c":"MWUzMDA="}"#, #"{"a":1,"b":1,"c":"MWUrMzAw"}"#),
    ("Texts", #"{"a":"A string!","b":"El río miño","c":"a","d":"~"}"#, nil),
  ]

  @Test(arguments: rows)
  func valuesBothWays(_ row: (String, String, String?)) throws {
    let (schema, codec) = try Self.codec()
    for representation in Representation.allCases {
      let wire = try schema.wire(row.0, row.1, after: representation.header(), codec)
      #expect(try schema.json(row.0, wire, codec) == row.2 ?? row.1)
    }
  }

  static let refused: [(String, String, String, String)] = [
    ("Reals", #"{"a":"NaN","b":1,"c":1}"#, "/a", "expected a number that fits a float"),
    ("Reals", #"{"a":1,"b":"Infinity","c":1}"#, "/b", "expected a number that fits a double"),
    ("Reals", #"{"a":1,"b":1,"c":"3.14"}"#, "/c", "expected the base64 of a number that fits a double"),
    ("Reals", #"{"a":1,"b":1,"c":"MWU0MDA="}"#, "/c", "expected the base64 of a number that fits a double"),
    ("Reals", #"{"a":1,"b":1,"c":""}"#, "/c", "expected the base64 of a number that fits a double"),
    (
      "Longs", #"{"a":"x","b":1}"#, "/a",
      "expected an integer from -9223372036854775808 to 9223372036854775807"
    ),
    ("Masks", #"{"a":256,"b":0}"#, "/a", "expected an array of flag names, or a number"),
  ]

  @Test(arguments: refused)
  func valuesAreRefused(_ type: String, _ json: String, _ pointer: String, _ reason: String) throws {
    let (schema, codec) = try Self.codec()
    let problem = try schema.problem(type, RequestInput(body: Array(json.utf8)), codec)
    #expect(problem?.pointer == pointer)
    #expect(problem?.reason == reason)
  }

  @Test func otherOptionsStay() throws {
    let (schema, numbers) = try Self.codec {
      $0.enums = .numbers
      $0.nonFinite = .null
    }
    let header = Representation.xcdr1.header()
    let week = try schema.wire("Week", #"{"wd":"TUESDAY"}"#, after: header, numbers)
    #expect(try schema.json("Week", week, numbers) == #"{"wd":2}"#)
    let reals = try schema.wire("Reals", #"{"a":"nan","b":1,"c":"inf"}"#, after: header, numbers)
    #expect(try schema.json("Reals", reals, numbers) == #"{"a":null,"b":1,"c":null}"#)
  }
}
