/// One token of the source, still in its own spelling: the preprocessor joins and compares spellings, and a
/// literal is looked at only when the parser meets it.
struct Token: Sendable {
  enum Kind: UInt8, Sendable {
    /// Identifiers, keywords and names of macros.
    case word
    /// Anything that begins with a digit, or with a point and a digit.
    case number
    case character
    case string
    case punctuator
    /// What is no token; an error only if the parser meets it.
    case invalid
    case end
  }

  var kind: Kind
  var spelling: String
  var place: SourcePlace
  /// First on its line: `#` begins a directive here.
  var startsLine = false
  var followsSpace = false
  /// A macro's own name inside of its expansion: it stays as it is.
  var isPainted = false
  /// Index into `SourceSet.comments` of the comment right before; negative when there is none.
  var leadingComment: Int32 = -1
  /// The comment behind that says that it belongs here (`///<`, `//!<`, `/**<`).
  var trailingComment: Int32 = -1

  func isPunctuator(_ text: String) -> Bool { kind == .punctuator && spelling == text }

  func isWord(_ text: String) -> Bool { kind == .word && spelling == text }

  /// For "found …" in diagnostics.
  var description: String {
    switch kind {
    case .end: "the end of the file"
    case .invalid: problem
    default: "'\(spelling.prefix(40))'"
    }
  }

  private var problem: String {
    if spelling.hasPrefix("/*") { return "a comment that does not end" }
    if spelling.hasPrefix("\"") || spelling.hasPrefix("L\"") {
      return "a string that does not end on its line"
    }
    if spelling.hasPrefix("'") || spelling.hasPrefix("L'") {
      return "a character literal that does not end on its line"
    }
    if let byte = spelling.utf8.first, byte < 0x20 || byte == 0x7F { return "the control character \(byte)" }
    return "'\(spelling.prefix(40))', which IDL does not use"
  }
}
