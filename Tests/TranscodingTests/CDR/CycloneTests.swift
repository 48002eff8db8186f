import Foundation
import SchemaModel
import Testing
import Transcoding

/// Cyclone DDS for Python writes and reads what we read and write: every type of the corpus, in each extensibility, XCDR1
/// and XCDR2.
@Suite struct CycloneTests {
  /// It writes 32 bits for every enumeration in XCDR1, which XTypes and its C sibling do not.
  private static let smallEnumerations: Set<String> = ["SmallEnumerated", "Tiny"]

  @Test(arguments: CDRCorpus.extensibilities)
  func bytesOfThePeer(_ extensibility: CDRExtensibility) throws {
    let peer = try CyclonePeer(extensibility)
    let schema = try CDRCorpus.schema(extensibility)
    let codec = schema.codec()
    var compared = 0
    for type in try CDRCorpus.names() {
      for representation in Representation.allCases {
        if representation == .xcdr1, Self.smallEnumerations.contains(type) { continue }
        for seed in 0..<4 {
          let value = try peer.random(type, seed: seed)
          let theirs = try peer.write(type, value, representation, bigEndian: false)
          let ours = try schema.wire(type, writtenJSON(value), after: Array(theirs.prefix(4)), codec)
          let place = "\(type) \(extensibility) \(representation) \(seed) \(try writtenJSON(value))"
          #expect(ours == theirs, "\(place)\n  theirs \(theirs.hex)\n  ours   \(ours.hex)")
          compared += 1
          #expect(try peer.reads(type, value, from: ours), "\(place)")

          let read = try schema.json(type, theirs, codec)
          #expect(sameJSON(try parsedJSON(read), value), "\(place) \(read)")
          let big = try peer.write(type, value, representation, bigEndian: true)
          #expect(try schema.json(type, big, codec) == read, "\(place)")
        }
      }
    }
    #expect(compared > 500)
  }
}
