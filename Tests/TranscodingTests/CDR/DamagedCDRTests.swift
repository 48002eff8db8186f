import Foundation
import SchemaModel
import Testing
import Transcoding

/// Whatever a peer sends, the outcome is JSON that we read ourselves, or a typed error.
@Suite struct DamagedCDRTests {
  private struct Bench {
    var schema: TestSchema
    var codec: CDRCodec
    var scratch = TranscodingScratch()
    /// One value of every type in every representation.
    var wires: [(type: String, wire: [UInt8])] = []

    init(_ extensibility: CDRExtensibility) throws {
      schema = try TestSchema(try CDRCorpus.text() + IdentityTests.more, extensibility)
      codec = schema.codec()
      var random = RandomValue(schema, seed: 5)
      for name in try CDRCorpus.names() + ["Maps", "WideTexts", "Quads", "BitSets", "Loosened", "Loosely"] {
        let text = try writtenJSON(random.value(try schema.type(name)))
        for representation in Representation.allCases {
          wires.append(
            (name, try schema.wire(name, text, after: representation.header(extensibility), codec)))
        }
      }
    }

    /// Golden wires.
    init(_ types: String, _ rows: [(type: String, wire: String, json: String)]) throws {
      schema = try TestSchema(types)
      codec = schema.codec()
      wires = rows.map { ($0.type, [UInt8](hex: $0.wire)) }
    }

    func survives(_ type: String, _ wire: [UInt8]) throws {
      let id = try schema.type(type)
      var json: [UInt8] = []
      do throws(TranscodeError) {
        try codec.decode(id, from: wire, at: 4, selecting: [], into: &json, scratch: scratch)
      } catch {
        #expect(Int(error.offset) <= wire.count)
        #expect(codec.explain(error, decoding: id, from: wire, at: 4).source == "reply")
        return
      }
      #expect(json.count < 10_000)
      var again = Representation.xcdr2.header()
      do throws(TranscodeError) {
        try codec.encode(id, from: RequestInput(body: json), into: &again, scratch: scratch)
      } catch {
        Issue.record("\(type) \(wire.hex) gave \(String(decoding: json, as: UTF8.self)): \(error.reason)")
      }
    }
  }

  @Test(arguments: CDRCorpus.extensibilities)
  func truncatedAtEveryByte(_ extensibility: CDRExtensibility) throws {
    let bench = try Bench(extensibility)
    for (type, wire) in bench.wires {
      for length in 0..<wire.count { try bench.survives(type, Array(wire[..<length])) }
    }
  }

  @Test(arguments: CDRCorpus.extensibilities)
  func everyByteDamaged(_ extensibility: CDRExtensibility) throws {
    let bench = try Bench(extensibility)
    for (type, wire) in bench.wires {
      for index in wire.indices {
        for change: UInt8 in [0x01, 0x10, 0x80, 0xFF] {
          var damaged = wire
          damaged[index] ^= change
          try bench.survives(type, damaged)
        }
      }
    }
  }

  /// Those worked out by hand, and those that C types wrote: each bit.
  @Test func goldenWiresDamaged() throws {
    let benches = [
      try Bench(HandWorkedTests.types, HandWorkedTests.rows),
      try Bench(HandWorkedTests.recordedTypes, HandWorkedTests.recorded),
    ]
    for bench in benches {
      for (type, wire) in bench.wires {
        for length in 0..<wire.count { try bench.survives(type, Array(wire[..<length])) }
        for index in wire.indices {
          for bit in 0..<8 {
            var damaged = wire
            damaged[index] ^= 1 << bit
            try bench.survives(type, damaged)
          }
        }
      }
    }
  }

  /// 2³¹, 2³² - 1 and one more than there is, at every place where a number may stand.
  @Test(arguments: CDRCorpus.extensibilities)
  func hugeNumbersEverywhere(_ extensibility: CDRExtensibility) throws {
    let bench = try Bench(extensibility)
    for (type, wire) in bench.wires where wire.count >= 8 {
      for index in stride(from: 4, through: wire.count - 4, by: 4) {
        for number: UInt32 in [0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF, UInt32(wire.count)] {
          var damaged = wire
          for byte in 0..<4 { damaged[index + byte] = UInt8(truncatingIfNeeded: number >> UInt32(byte * 8)) }
          try bench.survives(type, damaged)
        }
      }
    }
  }

  static let types = """
    enum E = ZERO:0 ONE:1
    enum Open/8 = ZERO:0 open
    mask Flags/8 = A:0 B:1
    struct Text final { a uint8, t string }
    struct Short final { t string<2>, w wstring<1> }
    struct Lists final { l seq<int32>, m seq<string;1> }
    struct One final { e E, b boolean }
    struct Wide final { w wstring }
    struct Map final { m map<string;int32> }
    struct Known mutable { a int32 id=1 }
    struct Grown appendable { a int32, b int32 default=7, c string }
    struct Rows final { rows seq<Text> }
    struct Nothing final { }
    struct Nothings final { v seq<Nothing> }
    struct Shell final { n Nothing, m arr<Nothing;2> }
    struct Shells final { v seq<Shell> }
    struct Deep final { d seq<Deep> }
    """

