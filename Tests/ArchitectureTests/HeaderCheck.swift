/// A module's header file lists every other file of the module, one a line; itself if it likes.
enum HeaderCheck {
  /// - Parameters:
  ///   - module: the target's name.
  ///   - files: its Swift files, relative to the module's folder.
  ///   - header: text of `<Module>.swift`; nil when there is none.
  static func check(module: String, files: [String], header: String?) -> [Finding] {
    let path = "Sources/\(module)/\(headerName(of: module))"
    guard let header else { return [Finding(path: path, line: 1, message: "the module has no header file")] }
    let comment = header.split(separator: "\n", omittingEmptySubsequences: false).prefix {
      $0.hasPrefix("//")
    }
    var findings: [Finding] = []
    guard comment.first?.hasPrefix("// \(module): ") == true else {
      return [Finding(path: path, line: 1, message: "the header does not start with `// \(module): `")]
    }
    var listed: Set<String> = []
    for (index, line) in comment.enumerated() {
      let names = line.split(whereSeparator: { " ,;:`".contains($0) }).filter { $0.hasSuffix(".swift") }
      if names.count > 1 {
        findings.append(Finding(path: path, line: index + 1, message: "more than one file on a line"))
      }
      for name in names.map(String.init) {
        listed.insert(name)
        if !files.contains(where: { matches($0, name) }) {
          findings.append(
            Finding(path: path, line: index + 1, message: "lists \(name), which does not exist"))
        }
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

  /// `JSON/JSONScanner.swift` is listed with its folder or by its name.
  private static func matches(_ file: String, _ name: String) -> Bool {
    file == name || file.hasSuffix("/" + name)
  }
}
