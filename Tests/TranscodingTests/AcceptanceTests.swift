import SchemaModel
import Testing
import Transcoding

/// JSON texts as table rows: what is read means what Google's parser reads, what is refused says where and why.
@Suite struct AcceptanceTests {
  @Test func acceptedRowsMeanTheSameAsToGoogle() throws {
    let oracle = try Oracle()
    let codec = Fixtures.shared.codec
    for (type, json) in try rows("accepted.txt") {
      let wire = try codec.wire(type, json)
      let expected = try #require(try oracle.parse(type, Array(json.utf8)), "Google refuses \(json)")
      #expect(try oracle.same(type, wire, expected), "\(type) \(json) \(wire.hex) \(expected.hex)")
      // And back: what we write means the same once more, to both.
      let text = try codec.json(type, wire)
      let again = try oracle.parse(type, Array(text.utf8))
      #expect(try again.map { try oracle.same(type, wire, $0) } ?? false, "\(type) \(text)")
      #expect(try codec.json(type, codec.wire(type, text)) == text)
    }
  }

  @Test func refusedRowsSayWhereAndWhy() throws {
    let codec = Fixtures.shared.codec
    for (type, text) in try rows("refused.txt") {
      let parts = text.split(separator: "|", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
      let problem = codec.problem(type, RequestInput(body: Array(parts[3].utf8)))
      let expected = FieldProblem(source: "body", pointer: parts[0], reason: parts[2], offset: Int(parts[1]))
      #expect(problem == expected, "\(type) \(parts[3])")
    }
  }

  @Test(
    arguments: [
      [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
      [0x22, 0xFF, 0x22], [0x22, 0xE2, 0x82, 0x22], [0x22, 0x80, 0x22],
    ] as [[UInt8]])
  func invalidUTF8IsRefused(_ string: [UInt8]) throws {
    let body = Array("{\"text\":".utf8) + string + Array("}".utf8)
    let problem = try #require(Fixtures.shared.codec.problem("corpus.Scalars", RequestInput(body: body)))
    #expect(problem.reason == "invalid UTF-8")
    #expect(problem.pointer == "/text")
  }

  @Test func controlCharactersAreRefused() throws {
    for byte: UInt8 in 0..<0x20 {
      let body = Array("{\"text\":\"abcdefgh".utf8) + [byte] + Array("\"}".utf8)
      let problem = try #require(Fixtures.shared.codec.problem("corpus.Scalars", RequestInput(body: body)))
      #expect(problem.reason == "control characters in JSON strings must be escaped")
    }
  }

  @Test func nestingIsBounded() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: #"{"children":["#, count: depth) + "{}" + String(repeating: "]}", count: depth)
    }
    let codec = Fixtures.shared.codec
    let wire = try codec.wire("corpus.Node", nested(99))
    #expect(try codec.json("corpus.Node", wire) == nested(99))
    #expect(throws: TranscodeError.self) { try codec.wire("corpus.Node", nested(100)) }
    #expect(throws: TranscodeError.self) { try codec.wire("corpus.WellKnown", nested(100_000)) }
    // One message more around it is too deep on the wire as well.
    var deeper = wire
    var length = wire.count
    var prefix: [UInt8] = [0x1A]
    while length >= 0x80 {
      prefix.append(UInt8(length & 0x7F | 0x80))
      length >>= 7
    }
    prefix.append(UInt8(length))
    deeper.insert(contentsOf: prefix, at: 0)
    #expect(throws: TranscodeError.self) { try codec.json("corpus.Node", deeper) }
  }
}
