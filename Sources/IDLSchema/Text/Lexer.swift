/// Cuts one file into tokens.
///
/// Source: IDL 4.2, 7.2 Lexical Conventions. There are no trigraphs. Unlike in C a line that ends in a backslash goes
/// on inside of tokens only where that is seen in practice: in white space, comments, strings and words.
struct Lexer {
  let text: [UInt8]
  let file: Int32
  var position = 0
  private var line: Int32 = 1
  private var lineStart = 0
  var comments = CommentCollector()

  init(text: [UInt8], file: Int32) {
    self.text = text
    self.file = file
  }

  /// All tokens, the last of them `.end`; at most `limit`, behind which the file is not read on.
  mutating func tokens(limit: Int, _ sources: inout SourceSet) -> [Token] {
    var result: [Token] = []
    while true {
      var token = next(&sources, &result)
      let isEnd = token.kind == .end
      if !isEnd, result.count >= limit {
        token.kind = .end
        result.append(token)
        return result
      }
      result.append(token)
      if isEnd { return result }
    }
  }

  private mutating func next(_ sources: inout SourceSet, _ before: inout [Token]) -> Token {
    let firstLine = before.isEmpty
    let lineBefore = line
    comments.begin(after: firstLine ? 0 : lineBefore)
    let (space, lines, unterminated) = skipSpace()
    let place = SourcePlace(file: file, line: line, column: Int32(clamping: position - lineStart + 1))
    var token = Token(kind: .end, spelling: "", place: place)
    token.startsLine = firstLine || lines
    token.followsSpace = space || token.startsLine
    if let unterminated {
      token.kind = .invalid
      token.place = unterminated
      token.spelling = "/*"
      return token
    }
    if let leading = comments.leading(before: line) { token.leadingComment = sources.addComment(leading) }
    if let trailing = comments.trailing, !before.isEmpty {
      before[before.count - 1].trailingComment = sources.addComment(trailing)
    }
    guard position < text.count else { return token }
    let start = position
    token.kind = scan()
    token.spelling = spelling(start)
    return token
  }

  // MARK: White space and comments

  private mutating func newLine() {
    position += 1
    line &+= 1
    lineStart = position
  }

  /// - Returns: whether there was any, whether a line ended, and where a comment begins that does not end.
  private mutating func skipSpace() -> (space: Bool, lines: Bool, unterminated: SourcePlace?) {
    let start = position
    var lines = false
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\n"):
        newLine()
        lines = true
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), 0x0B, 0x0C:
        position += 1
      case UInt8(ascii: "\\") where continuation(position) != nil:
        skipContinuation()
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"):
        lineComment()
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
        let begin = SourcePlace(
          file: file, line: line, column: Int32(clamping: position - lineStart + 1))
        guard blockComment() else { return (true, lines, begin) }
      default:
        return (position > start, lines, nil)
      }
    }
    return (position > start, lines, nil)
  }

  private mutating func lineComment() {
    let first = line
    let start = position
    while let byte = peek(), byte != UInt8(ascii: "\n") {
      if byte == UInt8(ascii: "\\"), continuation(position) != nil {
        skipContinuation()
      } else {
        position += 1
      }
    }
    comments.add(text[start..<position], first: first, last: line, isBlock: false)
  }

  private mutating func blockComment() -> Bool {
    let first = line
    let start = position
    position += 2
    while let byte = peek() {
      if byte == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
        position += 2
        comments.add(text[start..<position], first: first, last: line, isBlock: true)
        return true
      }
      if byte == UInt8(ascii: "\n") { newLine() } else { position += 1 }
    }
    return false
  }

  func peek(_ distance: Int = 0) -> UInt8? {
    position + distance < text.count ? text[position + distance] : nil
  }

  /// How many bytes a backslash and a line's end take at `index`.
  func continuation(_ index: Int) -> Int? {
    guard index + 1 < text.count, text[index] == UInt8(ascii: "\\") else { return nil }
    if text[index + 1] == UInt8(ascii: "\n") { return 2 }
    let isCarriageReturn = text[index + 1] == UInt8(ascii: "\r")
    return isCarriageReturn && index + 2 < text.count && text[index + 2] == UInt8(ascii: "\n") ? 3 : nil
  }

  mutating func skipContinuation() {
    guard let length = continuation(position) else { return }
    position += length - 1
    newLine()
  }
}
