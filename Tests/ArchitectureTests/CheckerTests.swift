import Foundation
import Testing

/// Every check must be able to fail: small inputs that break one rule each.
@Suite struct CheckerTests {
  private let table = [
    Layer(name: "Low", permitted: []),
    Layer(name: "High", permitted: ["Low", "Other"], foundation: ["High/Load/"]),
  ]
  private let manifest = """
    let package = Package(targets: [
      .target(name: "Low", swiftSettings: strict),
      .target(
        name: "High", dependencies: ["Low", .product(name: "Other", package: "elsewhere")],
        swiftSettings: strict),
      .testTarget(name: "HighTests", dependencies: ["High", "Low"]),
      .target(name: "Helper", dependencies: ["High"], path: "Tests/Helper"),
    ])
    """

  private func source(_ text: String, path: String = "Sources/High/High.swift") -> SourceFile {
    SourceFile(path: path, text: text)
  }

  private func messages(_ findings: [Finding]) -> [String] { findings.map { "\($0.line): \($0.message)" } }

  @Test func manifestIsRead() {
    let targets = LayerChecks.targets(manifest: manifest)
    #expect(targets.map(\.name) == ["Low", "High", "HighTests", "Helper"])
    #expect(targets.map(\.dependencies) == [[], ["Low", "Other"], ["High", "Low"], ["High"]])
    #expect(targets.map(\.line) == [2, 3, 6, 7])
    #expect(targets.map(\.isLayer) == [true, true, false, false])
    #expect(LayerChecks.manifest(manifest, table: table).isEmpty)
  }

  @Test func strangersAreNamed() {
    let apart = ["High/A/": "Alpha", "High/B/": "Beta"]
    let text = "let a: BetaThing\n// BetaThing\nlet b: AlphaThing"
    func found(_ path: String) -> [String] {
      messages(LayerChecks.strangers(in: source(text, path: path), apart: apart))
    }
    #expect(found("Sources/High/A/One.swift") == ["1: High/A/ may not know BetaThing"])
    #expect(found("Sources/High/B/One.swift") == ["3: High/B/ may not know AlphaThing"])
    #expect(found("Sources/High/One.swift").isEmpty)
  }

