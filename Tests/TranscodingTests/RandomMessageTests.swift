import Testing
import Transcoding

/// Messages that the oracle makes up from a seed: both sides must agree on every one, both ways.
@Suite struct RandomMessageTests {
  static let types = [
    "corpus.Scalars", "corpus.Optionals", "corpus.Lists", "corpus.Node", "corpus.Maps", "corpus.Choice",
    "corpus.WellKnown", "corpus.PoolQueryResp", "corpus.Anything", "corpus.Names", "legacy.Order", "ext.Base",
    "modern.Everything", "filewide.Holder",
  ]

  /// Messages of all types together.
  static let total = 10_000

  @Test(arguments: types)
  func bothDirectionsAgree(_ type: String) throws {
    let oracle = try Oracle()
    let codec = Fixtures.shared.codec
    let count = (Self.total + Self.types.count - 1) / Self.types.count
    var pairs: [([UInt8], [UInt8])] = []
    var texts: [String] = []
    for (seed, row) in try oracle.randoms(type, from: 0, count: count).enumerated() {
      guard let theirs = row.json else {
        // What Google cannot write (NaN in a Value) we do not write either.
        #expect(throws: TranscodeError.self, "\(type) \(seed)") { try codec.json(type, row.wire) }
        continue
      }
      let ours = try codec.json(type, row.wire)
      let theirText = String(decoding: theirs, as: UTF8.self)
      for text in [ours, theirText] {
        texts.append("\(seed) \(text)")
        pairs.append((try codec.wire(type, text), row.wire))
      }
    }
    for (text, isSame) in zip(texts, try oracle.same(type, pairs)) { #expect(isSame, "\(type) \(text)") }
    #expect(pairs.count > count)
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
