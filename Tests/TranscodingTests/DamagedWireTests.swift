import ProtobufSchema
import SchemaModel
import Testing
import Transcoding

/// Whatever a backend sends, the outcome is JSON or a typed error.
@Suite struct DamagedWireTests {
  /// Golden wires: what the accepted rows become, and what Google and we read of the corpus.
  private func wires() throws -> [(type: String, wire: [UInt8])] {
    let codec = Fixtures.shared.codec
    let golden = try rows("accepted.txt").map { ($0.type, try codec.wire($0.type, $0.text)) }
    let corpus = try rows("corpus.txt").compactMap { row in
      (try? codec.wire(row.type, row.text)).map { (row.type, $0) }
    }
    return golden + corpus
  }

  /// Every schema language and every special form is among them.
  @Test func goldenWiresAreOfAllKinds() throws {
    let types = Set(try wires().filter { $0.wire.count > 8 }.map(\.type))
    #expect(types.isSuperset(of: RandomMessageTests.types), "\(types)")
  }

  /// Decodes and, if that works, encodes what came out: it must be JSON that we read ourselves.
  private func survives(_ type: String, _ wire: [UInt8], _ scratch: TranscodingScratch) throws {
    let codec = Fixtures.shared.codec
    let id = try Fixtures.shared.type(type)
    var json: [UInt8] = []
    do throws(TranscodeError) {
      try codec.decode(id, from: wire, at: 0, selecting: [], into: &json, scratch: scratch)
    } catch {
      #expect(Int(error.offset) <= wire.count)
      #expect(codec.explain(error, decoding: id, from: wire, at: 0).source == "reply")
      return
    }
    var again: [UInt8] = []
    do throws(TranscodeError) {
      try codec.encode(id, from: RequestInput(body: json), into: &again, scratch: scratch)
    } catch {
      Issue.record("\(type) \(wire.hex) gave \(String(decoding: json, as: UTF8.self)): \(error.reason)")
    }
  }

  @Test func truncatedAtEveryByte() throws {
    let scratch = TranscodingScratch()
    for (type, wire) in try wires() {
      for length in 0..<wire.count { try survives(type, Array(wire[..<length]), scratch) }
    }
  }

  @Test func everyByteDamaged() throws {
    let scratch = TranscodingScratch()
    for (type, wire) in try wires() {
      for index in wire.indices {
        for change: UInt8 in [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF] {
          var damaged = wire
          damaged[index] ^= change
          try survives(type, damaged, scratch)
        }
      }
    }
  }

  @Test func truncatedJSONAtEveryByte() throws {
    let codec = Fixtures.shared.codec
    for (type, text) in try rows("accepted.txt") {
      let body = Array(text.utf8)
      for length in 1..<body.count {
        guard let problem = codec.problem(type, RequestInput(body: Array(body[..<length]))) else {
          // Only blanks were cut off.
          #expect(text.utf8.dropFirst(length).allSatisfy { $0 == 0x20 })
          continue
        }
        #expect((problem.offset ?? -1) <= length)
      }
    }
  }

  static let broken: [(String, String, TranscodeError.Reason, String)] = [
    ("corpus.Scalars", "10", .truncated, "/i32"),
    ("corpus.Scalars", "10ffffffffffffffffffff01", .malformedVarint, "/i32"),
    ("corpus.Scalars", "1080808080808080808080", .malformedVarint, "/i32"),
    ("corpus.Scalars", "72056162", .truncated, "/text"),
    ("corpus.Scalars", "7201ff", .invalidUTF8, "/text"),
    ("corpus.Scalars", "00", .malformedTag, ""),
    ("corpus.Scalars", "0f", .malformedTag, ""),
    ("corpus.Scalars", "12017f", .wrongWireType, "/i32"),
    ("corpus.Scalars", "13", .wrongWireType, "/i32"),
    ("corpus.Scalars", "65000000", .truncated, "/single"),
    ("corpus.Scalars", "f407", .malformedGroup, ""),
    ("corpus.Scalars", "f3070b", .truncated, ""),
    ("corpus.Scalars", "f307fc0f", .malformedGroup, ""),
    ("corpus.Node", "1a020a05", .truncated, "/children/0/name"),
    ("corpus.Node", "1a001a041202ffff", .truncated, "/children/1/child"),
    ("legacy.Order", "", .missingRequired, ""),
    ("corpus.WellKnown", "1a020a00", .notRepresentable, "/mask"),
    ("corpus.WellKnown", "1a050a01410a00", .notRepresentable, "/mask"),
    ("corpus.WellKnown", "1a050a035f3161", .notRepresentable, "/mask"),
  ]

  @Test(arguments: broken)
  func brokenWiresAreNamed(
    _ type: String, _ hex: String, _ reason: TranscodeError.Reason, _ pointer: String
  ) throws {
    let codec = Fixtures.shared.codec
    let wire = [UInt8](hex: hex)
    var output: [UInt8] = []
    do throws(TranscodeError) {
      try codec.decode(
        Fixtures.shared.schema.model.typesByName[type] ?? TypeID(rawValue: 0), from: wire, at: 0,
        selecting: [],
        into: &output, scratch: TranscodingScratch())
      Issue.record("\(hex) was read as \(String(decoding: output, as: UTF8.self))")
    } catch {
      #expect(error.reason == reason)
      let id = try Fixtures.shared.type(type)
      #expect(codec.explain(error, decoding: id, from: wire, at: 0).pointer == pointer)
    }
  }