  static let broken: [(String, String, TranscodeError.Reason, String)] = [
    ("Text", "", .truncated, ""),
    ("Text", "000100", .truncated, ""),
    ("Text", "00040000 00", .unsupportedRepresentation, ""),
    ("Text", "01010000 00", .unsupportedRepresentation, ""),
    ("Text", "00010000", .truncated, "/a"),
    ("Text", "00010000 00000000 02000000 61", .truncated, "/t"),
    ("Text", "00010000 00000000 02000000 6161", .malformedValue, "/t"),
    ("Text", "00010000 00000000 03000000 610000", .malformedValue, "/t"),
    ("Text", "00010000 00000000 02000000 ff00", .invalidUTF8, "/t"),
    ("Text", "00010000 00000000 00000080", .truncated, "/t"),
    ("Text", "00010000 00000000 01000000 00000000 00", .trailingWire, ""),
    ("Short", "00010000 04000000 616161 00", .overBound, "/t"),
    ("Short", "00010000 01000000 00 000000 04000000 61006100", .overBound, "/w"),
    ("Lists", "00010000 ffffffff 00000000", .malformedLength, "/l"),
    ("Lists", "00010000 02000000 01000000", .malformedLength, "/l"),
    ("Lists", "00070000 00000000 0c000000 02000000 01000000 00000000", .overBound, "/m"),
    ("Lists", "00070000 00000000 04000080 00000000", .malformedLength, "/m"),
    ("Lists", "00070000 00000000 08000000 00000000 00000000", .malformedLength, "/m"),
    ("One", "00010000 02000000 00", .unknownEnumerator, "/e"),
    ("One", "00010000 01000000 02", .malformedValue, "/b"),
    ("Wide", "00010000 03000000 610000", .malformedLength, "/w"),
    ("Wide", "00010000 02000000 00d8", .malformedValue, "/w"),
    ("Wide", "00010000 02000000 0000", .malformedValue, "/w"),
    (
      "Map", "00010000 02000000 02000000 61000000 01000000 02000000 61000000 02000000", .duplicateKey, "/m"
    ),
    ("Known", "000b0000 08000000 020000a0 00000000", .mustUnderstand, ""),
    ("Known", "000b0000 10000000 01000020 00000000 01000020 00000000", .duplicateKey, "/a"),
    ("Known", "000b0000 08000000 01000010 00000000", .truncated, "/a"),
    ("Known", "000b0000 08000000 01000030 00000000", .malformedLength, ""),
    ("Known", "00030000 01000400 00000000", .truncated, ""),
    ("Known", "00030000 017f0400 00000000", .malformedLength, ""),
    ("Known", "00030000 02400000 027f0000", .mustUnderstand, ""),
    ("Grown", "00090000 05000000 00000000 00", .truncated, "/b"),
    ("Grown", "00090000 04000080 00000000", .malformedLength, ""),
    ("Rows", "00010000 02000000 00000000 01000000 00 000000 02000000 61", .truncated, "/rows/1/t"),
    ("Nothings", "00010000 ffffffff", .malformedLength, "/v"),
    ("Shells", "00010000 ffffffff", .malformedLength, "/v"),
  ]

  @Test(arguments: broken)
  func brokenWiresAreNamed(
    _ type: String, _ hex: String, _ reason: TranscodeError.Reason, _ pointer: String
  ) throws {
    let schema = try TestSchema(Self.types)
    let codec = schema.codec()
    let id = try schema.type(type)
    let wire = [UInt8](hex: hex)
    var output: [UInt8] = []
    do throws(TranscodeError) {
      try codec.decode(id, from: wire, at: 4, selecting: [], into: &output, scratch: TranscodingScratch())
      Issue.record("\(hex) was read as \(String(decoding: output, as: UTF8.self))")
    } catch {
      #expect(error.reason == reason)
      #expect(codec.explain(error, decoding: id, from: wire, at: 4).pointer == pointer)
    }
  }

