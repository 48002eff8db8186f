import Foundation
import SchemaModel
import Testing
import Transcoding

/// Cyclone DDS for Python writes and reads what we read and write: every type of the corpus, in each extensibility, XCDR1
/// and XCDR2.
@Suite struct CycloneTests {
  /// Cyclone for Python announces the structs in a mutable one with a size of their own (length code 4), where we
  /// let theirs do (5), as its C sibling does: the bytes differ, not the value.
  private static let announcedOtherwise: Set<String> = [
    "Line", "Mixed", "Deep", "GrownInside", "LooseInside", "OptionalInside", "Unions", "MoreUnions",
    "UnionLists",
    "Telemetry",
  ]

  /// It writes 32 bits for every enumeration in XCDR1, which XTypes and its C sibling do not.
  private static let smallEnumerations: Set<String> = ["SmallEnumerated", "Tiny"]

  @Test(arguments: CDRCorpus.extensibilities)
  func bytesOfThePeer(_ extensibility: CDRExtensibility) throws {
    let peer = try CyclonePeer(extensibility)
    let schema = try CDRCorpus.schema(extensibility)
    let codec = schema.codec()
    var equal = 0
    for type in try CDRCorpus.names() {
      for representation in Representation.allCases {
        if representation == .xcdr1, Self.smallEnumerations.contains(type) { continue }
        for seed in 0..<4 {
          let value = try peer.random(type, seed: seed)
          let theirs = try peer.write(type, value, representation, bigEndian: false)
          let ours = try schema.wire(type, writtenJSON(value), after: Array(theirs.prefix(4)), codec)
          let place = "\(type) \(extensibility) \(representation) \(seed) \(try writtenJSON(value))"
          let mayDiffer =
            extensibility == .mutable && representation == .xcdr2 && Self.announcedOtherwise.contains(type)
          if ours == theirs {
            equal += 1
          } else if !mayDiffer {
            Issue.record("\(place)\n  theirs \(theirs.hex)\n  ours   \(ours.hex)")
          }
          #expect(try peer.reads(type, value, from: ours), "\(place)")

          let read = try schema.json(type, theirs, codec)
          #expect(sameJSON(try parsedJSON(read), value), "\(place) \(read)")
          let big = try peer.write(type, value, representation, bigEndian: true)
          #expect(try schema.json(type, big, codec) == read, "\(place)")
        }
      }
    }
    #expect(equal > 500)
  }
}
