import Testing
import Transcoding

/// Messages that the oracle makes up from a seed: both sides must agree on every one, both ways.
@Suite struct RandomMessageTests {
  static let types = [
    "corpus.Scalars", "corpus.Optionals", "corpus.Lists", "corpus.Node", "corpus.Maps", "corpus.Choice",
    "corpus.WellKnown", "corpus.PoolQueryResp", "legacy.Order",
  ]

  @Test(arguments: types)
  func bothDirectionsAgree(_ type: String) throws {
    let oracle = try Oracle()
    let codec = Fixtures.shared.codec
    for seed in 0..<120 {
      let wire = try oracle.random(type, seed: seed)
      guard let theirs = try oracle.print(type, wire) else {
        // What Google cannot write (NaN in a Value) we do not write either.
        #expect(throws: TranscodeError.self, "\(type) \(seed)") { try codec.json(type, wire) }
        continue
      }
      let ours = try codec.json(type, wire)
      #expect(try oracle.same(type, codec.wire(type, ours), wire), "\(type) \(seed) \(ours)")
      let theirText = String(decoding: theirs, as: UTF8.self)
      #expect(try oracle.same(type, codec.wire(type, theirText), wire), "\(type) \(seed) \(theirText)")
    }
  }

  @Test func defaultsAreWrittenOnRequest() throws {
    let codec = Fixtures.shared.codec { $0.emitDefaults = true }
    let oracle = try Oracle()
    for type in Self.types {
      for seed in 0..<20 {
        let wire = try oracle.random(type, seed: seed)
        guard let text = try? codec.json(type, wire) else { continue }
        #expect(try oracle.same(type, codec.wire(type, text), wire), "\(type) \(seed) \(text)")
      }
    }
    #expect(
      try codec.json("corpus.PoolQueryReq", [])
        == #"{"sys":"","id":"","svcRanks":[],"queryMask":"0"}"#)
    #expect(try codec.json("corpus.Choice", []) == #"{"before":"","after":0}"#)
    #expect(try codec.json("corpus.Optionals", []) == "{}")
  }
}