  @Test func manifestBreaches() {
    let upward = manifest.replacing(
      "name: \"Low\", swift", with: "name: \"Low\", dependencies: [\"High\"], swift")
    #expect(messages(LayerChecks.manifest(upward, table: table)) == ["2: Low may not depend on High"])
    #expect(
      messages(LayerChecks.manifest(manifest, table: [table[0]])) == [
        "3: target High has no row in the layer table"
      ])
    let more = table + [Layer(name: "Ghost", permitted: [])]
    #expect(messages(LayerChecks.manifest(manifest, table: more)) == ["1: layer Ghost has no target"])
  }

  @Test(arguments: [
    ("package import Low", nil),
    ("internal import struct Other.Thing", nil),
    ("internal import Synchronization", nil),
    ("// import CMicrohttpd", nil),
    ("let text = \"import CMicrohttpd\"", nil),
    ("@preconcurrency import CMicrohttpd", "1: High may not import CMicrohttpd"),
    ("internal import Glibc", "1: High may not import Glibc"),
    ("internal import Foundation", "1: Foundation is not for this place"),
  ])
  func imports(line: String, expected: String?) {
    let targets = LayerChecks.targets(manifest: manifest)
    let findings = LayerChecks.imports(of: source(line), table: table, manifest: targets)
    #expect(messages(findings) == [expected].compactMap { $0 })
  }

  @Test func importsMustBeDeclared() {
    let targets = LayerChecks.targets(manifest: manifest.replacing("\"Low\", .product", with: ".product"))
    let findings = LayerChecks.imports(of: source("import Low"), table: table, manifest: targets)
    #expect(messages(findings) == ["1: High imports Low but Package.swift does not say so"])
  }

  @Test func foundationIsConfinedToItsFolder() {
    let targets = LayerChecks.targets(manifest: manifest)
    let file = source("import Foundation", path: "Sources/High/Load/Reader.swift")
    #expect(LayerChecks.imports(of: file, table: table, manifest: targets).isEmpty)
  }

  @Test(arguments: [
    "let value = try! read()",
    "let value = other as! Int",
    "fatalError(\"no\")",
    "// TO" + "DO: later",
    "let state = Mutex(0)",
    "Task { await go() }",
    "Task(priority: .high) { await go() }",
    "let task = Task<Void, Never> { await go() }",
    "Task.detached { await go() }",
    "try await Task.sleep(for: .seconds(1))",
    "let text = \"\"\"\n  it\\(\"a\")s\n  \"\"\"; fatalError()",
  ])
  func lintFinds(line: String) {
    #expect(LintChecks.check(source(line)).count == 1)
  }

  @Test(arguments: [
    "// what try! would do",
    "let text = \"try! TO\" + \"DO\"",
    "let text = #\"a\"try! \"#",
    "/* as! /* nested */ fatalError( */ let one = 1",
    "Task(executorPreference: loop) { await go() }",
    "Task(\n  executorPreference: loop, priority: nil\n) { await go() }",
    "var task: Task<Void, Never>?",
    "func go() -> Task<Void, Never> {",
    "let running: BackgroundTask = BackgroundTask(1)",
    "let class! = 1",
  ])
  func lintAccepts(line: String) {
    let findings = LintChecks.check(source(line))
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func detachedTasksInListedFiles() {
    let file = source("Task.detached { await go() }")
    #expect(LintChecks.check(file, detachedTasksIn: [file.path]).isEmpty)
  }

  @Test(arguments: ["  let a = unsafe pointer[0]", "  let b = Unmanaged.passRetained(self)"])
  func safetyFindsUnexplainedLines(line: String) {
    #expect(SafetyCheck.check(source(line)).count == 1)
    #expect(SafetyCheck.check(source("  // SAFETY: in bounds.\n" + line)).isEmpty)
    #expect(SafetyCheck.check(source("/// SAFETY: owns it.\n@safe struct A {\n\(filler)\(line)\n}")).isEmpty)
    #expect(
      SafetyCheck.check(source("  // SAFETY: of something else.\n  let c = 1\n\(filler)\(line)")).count == 1)
    #expect(SafetyCheck.check(source("let c = \"// SAFETY\"\n" + line)).count == 1)
  }

  @Test func safetyOfAnUncheckedConformance() {
    let type = "final class Box: @unchecked Sendable {\n}"
    #expect(SafetyCheck.check(source("/// A box.\n" + type)).count == 1)
    #expect(SafetyCheck.check(source("/// A box.\n///\n/// SAFETY: one thread.\n" + type)).isEmpty)
  }

  private var filler: String { String(repeating: "  let filler = 0\n", count: SafetyCheck.reach) }

  @Test func headerListsFiles() {
    let files = ["High.swift", "Part/Low.swift"]
    func check(_ header: String?) -> [String] {
      messages(HeaderCheck.check(module: "High", files: files, header: header) { _ in "" })
    }
    #expect(check("// High: a module.\n//   High.swift  one\n//   Low.swift   two\n\nlet a = 1").isEmpty)
    #expect(check(nil) == ["1: the module has no header file"])
    #expect(check("let a = 1") == ["1: the header does not start with `// High: `"])
    #expect(check("// High: a module.\n//   High.swift  one") == ["1: does not list Part/Low.swift"])
    #expect(check("// High: x.\n// High.swift, Low.swift") == ["2: more than one file on a line"])
    #expect(
      check("// High: x.\n// High.swift\n// Low.swift\n// Gone.swift") == [
        "4: lists Gone.swift, which does not exist"
      ])
  }

  @Test func aFolderMayHaveItsOwnHeader() {
    let files = ["High.swift", "Part/Loader.swift", "Part/Low.swift"]
    func check(_ inner: String) -> [String] {
      let header = "// High: x.\n//   Part/  a part (listed in Loader.swift)"
      return messages(HeaderCheck.check(module: "High", files: files, header: header) { _ in inner })
    }
    #expect(check("// A part.\n//   Low: low things\n") == [])
    #expect(check("// A part.\n\nlet Low = 1\n") == ["1: does not list Part/Low.swift"])
  }

  @Test(arguments: ["work", "root", "opt/swift"])
  func textFindsMachines(name: String) {
    let folder = "/" + name
    let check = { TextCheck.check(path: "README.md", text: $0).count }
    #expect(check("cd " + folder + "/x") == 1)
    #expect(check("PATH=" + folder) == 1)
    #expect(check("see a" + folder + "/x") == 0)
    #expect(check(folder + "ers wait") == 0)
  }

  @Test func textFindsNeighboursAndRegistries() {
    let lines = [
      "cat .." + "/shared/x", "cd /tmp/" + "w-x", "pip install --index" + "-url x", "https://pypi" + ".org/",
    ]
    #expect(TextCheck.check(path: "a", text: lines.joined(separator: "\n")).map(\.line) == [1, 2, 3, 4])
  }

  @Test func formatFindsABadFile() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "drawbridge-format-\(UUID()).swift")
    try Data("let a   = maybe!\n".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(try Formatter.lint([file.path]).status != 0)
  }
}
