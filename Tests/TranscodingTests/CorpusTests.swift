import Testing
import Transcoding

/// Some 750 messages that we and Google's implementation are both asked to read and to write.
@Suite struct CorpusTests {
  /// Kinds of JSON that Google reads and we refuse by choice, each a heading of stricter.txt and a line of
  /// docs/transcoding.md. With those of `DamagedWireTests.wiresThatGooglePasses` there are twenty at most.
  static let mostStricter = 20 - 3

  @Test func bothAcceptTheSameAndMeanTheSame() throws {
    let oracle = try Oracle()
    let codec = Fixtures.shared.codec
    let stricter = Set(try rows("stricter.txt").map { "\($0.type) \($0.text)" })
    #expect(try headings("stricter.txt") <= Self.mostStricter)
    var accepted = 0
    var refusedByChoice: Set<String> = []
    for (type, json) in try rows("corpus.txt") {
      let theirs = try oracle.parse(type, Array(json.utf8))
      let ours = try? codec.wire(type, json)
      let row = "\(type) \(json)"
      switch (ours, theirs) {
      case (nil, nil): break
      case (let ours?, let theirs?):
        accepted += 1
        #expect(try oracle.same(type, ours, theirs), "\(row) \(ours.hex) \(theirs.hex)")
      case (nil, _?):
        refusedByChoice.insert(row)
        #expect(stricter.contains(row), "Google reads \(row)")
      case (_?, nil):
        Issue.record("Google refuses \(row)")
      }
    }
    #expect(refusedByChoice == stricter)
    #expect(accepted >= 300)
  }

  @Test func bothWriteTheSame() throws {
    let oracle = try Oracle()
    let codec = Fixtures.shared.codec
    // What Google reads and we refuse may hold what we do not write either.
    let stricter = Set(try rows("stricter.txt").map { "\($0.type) \($0.text)" })
    var written = 0
    for (type, json) in try rows("corpus.txt") {
      guard let wire = try oracle.parse(type, Array(json.utf8)) else { continue }
      let theirs = try oracle.print(type, wire)
      let ours = try? codec.json(type, wire)
      if ours == nil, stricter.contains("\(type) \(json)") { continue }
      #expect((ours == nil) == (theirs == nil), "\(type) \(json) \(wire.hex) \(ours ?? "refused")")
      guard let ours, let theirs else { continue }
      written += 1
      // As values, not as texts: blanks, order and escapes are free.
      #expect(
        try oracle.equal(Array(ours.utf8), theirs),
        "\(type) \(ours) \(String(decoding: theirs, as: UTF8.self))")
    }
    #expect(written >= 300)
  }
}