  /// What other versions of a type, and other implementations, send.
  static let unusual: [(String, String, String)] = [
    ("Text", "00010000 01dddddd 00000000", #"{"a":1,"t":""}"#),
    ("Text", "00010000 01dddddd 02000000 6100 ffff", #"{"a":1,"t":"a"}"#),
    ("Text", "00000000 01dddddd 00000002 6100", #"{"a":1,"t":"a"}"#),
    ("Text", "00060000 01dddddd 00000002 6100", #"{"a":1,"t":"a"}"#),
    // Short headers, an unknown member, an ignored one, padding counted and not.
    ("Known", "00030000 01000400 05000000 023f0000", #"{"a":5}"#),
    ("Known", "00030000 09000200 aaaa0000 033f0400 bbbbbbbb 01400400 05000000 027f0000", #"{"a":5}"#),
    ("Known", "000b0000 10000000 09000010 aaaa0000 01000020 05000000", #"{"a":5}"#),
    // All length codes that can hold four bytes.
    ("Known", "000b0000 0c000000 01000040 04000000 05000000", #"{"a":5}"#),
    ("Known", "000b0000 00000000", #"{"a":0}"#),
    ("Known", "00030000 027f0000", #"{"a":0}"#),
    ("Known", "00020000 00010004 00000005 3f020000", #"{"a":5}"#),
    // Members that the sender's type lacks, or has beyond ours.
    ("Grown", "00090000 04000000 05000000", #"{"a":5,"b":7,"c":""}"#),
    ("Grown", "00090000 00000000", #"{"a":0,"b":7,"c":""}"#),
    ("Grown", "00090000 12000000 05000000 06000000 02000000 7800 eeee 01020304", #"{"a":5,"b":6,"c":"x"}"#),
    ("Nothings", "00010000 02000000", #"{"v":[{},{}]}"#),
    ("Shells", "00010000 02000000", #"{"v":[{"n":{},"m":[{},{}]},{"n":{},"m":[{},{}]}]}"#),
  ]

  @Test(arguments: unusual)
  func unusualWiresAreRead(_ type: String, _ hex: String, _ json: String) throws {
    #expect(try TestSchema(Self.types).json(type, [UInt8](hex: hex)) == json)
  }

  @Test func depthIsBounded() throws {
    let schema = try TestSchema(Self.types)
    var limits = TranscodingLimits()
    limits.depth = 5
    let codec = schema.codec(limits: limits)
    func nested(_ depth: Int) -> [UInt8] {
      Representation.xcdr1.header() + (1..<depth).flatMap { _ in [1, 0, 0, 0] as [UInt8] } + [0, 0, 0, 0]
    }
    #expect(try schema.json("Deep", nested(5), codec).hasPrefix(#"{"d":[{"d""#))
    #expect(throws: TranscodeError.self) { try schema.json("Deep", nested(6), codec) }
    #expect(throws: TranscodeError.self) { try schema.json("Deep", nested(100_000), codec) }
    func text(_ depth: Int) -> String {
      (1..<depth).map { _ in #"{"d":["# }.joined() + #"{"d":[]}"# + (1..<depth).map { _ in "]}" }.joined()
    }
    #expect(try schema.wire("Deep", text(5), after: Representation.xcdr1.header(), codec) == nested(5))
    #expect(throws: TranscodeError.self) {
      try schema.wire("Deep", text(6), after: Representation.xcdr1.header(), codec)
    }
  }

  /// What takes no bytes costs its sender nothing, and us as much as we let it.
  @Test func emptyElementsAreBounded() throws {
    let schema = try TestSchema(Self.types)
    for type in ["Nothings", "Shells"] {
      let most = try schema.json(type, Representation.xcdr1.header() + [0, 0, 1, 0])
      #expect(most.utf8.count > 65_536 * 2)
      #expect(throws: TranscodeError.self) {
        try schema.json(type, Representation.xcdr1.header() + [1, 0, 1, 0])
      }
    }
  }

  @Test func outputIsBounded() throws {
    let schema = try TestSchema(Self.types)
    var limits = TranscodingLimits()
    limits.outputBytes = 100
    let codec = schema.codec(limits: limits)
    let wire =
      Representation.xcdr1.header() + [40, 0, 0, 0] + [UInt8](repeating: 0x7F, count: 160) + [0, 0, 0, 0]
    #expect(throws: TranscodeError.self) { try schema.json("Lists", wire, codec) }
    // What a member lacks is not written either when it is larger.
    let defaults = try TestSchema(
      "struct Octets appendable { a int32, o arr<uint8;1000> }\nstruct Longs appendable { a int32, l arr<int32;1000> }"
    )
    for type in ["Octets", "Longs"] {
      let codec = defaults.codec(limits: limits) { $0.missing = .default }
      #expect(throws: TranscodeError.self) {
        try defaults.json(type, Representation.xcdr2.header(.appendable) + [4, 0, 0, 0, 1, 0, 0, 0], codec)
      }
      #expect(throws: TranscodeError.self) {
        try defaults.wire(type, #"{"a":1}"#, after: Representation.xcdr1.header(), codec)
      }
    }
    let text = #"{"l":[\#([String](repeating: "1", count: 40).joined(separator: ","))],"m":[]}"#
    #expect(throws: TranscodeError.self) {
      try schema.wire("Lists", text, after: Representation.xcdr1.header(), codec)
    }
  }
}
