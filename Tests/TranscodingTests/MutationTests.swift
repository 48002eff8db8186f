import Testing
import Transcoding

/// Damaged input that we still accept must mean what it means to Google. (Of JSON we refuse more: stricter.txt.)
@Suite struct MutationTests {
  /// xorshift64*, so that a failure comes again.
  struct Generator {
    var state: UInt64

    mutating func next(below bound: Int) -> Int {
      state ^= state >> 12
      state ^= state << 25
      state ^= state >> 27
      return Int((state &* 2_685_821_657_736_338_717) >> 33) % bound
    }
  }

  static let pieces = [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "0", "-", ".", "e", "1e3", "null", "true", " ", "\\u0041", "é",
    "1.0", "\"i32\":1,", "a",
  ].map { Array($0.utf8) }

  @Test func mutatedJSON() throws {
    let oracle = try Oracle()
    let codec = Fixtures.shared.codec
    var generator = Generator(state: 20_261_121)
    var accepted = 0
    for (type, text) in try rows("accepted.txt") {
      for _ in 0..<120 {
        var body = Array(text.utf8)
        for _ in 0...generator.next(below: 2) {
          let at = generator.next(below: body.count + 1)
          switch generator.next(below: 3) {
          case 0: body.insert(contentsOf: Self.pieces[generator.next(below: Self.pieces.count)], at: at)
          case 1: if at < body.count { body.remove(at: at) }
          default: if at < body.count { body[at] = UInt8(0x20 + generator.next(below: 0x5F)) }
          }
        }
        guard let wire = try? codec.wire(type, RequestInput(body: body)), !body.isEmpty else { continue }
        accepted += 1
        let shown = String(decoding: body, as: UTF8.self)
        guard let theirs = try oracle.parse(type, body) else {
          Issue.record("Google refuses \(type) \(shown)")
          continue
        }
        #expect(try oracle.same(type, wire, theirs), "\(type) \(shown)")
      }
    }
    #expect(accepted > 500)
  }

  /// Why we may refuse a wire that Google makes JSON of; docs/transcoding.md has a line for each.
  static let stricter: Set<TranscodeError.Reason> = [
    .wrongWireType, .missingRequired, .invalidUTF8, .notRepresentable,
  ]

  /// Both refuse the same wires, and what both read is the same.
  @Test func mutatedWires() throws {
    let oracle = try Oracle()
    let codec = Fixtures.shared.codec
    var generator = Generator(state: 20_261_122)
    var accepted = 0
    for (type, text) in try rows("accepted.txt") {
      let wire = try codec.wire(type, text)
      for _ in 0..<60 where !wire.isEmpty {
        var damaged = wire
        damaged[generator.next(below: wire.count)] = UInt8(generator.next(below: 256))
        if generator.next(below: 2) == 0 { damaged += wire.prefix(generator.next(below: wire.count)) }
        let isRead = try oracle.print(type, damaged) != nil
        let json: String
        do throws(TranscodeError) { json = try codec.json(type, damaged) } catch {
          #expect(!isRead || Self.stricter.contains(error.reason), "\(type) \(damaged.hex) \(error.reason)")
          continue
        }
        accepted += 1
        #expect(isRead, "Google refuses \(type) \(damaged.hex)")
        #expect(try oracle.same(type, codec.wire(type, json), damaged), "\(type) \(damaged.hex) \(json)")
      }
    }
    #expect(accepted > 300)
  }
}
