/// Keeps comments as documentation: the block of comments right before a declaration, and those behind one that say so
/// by `<`.
struct CommentCollector {
  private var block: [(text: String, firstLine: Int32)] = []
  /// The line of the token before; 0 at the beginning of a file.
  private var lineBefore: Int32 = 0
  private var lastLine: Int32 = 0
  /// The texts of `///<` and the like after the last token.
  private var marked: [String] = []

  /// Starts anew behind a token that ends on `line`.
  mutating func begin(after line: Int32) {
    block = []
    lineBefore = line
    lastLine = 0
    marked = []
  }

  mutating func add(_ text: ArraySlice<UInt8>, first: Int32, last: Int32, isBlock: Bool) {
    let (content, isTrailing) = Self.strip(text, isBlock: isBlock)
    if isTrailing {
      marked.append(content)
      return
    }
    if lastLine + 1 < first { block = [] }
    block.append((content, first))
    lastLine = last
  }

  /// The comment behind the last token that says so.
  var trailing: String? { marked.isEmpty ? nil : marked.joined(separator: "\n") }

  /// The comment that stands right before a token on `line`; none when an empty line stands between.
  func leading(before line: Int32) -> String? {
    guard line <= lastLine + 1 else { return nil }
    // What stands behind a token at the end of its line, without a mark, is about that token or about nothing.
    let about = block.filter { $0.firstLine != lineBefore || line == lineBefore }
    let text = about.map(\.text).joined(separator: "\n")
    return text.isEmpty ? nil : text
  }

  /// Without the marks, the stars that begin lines, and empty lines around.
  private static func strip(_ text: ArraySlice<UInt8>, isBlock: Bool) -> (String, isTrailing: Bool) {
    var body = String(decoding: isBlock ? text.dropFirst(2).dropLast(2) : text.dropFirst(2), as: UTF8.self)[
      ...]
    if let mark = body.first, mark == "!" || mark == "/" || mark == "*" { body = body.dropFirst() }
    let isTrailing = body.first == "<" && text.count > 2
    if isTrailing { body = body.dropFirst() }
    // "\r\n" is one character.
    var lines = body.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map { line in
      var line = trim(line)
      if isBlock, line.first == "*" { line = trim(line.dropFirst()) }
      return line
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return (lines.drop(while: \.isEmpty).joined(separator: "\n"), isTrailing)
  }

  private static func trim(_ line: Substring) -> Substring {
    var line = line.drop(while: \.isWhitespace)
    while line.last?.isWhitespace == true { line.removeLast() }
    return line
  }
}
