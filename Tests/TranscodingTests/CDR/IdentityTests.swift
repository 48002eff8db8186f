import Foundation
import SchemaModel
import Testing
import Transcoding

/// JSON → CDR → JSON, on random values of everything the notation can say.
@Suite struct IdentityTests {
  /// What the peer has not: maps, wide characters, long doubles, bit sets, mutable unions.
  static let more = """
    struct Maps { a map<string;int32>, b map<int64;Point>, c map<Color;seq<string>;2>, d map<char;int16>, \
    e map<uint8;uint8>, z uint8 }
    struct WideTexts { a wchar, b wstring, c wstring<3>, d seq<wstring>, z int64 }
    struct Quads { a uint8, v float128, l seq<float128>, b uint8 }
    bits Packed/16 = low:0:3:uint8 flag:3:1:boolean high:10:6:int8
    bits Wide64/64 = a:0:33:uint64 b:40:24:int32
    struct BitSets { a Packed, b Wide64, c seq<Packed>, z uint8 }
    union Loosened mutable (int32) { 1 a int64, 2|3 b Grown, * c string }
    union Switch (boolean) { 0 a int16, 1 b string }
    struct Loosely { a uint8, u Loosened, l seq<Loosened>, s Switch, o Loosened optional, z uint8 }
    """

  @Test(arguments: CDRCorpus.extensibilities)
  func randomValues(_ extensibility: CDRExtensibility) throws {
    let schema = try TestSchema(try CDRCorpus.text() + Self.more, extensibility)
    let codec = schema.codec()
    let names = try CDRCorpus.names() + ["Maps", "WideTexts", "Quads", "BitSets", "Loosened", "Loosely"]
    var random = RandomValue(schema, seed: 20_261_121)
    var count = 0
    while count < 4_000 {
      let name = names[count % names.count]
      let value = random.value(try schema.type(name))
      let text = try writtenJSON(value)
      for representation in Representation.allCases {
        let wire = try schema.wire(name, text, after: representation.header(extensibility), codec)
        let read = try schema.json(name, wire, codec)
        let place = "\(name) \(extensibility) \(representation) \(text)\n  \(wire.hex)\n  \(read)"
        #expect(sameJSON(try parsedJSON(read), value), "\(place)")
        #expect(
          try schema.wire(name, read, after: representation.header(extensibility), codec) == wire, "\(place)")
      }
      count += 1
    }
  }
}
