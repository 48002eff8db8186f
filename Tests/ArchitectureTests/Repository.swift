import Foundation

/// The checked-out package, found from where this file was compiled.
enum Repository {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Made by tools and never committed; the same list as `.gitignore`.
  private static let generated: Set = [
    ".build", ".git", ".venv", ".bench", "__pycache__", ".pytest_cache", "Package.resolved",
  ]

  /// Text of a file given relative to the package.
  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// All files below `folder`, relative to the package, sorted.
  static func files(in folder: String = "") throws -> [String] {
    let start = folder.isEmpty ? root : root.appending(path: folder)
    var found: [String] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: start.path).sorted() {
      if generated.contains(name) || name.hasSuffix(".swp") { continue }
      let path = folder.isEmpty ? name : folder + "/" + name
      var isFolder: ObjCBool = false
      let url = root.appending(path: path)
      guard unsafe FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else { continue }
      if isFolder.boolValue { found += try files(in: path) } else { found.append(path) }
    }
    return found
  }

  /// Swift files of the product that people write; what `protoc-gen-swift` writes keeps its own rules.
  static func sources() throws -> [SourceFile] {
    try files(in: "Sources").filter { $0.hasSuffix(".swift") && !$0.hasSuffix(".pb.swift") }
      .map { SourceFile(path: $0, text: try text($0)) }
  }
}
