import Foundation
import SchemaModel
import Testing

@testable import IDLSchema

/// Whatever the text is, loading ends with a schema or diagnostics.
@Suite struct DamagedTextTests {
  /// Tokens of IDL in random order, and real files with random damage; the seed is part of the message.
  @Test(arguments: 0..<8) func random(_ seed: Int) throws {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    func next(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    let files = try Corpus.names().map { Array(try Corpus.text($0).utf8) }
    let words = try Corpus.names().flatMap { try Corpus.text($0).split(whereSeparator: \.isWhitespace) }
    for round in 0..<150 {
      var text: [UInt8]
      if round % 3 == 0 {
        text = (0..<next(60)).map { _ in words[next(words.count)] }.joined(
          separator: next(4) == 0 ? "\n" : " "
        ).utf8.map { $0 }
      } else {
        text = files[next(files.count)]
        for _ in 0..<(1 + next(6)) where !text.isEmpty {
          switch next(3) {
          case 0: text[next(text.count)] = UInt8(next(256))
          case 1: text.remove(at: next(text.count))
          default:
            let start = next(text.count)
            text.insert(contentsOf: text[start..<min(text.count, start + next(40))], at: next(text.count))
          }
        }
      }
      let rendered = Corpus.render(String(decoding: text, as: UTF8.self), "x.idl")
      #expect(rendered.isEmpty || rendered.hasSuffix("\n"), "seed \(seed), round \(round)")
    }
  }
}
