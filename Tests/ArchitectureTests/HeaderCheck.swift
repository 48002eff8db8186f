/// A module's header file lists every other file of the module, one a line; itself if it likes.
///
/// A folder with a header of its own is listed as `Folder/` on a line that names the file with that header;
/// there, the names of the folder's files suffice.
enum HeaderCheck {
  /// - Parameters:
  ///   - module: the target's name.
  ///   - files: its Swift files, relative to the module's folder.
  ///   - header: text of `<Module>.swift`; nil when there is none.
  ///   - read: text of another of the files.
  static func check(
    module: String, files: [String], header: String?, read: (String) throws -> String
  ) rethrows -> [Finding] {
    let path = "Sources/\(module)/\(headerName(of: module))"
    guard let header else { return [Finding(path: path, line: 1, message: "the module has no header file")] }
    let comment = leadingComment(header)
    var findings: [Finding] = []
    guard comment.first?.hasPrefix("// \(module): ") == true else {
      return [Finding(path: path, line: 1, message: "the header does not start with `// \(module): `")]
    }
    var listed: Set<String> = []
    for (index, line) in comment.enumerated() {
      let names = line.split(whereSeparator: { " ,;:`()".contains($0) }).filter { $0.hasSuffix(".swift") }
      if names.count > 1 {
        findings.append(Finding(path: path, line: index + 1, message: "more than one file on a line"))
      }
      for name in names.map(String.init) {
        listed.insert(name)
        guard let file = files.first(where: { matches($0, name) }) else {
          findings.append(
            Finding(path: path, line: index + 1, message: "lists \(name), which does not exist"))
          continue
        }
        guard let folder = line.split(separator: " ").dropFirst().first, folder.hasSuffix("/") else {
          continue
        }
        let words = Set(leadingComment(try read(file)).flatMap { SourceFile.words(String($0)) })
        listed.formUnion(files.filter { $0.hasPrefix(folder) && words.contains(baseName($0)) })
      }
    }
    for file in files where file != headerName(of: module) && !listed.contains(where: { matches(file, $0) }) {
      findings.append(Finding(path: path, line: 1, message: "does not list \(file)"))
    }
    return findings
  }

  /// The executable's name is a command and lower case; its file is not.
  static func headerName(of module: String) -> String {
    module.prefix(1).uppercased() + module.dropFirst() + ".swift"
  }

  private static func leadingComment(_ text: String) -> [Substring] {
    Array(text.split(separator: "\n", omittingEmptySubsequences: false).prefix { $0.hasPrefix("//") })
  }

  /// `JSONScanner` of `JSON/JSONScanner.swift`.
  private static func baseName(_ file: String) -> String {
    String(file.split(separator: "/").last?.dropLast(".swift".count) ?? "")
  }

  /// `JSON/JSONScanner.swift` is listed with its folder or by its name.
  private static func matches(_ file: String, _ name: String) -> Bool {
    file == name || file.hasSuffix("/" + name)
  }
}
