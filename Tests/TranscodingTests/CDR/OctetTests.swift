import Foundation
import SchemaModel
import Testing
import Transcoding

/// Octets of all lengths as base64, against Foundation.
@Suite struct OctetTests {
  private static let header = Representation.xcdr1.header()

  /// A sample of `struct S { v seq<uint8> }`.
  private static func sample(_ octets: [UInt8]) -> [UInt8] {
    header + (0..<4).map { UInt8(truncatingIfNeeded: octets.count >> ($0 * 8)) } + octets
  }

  @Test func allLengthsBothWays() throws {
    let schema = try TestSchema("struct S { v seq<uint8> }")
    let codec = schema.codec()
    var generator = MutationTests.Generator(state: 7)
    for length in Array(0..<200) + [4095, 4096, 65_537] {
      let octets = (0..<length).map { _ in UInt8(truncatingIfNeeded: generator.next(below: 256)) }
      let text = Data(octets).base64EncodedString()
      #expect(try schema.json("S", Self.sample(octets), codec) == #"{"v":"\#(text)"}"#)
      let safe = text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
      for text in [text, safe] {
        #expect(try schema.wire("S", #"{"v":"\#(text)"}"#, after: Self.header, codec) == Self.sample(octets))
      }
    }
  }

  /// Every byte that is no character of base64, at every place of a text of blocks and a rest.
  @Test func foreignCharacters() throws {
    let schema = try TestSchema("struct S { v seq<uint8> }")
    let codec = schema.codec()
    let text = Array(Data((0..<40).map { UInt8($0 * 6) }).base64EncodedString().utf8)
    let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_".utf8)
    let foreign = (0x20..<0x7F).map { UInt8($0) }.filter {
      !alphabet.contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
    }
    for place in 0..<(text.count - 2) {
      for byte in foreign {
        var damaged = text
        damaged[place] = byte
        let body = Array(#"{"v":""#.utf8) + damaged + Array(#""}"#.utf8)
        #expect(
          try schema.problem("S", RequestInput(body: body), codec)?.reason == "expected a base64 string")
      }
    }
  }
}
