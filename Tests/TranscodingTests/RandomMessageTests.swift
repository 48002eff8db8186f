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

  /// The options that Google has too: the same texts, as values.
  @Test(arguments: types)
  func optionsAgree(_ type: String) throws {
    let oracle = try Oracle()
    let rows: [(option: String, codec: ProtobufCodec)] = [
      ("always_print_fields_with_no_presence", Fixtures.shared.codec { $0.emitDefaults = true }),
      ("preserving_proto_field_name", Fixtures.shared.codec { $0.names = .original }),
      ("use_integers_for_enums", Fixtures.shared.codec { $0.enums = .numbers }),
    ]
    for (option, codec) in rows {
      var compared = 0
      for (wire, json) in try oracle.randoms(type, from: 20_000, count: 60, [option: true]) {
        guard let json else { continue }
        let ours = try codec.json(type, wire)
        // A NullValue is null here whatever enumerations are, as for Google's C++; for its Python it is 0 then.
        if option == "use_integers_for_enums", ours.contains(#""nothing":null"#) { continue }
        compared += 1
        #expect(
          try oracle.equal(Array(ours.utf8), json),
          "\(option) \(type)\n  ours   \(ours)\n  theirs \(String(decoding: json, as: UTF8.self))")
      }
      #expect(compared >= 20)
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
