import Foundation
import SchemaModel
import TestSupport
import Testing
import Transcoding

/// Fast CDR writes what we write, and we read what it writes: maps and long doubles in XCDR1, which Cyclone DDS lacks.
@Suite struct FastCDRTests {
  /// As Tests/Peers/fastcdr_peer.cpp has them.
  static let types = """
    enum Color = RED:0 GREEN:1 BLUE:5
    struct Point { x int32, y int32 }
    struct TextKeys { a uint8, m map<string;int32>, z uint8 }
    struct LongKeys { a uint8, m map<int64;Point>, z uint8 }
    struct ColorKeys { a uint8, m map<Color;seq<string>>, z uint8 }
    struct CharKeys { a uint8, m map<char;int16>, z uint8 }
    struct OctetKeys { a uint8, m map<uint8;uint8>, z uint8 }
    struct ShortKeys { a uint8, m map<int16;float64>, z uint8 }
    struct Nested { a uint8, m map<string;map<int32;string>>, z uint8 }
    struct Quads { a uint8, v float128, l seq<float128> }
    struct Rounded { a uint8, v float128, l seq<float128> }
    """

  private static let count = 200

  /// Every number as a double is printed; Foundation reads some by way of decimals, and loses their last bit.
  private static func canonical(_ json: String) -> String {
    json.replacing(/-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?/) { match in "\(Double(match.output.0) ?? .nan)" }
  }

  @Test func bytesOfFastCDR() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let program = folder.appending(path: "peer").path
    let source = Fixtures.root.appending(path: "Tests/Peers/fastcdr_peer.cpp").path
    let compiled = try Finished.run("/usr/bin/g++", ["-std=gnu++17", "-o", program, source, "-lfastcdr"])
    try #require(compiled.status == 0, "\(compiled.errors)")
    let run = try Finished.run(program, ["\(Self.count)", "20261121"])
    try #require(run.status == 0, "\(run.errors)")

    let schema = try TestSchema(Self.types)
    let codec = schema.codec()
    let rows = run.output.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
    #expect(rows.count == 9 * Self.count)
    for row in rows {
      try #require(row.count == 4)
      let (type, little, big, json) = (row[0], [UInt8](hex: row[1]), [UInt8](hex: row[2]), row[3])
      let value = Self.canonical(json)
      for wire in [little, big] {
        let read = try schema.json(type, wire, codec)
        #expect(Self.canonical(read) == value, "\(row)\n  \(read)")
      }
      if type == "Rounded" { continue }
      let written = try schema.wire(type, json, after: Array(little[..<4]), codec)
      #expect(written == little, "\(row)\n  \(written.hex)")
    }
  }
}
