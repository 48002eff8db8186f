/// Nothing that is committed depends on the machine where it was written.
enum TextCheck {
  static func check(path: String, text: String) -> [Finding] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap { index, line in
      complaints(line).map { Finding(path: path, line: index + 1, message: $0) }
    }
  }

  // Built from parts so that this file passes its own check.
  private static let folders = ["work", "root", "opt/swift"].map { "/" + $0 }
  private static let scratch = "/tmp/" + "w-"
  private static let neighbour = ".." + "/shared"
  private static let hosts = [
    "pypi" + ".org", "files." + "pythonhosted", "registry" + ".npmjs", "proxy." + "golang",
    "--index" + "-url",
    "PIP_" + "INDEX", "GO" + "PROXY", "artifact" + "ory",
  ]

  private static func complaints(_ line: Substring) -> [String] {
    var found: [String] = []
    for folder in folders where hasPath(line, folder) {
      found.append("absolute path of one machine: \(folder)")
    }
    if line.contains(scratch) { found.append("absolute path of one machine: \(scratch)") }
    if line.contains(neighbour) { found.append("names a folder outside of the repository") }
    for host in hosts where line.contains(host) { found.append("names a package registry: \(host)") }
    return found
  }

  /// `folder` as the beginning of an absolute path: not in `a/work`, not in `/workers`.
  private static func hasPath(_ line: Substring, _ folder: String) -> Bool {
    line.ranges(of: folder).contains { range in
      let isWord: (Character?) -> Bool = {
        $0.map { $0.isLetter || $0.isNumber || "_-./}{".contains($0) } ?? false
      }
      let after = range.upperBound < line.endIndex ? line[range.upperBound] : nil
      return !isWord(line[..<range.lowerBound].last) && (after == "/" || !isWord(after))
    }
  }
}