  /// What a later value replaces is not written, but checked; as Google's parser does, but for the wire type.
  static let replaced: [(String, String, TranscodeError.Reason, String)] = [
    ("corpus.Choice", "1a01ff 1001", .invalidUTF8, "/text"),
    ("corpus.Choice", "22020a05 1001", .truncated, "/node/name"),
    ("corpus.Choice", "22030a01ff 1001", .invalidUTF8, "/node/name"),
    ("corpus.Choice", "22022207 1001", .truncated, "/node/scalars"),
    ("corpus.Choice", "22020801 1001", .wrongWireType, "/node/name"),
    ("corpus.Choice", "22040a0161 04 1001", .malformedTag, "/node"),
    ("corpus.Maps", "0a060a01611201ff 0a060a0161120162", .invalidUTF8, "/text"),
    ("corpus.Maps", "0a09 0a01ff 0a0161 120162", .invalidUTF8, "/text"),
    ("corpus.Maps", "12060801 12020a05 12020801", .truncated, "/nodes"),
    ("corpus.Scalars", "7201ff 720161", .invalidUTF8, "/text"),
  ]

  @Test(arguments: replaced)
  func replacedValuesAreChecked(
    _ type: String, _ hex: String, _ reason: TranscodeError.Reason, _ pointer: String
  ) throws {
    try brokenWiresAreNamed(type, hex, reason, pointer)
    if reason != .wrongWireType { #expect(try Oracle().print(type, [UInt8](hex: hex)) == nil) }
  }

  /// What Google's JSON of a wire passes over and ours does not: another wire type, a missing required field, text that is
  /// not UTF-8 where the schema does not mind.
  @Test func wiresThatGooglePasses() throws {
    let oracle = try Oracle()
    for (type, hex, reason) in [
      ("corpus.Scalars", "12017f", .wrongWireType), ("legacy.Order", "1002", .missingRequired),
      ("legacy.Order", "08013201ff", .invalidUTF8),
    ] as [(String, String, TranscodeError.Reason)] {
      let wire = [UInt8](hex: hex)
      #expect(try oracle.print(type, wire) != nil, "\(hex)")
      do { _ = try Fixtures.shared.codec.json(type, wire) } catch {
        #expect((error as TranscodeError).reason == reason, "\(hex)")
        continue
      }
      Issue.record("\(hex) is read")
    }
  }

  /// Forms that no serialiser writes and every parser reads.
  static let unusual: [(String, String, String)] = [
    ("corpus.Scalars", "10011002", #"{"i32":2}"#),
    ("corpus.Scalars", "720161 1001 720162", #"{"i32":1,"text":"b"}"#),
    ("corpus.Scalars", "f3070801 f407 1001", #"{"i32":1}"#),
    ("corpus.Scalars", "108180808000", #"{"i32":1}"#),
    ("corpus.Scalars", "10ffffffff0f", #"{"i32":-1}"#),
    ("corpus.Scalars", "18ffffffffffffffffff7f", #"{"i64":"-1"}"#),
    ("corpus.Scalars", "18ffffffffffffffffff7e", #"{"i64":"9223372036854775807"}"#),
    ("corpus.Scalars", "0802", #"{"flag":true}"#),
    ("corpus.Scalars", "1000", "{}"),
    ("corpus.Lists", "1001 12020203 1004", #"{"i32":[1,2,3,4]}"#),
    ("corpus.Lists", "0a00", "{}"),
    ("corpus.Lists", "1001 520101 1002", #"{"i32":[1,2],"loose":[1]}"#),
    ("corpus.Node", "12030a0161 12021a00", #"{"child":{"name":"a","children":[{}]}}"#),
    ("corpus.Choice", "1001 1a0161", #"{"text":"a"}"#),
    ("corpus.Choice", "1a0161 1001 1a0162 0a0178", #"{"before":"x","text":"b"}"#),
    ("corpus.Choice", "22030a0161 1001 22020a00", #"{"node":{}}"#),
    ("corpus.Maps", "0a060a0161120162 0a060a0161120163", #"{"text":{"a":"c"}}"#),
    ("corpus.Maps", "0a03120162", #"{"text":{"":"b"}}"#),
    ("corpus.Maps", "0a05 0a0161 1200", #"{"text":{"a":""}}"#),
    ("corpus.Maps", "1200", #"{"nodes":{"0":{}}}"#),
    ("corpus.Maps", "0a09 120162 0a0161 120163", #"{"text":{"a":"c"}}"#),
    (
      "legacy.Order", "0801 1001 1009 1809 1802 1a020103",
      #"{"id":1,"level":"LOW","levels":["HIGH","LOW","ALSO_HIGH"]}"#
    ),
    ("legacy.Order", "0801 5204 0a00 1005 52050a01611001", #"{"id":1,"byName":{"a":"ON"}}"#),
  ]

  @Test(arguments: unusual)
  func unusualWiresAreRead(_ type: String, _ hex: String, _ json: String) throws {
    #expect(try Fixtures.shared.codec.json(type, [UInt8](hex: hex)) == json)
  }

  @Test func integerReadsTheLastTopLevelValue() throws {
    let codec = Fixtures.shared.codec
    let status = try #require(Fixtures.shared.path("corpus.PoolQueryResp", "status").first)
    #expect(try codec.integer(status, in: [], at: 0) == 0)
    #expect(try codec.integer(status, in: [UInt8](hex: "0893f8ffffffffffffff01"), at: 0) == -1005)
    #expect(try codec.integer(status, in: [UInt8](hex: "0893f8ffffffffffffff01 12 0161 0805"), at: 0) == 5)
    #expect(throws: TranscodeError.self) { try codec.integer(status, in: [0x08, 0x05, 0x12], at: 0) }
    let zigzag = try #require(Fixtures.shared.path("corpus.Scalars", "s32").first)
    #expect(try codec.integer(zigzag, in: [0x30, 0x03], at: 0) == -2)
  }
}
