internal import SchemaModel

/// A place in one of the files of a `SourceSet`. Tokens that a macro made stand where the macro was used.
struct SourcePlace: Sendable, Hashable {
  var file: Int32
  var line: Int32
  var column: Int32
}

/// The files that were read, and the comments found in them; tokens refer to both by index.
struct SourceSet: Sendable {
  private(set) var paths: [String] = []
  private(set) var comments: [String] = []
  private var indices: [String: Int32] = [:]

  /// The index of a path; the same file has one index, however often it is read.
  mutating func file(_ path: String) -> Int32 {
    if let known = indices[path] { return known }
    let index = Int32(clamping: paths.count)
    paths.append(path)
    indices[path] = index
    return index
  }

  mutating func addComment(_ text: String) -> Int32 {
    comments.append(text)
    return Int32(clamping: comments.count - 1)
  }

  func comment(_ index: Int32) -> String { index < 0 ? "" : comments[Int(index)] }

  func location(_ place: SourcePlace) -> SourceLocation {
    SourceLocation(
      file: paths[Int(place.file)], line: Int(place.line), column: Int(place.column))
  }
}

/// The text of a file as UTF-8. IDL's own character set is ISO 8859-1 (IDL 4.2, 7.2.1): bytes that are not UTF-8
/// are read as that.
enum SourceText {
  static func utf8(_ bytes: [UInt8]) -> [UInt8] {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let text = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
    if String(validating: text, as: UTF8.self) != nil { return text }
    return text.flatMap { $0 < 0x80 ? [$0] : [0xC0 | $0 >> 6, 0x80 | $0 & 0x3F] }
  }

  /// Without `.` and with `..` taken away, by the text alone.
  static func normalized(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }

  /// The folder that a path stands in; empty for a bare name.
  static func folder(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }
}
