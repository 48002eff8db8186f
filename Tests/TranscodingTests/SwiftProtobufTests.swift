import SwiftProtobuf
import Testing
import Transcoding

/// The corpus and random messages once more, before a second implementation that is not ours.
@Suite struct SwiftProtobufTests {
  @Test func bothAcceptTheSameAndMeanTheSame() throws {
    let codec = Fixtures.shared.codec
    var excused = Set(try rows("swift-differences.txt").map { "\($0.type) \($0.text)" })
    var accepted = 0
    for (type, json) in try rows("corpus.txt") where SwiftOracle.knows(type) {
      let ours = try? codec.wire(type, json)
      let theirs = SwiftOracle.message(type, json: json)
      switch (ours.flatMap { SwiftOracle.message(type, wire: $0) }, theirs) {
      case (nil, nil) where ours == nil: break
      case (let ours?, let theirs?) where SwiftOracle.same(ours, theirs): accepted += 1
      default:
        let isKnown = excused.remove("\(type) \(json)") != nil
        #expect(isKnown, "SwiftProtobuf \(theirs == nil ? "refuses" : "reads") \(type) \(json)")
      }
    }
    #expect(excused.isEmpty, "SwiftProtobuf agrees")
    #expect(accepted >= 250)
  }

  /// Each reads what the other writes.
  @Test(arguments: RandomMessageTests.types.filter(SwiftOracle.knows))
  func randomMessagesAgree(_ type: String) throws {
    let codec = Fixtures.shared.codec
    var agreed = 0
    for (seed, row) in try Oracle().randoms(type, from: 50_000, count: 250).enumerated() {
      let original = try #require(SwiftOracle.message(type, wire: row.wire))
      // It does not write NaN in a Value, as we do not.
      guard let theirs = try? original.jsonString() else { continue }
      let ours = try codec.json(type, row.wire)
      let read = try #require(SwiftOracle.message(type, json: ours), "\(type) \(seed) \(ours)")
      #expect(SwiftOracle.same(read, original), "\(type) \(seed) \(ours)")
      let back = try #require(SwiftOracle.message(type, wire: codec.wire(type, theirs)))
      #expect(SwiftOracle.same(back, original), "\(type) \(seed) \(theirs)")
      agreed += 1
    }
    #expect(agreed > 100)
  }
}
