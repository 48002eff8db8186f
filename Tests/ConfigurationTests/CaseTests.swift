import Foundation
import SchemaModel
import Testing

@testable import GatewayCore

/// A file of Cases/ is a configuration, a line `---- diagnostics`, and what `load` reports for it as `c.yaml`.
///
/// `${SET}` is `value`, `${EMPTY}` is empty. With `DRAWBRIDGE_WRITE_CASES=1` the second part is written anew: read
/// the difference before committing it.
@Suite struct CaseTests {
  private static let separator = "---- diagnostics\n"

  @Test(arguments: try CaseTests.names()) func golden(_ name: String) throws {
    let file = Self.folder.appending(path: name)
    let parts = try String(contentsOf: file, encoding: .utf8).components(separatedBy: Self.separator)
    var diagnostics = Diagnostics()
    let configuration = ConfigurationLoader.load(
      text: parts[0], path: "c.yaml", environment: ["SET": "value", "EMPTY": "", "PORT": "8081"],
      diagnostics: &diagnostics)
    let found = diagnostics.all.map { $0.description + "\n" }.joined()
    #expect((configuration == nil) == diagnostics.hasErrors)
    if ProcessInfo.processInfo.environment["DRAWBRIDGE_WRITE_CASES"] != nil {
      try (parts[0] + Self.separator + found).write(to: file, atomically: true, encoding: .utf8)
    } else {
      #expect(parts.count == 2, "\(name) has no line '---- diagnostics'")
      #expect(found == parts.last, "\(name)")
    }
  }

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
    path: "Cases")

  private static func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".txt") }.sorted()
  }
}
