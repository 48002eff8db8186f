import Foundation

/// A Swift file, as it is and with everything blanked that is not code.
struct SourceFile {
  /// Relative to the package: `Sources/EventLoop/Lock.swift`.
  let path: String
  let lines: [String]
  /// `lines` with comments and string literals blanked; the same number of lines.
  let code: [String]

  init(path: String, text: String) {
    self.path = path
    lines = Self.split(Array(text.utf8))
    code = Self.split(Self.blank(Array(text.utf8)))
  }

  /// The target that the file belongs to, for a file in `Sources`.
  var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

  /// `path` without `Sources/`.
  var pathInSources: String { String(path.dropFirst("Sources/".count)) }

  /// The modules that the file imports, with the line (from 1) of each.
  var imports: [(module: String, line: Int)] {
    code.indices.compactMap { index in
      let words = Self.words(code[index])
      guard let position = words.firstIndex(of: "import"),
        words[..<position].allSatisfy(Self.importPrefixes.contains)
      else { return nil }
      let kinds: Set = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
      guard let module = words[(position + 1)...].first(where: { !kinds.contains($0) }) else { return nil }
      return (module, index + 1)
    }
  }

  private static let importPrefixes: Set = [
    "package", "public", "internal", "private", "fileprivate", "preconcurrency", "testable", "unsafe",
    "_implementationOnly", "_exported", "_spi",
  ]

  /// The identifiers and keywords of a line, in order.
  static func words(_ line: String) -> [String] {
    line.utf8.split { byte in
      !(byte == UInt8(ascii: "_") || byte >= 0x80 || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20))
    }.map { String(decoding: $0, as: UTF8.self) }
  }

  private static func split(_ bytes: [UInt8]) -> [String] {
    bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// Replaces comments and string literals, interpolations included, by spaces; keeps line ends.
  private static func blank(_ text: [UInt8]) -> [UInt8] {
    var scanner = LiteralScanner(text: text)
    return scanner.blanked()
  }
}

/// Finds comments and string literals (The Swift Programming Language, Lexical Structure).
private struct LiteralScanner {
  let text: [UInt8]
  var position = 0
  var output: [UInt8]

  init(text: [UInt8]) {
    self.text = text
    output = text
  }

  mutating func blanked() -> [UInt8] {
    while position < text.count {
      if starts("//") {
        erase { scanner in !scanner.starts("\n") }
      } else if starts("/*") {
        blockComment()
      } else if let hashes = openingHashes() {
        stringLiteral(hashes: hashes)
      } else {
        position += 1
      }
    }
    return output
  }

  private func starts(_ word: String) -> Bool { text[position...].starts(with: word.utf8) }

  private mutating func erase(_ count: Int = 1) {
    for _ in 0..<count where position < text.count {
      if text[position] != UInt8(ascii: "\n") { output[position] = UInt8(ascii: " ") }
      position += 1
    }
  }

  private mutating func erase(while condition: (Self) -> Bool) {
    while position < text.count, condition(self) { erase() }
  }

  private mutating func blockComment() {
    var depth = 0
    repeat {
      if starts("/*") {
        depth += 1
        erase(2)
      } else if starts("*/") {
        depth -= 1
        erase(2)
      } else {
        erase()
      }
    } while depth > 0 && position < text.count
  }

  /// How many `#` stand before the quote of a literal that starts here; nil when none does.
  private func openingHashes() -> Int? {
    let hashes = text[position...].prefix { $0 == UInt8(ascii: "#") }.count
    let quote = position + hashes
    return quote < text.count && text[quote] == UInt8(ascii: "\"") ? hashes : nil
  }

  private mutating func stringLiteral(hashes: Int) {
    let pounds = String(repeating: "#", count: hashes)
    erase(hashes)
    let quotes = starts("\"\"\"") ? "\"\"\"" : "\""
    erase(quotes.utf8.count)
    while position < text.count {
      if starts(quotes + pounds) { return erase(quotes.utf8.count + hashes) }
      if starts("\\" + pounds + "(") {
        erase(hashes + 2)
        interpolation()
      } else if starts("\\" + pounds) {
        erase(hashes + 2)
      } else {
        erase()
      }
    }
  }

  private mutating func interpolation() {
    var depth = 1
    while position < text.count, depth > 0 {
      if let hashes = openingHashes() {
        stringLiteral(hashes: hashes)
      } else {
        if starts("(") { depth += 1 }
        if starts(")") { depth -= 1 }
        erase()
      }
    }
  }
}
