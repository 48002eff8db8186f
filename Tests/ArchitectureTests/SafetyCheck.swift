/// Every use of an unsafe construct names the invariant that makes it right.
///
/// The rule, made checkable: a line that says `unsafe`, `@unchecked` or `Unmanaged` has a comment with
/// `SAFETY:` on it, or in one of the `reach` lines above it, or in the comment right above a declaration or
/// block that encloses it. swift-format fixes the indentation, so the enclosing lines are those above it that
/// are indented less.
enum SafetyCheck {
  /// How far above its use an explanation may stand.
  static let reach = 12

  static func check(_ file: SourceFile) -> [Finding] {
    file.code.indices.compactMap { index in
      let words = Set(SourceFile.words(file.code[index]))
      guard let construct = constructs.first(where: words.contains),
        !file.imports.contains(where: { $0.line == index + 1 }), !isExplained(file, index)
      else { return nil }
      return Finding(path: file.path, line: index + 1, message: "`\(construct)` without a SAFETY: line")
    }
  }

  private static let constructs = ["unsafe", "unchecked", "Unmanaged"]

  private static func isExplained(_ file: SourceFile, _ index: Int) -> Bool {
    if file.lines[max(0, index - reach)...index].contains(where: isExplanation) { return true }
    var indentation = depth(file.lines[index])
    for above in stride(from: index - 1, through: 0, by: -1) where depth(file.lines[above]) < indentation {
      indentation = depth(file.lines[above])
      if commentAbove(file, above).contains(where: isExplanation) { return true }
    }
    return false
  }

  /// The comment and attribute lines directly above a line.
  private static func commentAbove(_ file: SourceFile, _ index: Int) -> ArraySlice<String> {
    var first = index
    while first > 0 {
      let text = file.lines[first - 1].drop(while: \.isWhitespace)
      guard text.hasPrefix("//") || text.hasPrefix("@") else { break }
      first -= 1
    }
    return file.lines[first..<index]
  }

  private static func isExplanation(_ line: String) -> Bool {
    guard let comment = line.firstRange(of: "//"), let mark = line.firstRange(of: "SAFETY:") else {
      return false
    }
    return comment.lowerBound < mark.lowerBound
  }

  /// Leading spaces; a blank line encloses nothing.
  private static func depth(_ line: String) -> Int {
    let spaces = line.utf8.prefix { $0 == UInt8(ascii: " ") }.count
    return spaces == line.utf8.count ? .max : spaces
  }
}
