import Foundation
import SchemaModel
import Testing

@testable import IDLSchema

/// Every limit is reached, and says so.
@Suite struct LimitTests {
  private func load(
    _ text: String, _ change: (inout IDLLimits) -> Void = { _ in }, files: [String: String] = [:]
  ) -> [Diagnostic] {
    var options = IDLOptions()
    change(&options.limits)
    var diagnostics = Diagnostics()
    let limit = options.limits.fileBytes
    let schema = IDLSchemaLoader.load(
      sources: [.text(text, name: "x.idl")], options: options,
      read: { path in
        guard let text = files[path] else { return .missing }
        return text.utf8.count > limit ? .tooLarge : .bytes(Array(text.utf8))
      }, diagnostics: &diagnostics)
    #expect((schema == nil) == diagnostics.hasErrors)
    return diagnostics.all
  }

  private func isRefused(_ found: [Diagnostic], _ words: String) -> Bool {
    found.contains { $0.severity == .error && $0.code == "limit-exceeded" && $0.message.contains(words) }
  }

  @Test func fileBytes() {
    let found = load(
      "#include \"big\"\n", { $0.fileBytes = 10 }, files: ["big": "struct S { long x; };"])
    #expect(isRefused(found, "more than 10 bytes"), "\(found)")
  }

  @Test func includeDepth() {
    let files = Dictionary(uniqueKeysWithValues: (0..<10).map { ("f\($0)", "#include \"f\($0 + 1)\"\n") })
    #expect(isRefused(load("#include \"f0\"\n", { $0.includeDepth = 5 }, files: files), "deeper than 5"))
    var whole = files
    whole["f10"] = "struct S { long x; };"
    #expect(load("#include \"f0\"\n", files: whole).isEmpty)
  }

  /// Each file includes the next twice: 2⁴⁰ of them.
  @Test func includesThatMultiply() {
    let files = Dictionary(
      uniqueKeysWithValues: (0..<60).map { ("f\($0)", "#include \"f\($0 + 1)\"\n#include \"f\($0 + 1)\"\n") })
    let found = load("#include \"f20\"\n", { $0.tokens = 100_000 }, files: files.merging(["f60": ""]) { $1 })
    #expect(isRefused(found, "more than 100000 tokens"), "\(found)")
  }

  /// Each macro is the next twice: 2⁴⁰ tokens, then 2⁴⁰ tokens of nothing.
  @Test(arguments: ["x", ""]) func macrosThatMultiply(_ last: String) {
    var text = ""
    for index in 0..<40 { text += "#define M\(index) M\(index + 1) M\(index + 1)\n" }
    text += "#define M40 \(last)\nconst long A = M0;\n"
    #expect(isRefused(load(text) { $0.tokens = 100_000 }, "more than 100000 tokens"))
  }

  @Test func macroArgumentsThatMultiply() {
    var text = "#define D(x) x x\n"
    text +=
      "const long A = " + String(repeating: "D(", count: 60) + "1" + String(repeating: ")", count: 60) + ";\n"
    #expect(isRefused(load(text) { $0.tokens = 100_000 }, "more than 100000 tokens"))
  }

  /// Tokens that are made of tokens double in length each time.
  @Test(arguments: ["#define J(x) x##x\n#define D(x) J(x)\n", "#define S(x) #x\n#define D(x) S(x x)\n"])
  func madeTokens(_ macros: String) {
    let use = String(repeating: "D(", count: 60) + "abc" + String(repeating: ")", count: 60)
    #expect(isRefused(load(macros + "const string A = " + use + ";\n"), "a token of more than 65536 bytes"))
  }

  @Test func remarks() {
    let found = load(
      (0..<50).map { "@unknown\($0) struct S\($0) { long x; };\n" }.joined() + "struct T { lung x; };",
      { $0.remarks = 10 })
    #expect(found.filter { $0.severity == .warning }.count == 11)
    #expect(found.contains { $0.code == "too-many-warnings" })
    #expect(found.contains { $0.severity == .error })
  }

  /// What is looked for among others takes no time that grows with the square of their number.
  @Test(.timeLimit(.minutes(4))) func manyOfAKind() {
    let many = 0..<40_000
    let operations = many.map { "void f\($0)(); " }.joined()
    var text = "interface Base { \(operations) };\n"
    for index in many { text += "interface I\(index) : Base { };\n" }
    text += many.map { "exception E\($0) { };\n" }.joined()
    text += "interface Raising { void f() raises (\(many.map { "E\($0)" }.joined(separator: ", "))); };\n"
    #expect(load(text).isEmpty)
    let names = (0..<256).map { "p\($0)" }.joined(separator: ", ")
    let body = String(repeating: "x ", count: 15_000)
    let uses = (0..<100).map { _ in "F(\(names))\n" }.joined()
    #expect(!load("#define F(\(names)) \(body)\n\(uses)").isEmpty)
    #expect(
      load(
        "/// \(String(repeating: "c", count: 100_000))\nstruct S { /// \(String(repeating: "d", count: 100_000))\n"
          + "long \(many.map { "m\($0)" }.joined(separator: ", ")); ///< behind\n };"
      ).isEmpty)
  }

  /// Nor does a comment's time with the square of its lines.
  @Test(.timeLimit(.minutes(1))) func longComments() {
    let blank = String(repeating: "\n", count: 500_000)
    let marked = String(repeating: "//< forty bytes of a comment with marks\n", count: 200_000)
    #expect(load("/*\(blank)*/ struct S { long x; \(marked) };").isEmpty)
  }

  @Test func macroDepth() {
    var text = ""
    for index in 0..<300 { text += "#define M\(index) M\(index + 1)\n" }
    #expect(isRefused(load(text + "const long A = M0;\n"), "macros nest deeper than 200"))
    let arguments =
      "#define I(x) x\nconst long A = " + String(repeating: "I(", count: 300) + "1"
      + String(repeating: ")", count: 300) + ";\n"
    #expect(isRefused(load(arguments), "macros nest deeper than 200"))
  }

  @Test func tokens() {
    let text = String(repeating: "const long A = 1;", count: 100)
    #expect(isRefused(load(text) { $0.tokens = 100 }, "more than 100 tokens"))
  }

  @Test(arguments: [
    ("", "module a { ", ""), ("struct S { ", "sequence<", "long x; };"), ("const long A = ", "(", "1;"),
    ("const long A = ", "- ", "1;"), ("#if ", "(", "1\n#endif\n"), ("#if ", "!", "1\n#endif\n"),
    ("#if ", "1 ? 1 : ", "1\n#endif\n"),
  ]) func nesting(_ before: String, _ repeated: String, _ behind: String) {
    let found = load(before + String(repeating: repeated, count: 100_000) + behind)
    #expect(found.contains { $0.message.contains("deeper than 64") }, "\(found.prefix(3))")
  }

  @Test func typeDepth() {
    var text = "struct S0 { long x; };\n"
    for index in 1..<100 { text += "struct S\(index) { S\(index - 1) x; };\n" }
    #expect(isRefused(load(text), "types nest deeper than 64"))
    #expect(
      isRefused(
        load("typedef long A" + String(repeating: "[1]", count: 100) + ";"), "more than 64 dimensions"))
  }

  @Test func values() {
    var text = "struct S0 { long x; };\n"
    for index in 1..<20 { text += "struct S\(index) { S\(index - 1) a, b, c, d; };\n" }
    #expect(isRefused(load(text), "more than 16777216 others"))
  }

  @Test func inheritance() {
    var chain = "interface I0 { void f(); };\n"
    for index in 1..<400 { chain += "interface I\(index) : I\(index - 1) { };\n" }
    #expect(isRefused(load(chain), "inherits from more than 256 interfaces"))
    var structs = "struct S0 { long m0; };\n"
    for index in 1..<100 { structs += "struct S\(index) : S\(index - 1) { long m\(index); };\n" }
    #expect(isRefused(load(structs), "types nest deeper than 64"))
  }

  /// Looking for a name through bases that have common bases takes no time that doubles with each.
  @Test func diamonds() {
    var text = "interface L0 { }; interface R0 { };\n"
    for index in 1..<60 {
      for side in ["L", "R"] { text += "interface \(side)\(index) : L\(index - 1), R\(index - 1) { };\n" }
    }
    let found = load(text + "interface Last : L59, R59 { void f(in Missing x); };")
    #expect(found.map(\.code) == ["unknown-name"], "\(found)")
  }

  @Test func members() {
    var text = "struct Base { \((0..<100).map { "long m\($0); " }.joined()) };\n"
    for index in 0..<50 { text += "struct S\(index) : Base { };\n" }
    #expect(isRefused(load(text) { $0.members = 1000 }, "more than 1000 members"))
    #expect(load(text) { $0.members = 51 * 100 }.isEmpty)
    #expect(isRefused(load(text) { $0.members = 51 * 100 - 1 }, "more than 5099 members"))
  }

  @Test func macroParameters() {
    let names = (0..<300).map { "p\($0)" }.joined(separator: ", ")
    #expect(load("#define F(\(names)) p0\nstruct S { long x; };").map(\.code) == ["bad-directive"])
  }

  /// Announced types make chains of any length; printing them needs no deep stack.
  @Test func longChainsOfAnnouncedTypes() throws {
    var text = ""
    for index in 0..<20_000 { text += "struct S\(index);\n" }
    for index in 0..<19_999 { text += "struct S\(index) { sequence<S\(index + 1)> next; };\n" }
    text += "struct S19999 { long x; };\ninterface I { void f(in S0 first); };\n"
    var diagnostics = Diagnostics()
    var schema = try #require(
      IDLSchemaLoader.load(sources: [.text(text, name: "x.idl")], diagnostics: &diagnostics))
    let service = schema.addService(interface: 0, options: ServiceOptions(), diagnostics: &diagnostics)
    #expect(schema.impliedIDL(service: try #require(service)).contains("struct S19999 {"))
  }

  @Test func errors() {
    let found = load((0..<500).map { "struct S\($0) { lung x; };\n" }.joined())
    #expect(found.count == 101)
    #expect(found.last?.code == "too-many-errors")
  }

  /// A macro makes errors at one place, of which one is told; the others end the reading, too.
  @Test(.timeLimit(.minutes(1))) func repeatedErrors() {
    let members = String(repeating: "lung a; ", count: 20)
    let found = load("#define M \(members)\nstruct S { M };\n") { $0.repeatedErrors = 10 }
    #expect(found.map(\.code) == ["unknown-name", "too-many-errors"], "\(found)")
    // Each is compared with a thousand names, unless it stands where one was told.
    var text = (0..<900).map { "const long n\($0)_\(String(repeating: "x", count: 50)) = 1;\n" }.joined()
    text += "#define A \(String(repeating: "z", count: 60)) a;\n"
    for (name, inner) in [("B", "A"), ("C", "B"), ("D", "C"), ("E", "D")] {
      text += "#define \(name) \((0..<10).map { _ in inner }.joined(separator: " "))\n"
    }
    #expect(load(text + "struct S { E };\n").map(\.code).contains("too-many-errors"))
  }

  /// Suggestions look at a thousand names, however many scopes have them.
  @Test(.timeLimit(.minutes(1))) func suggestions() {
    var text = ""
    for level in 0..<50 {
      text += "module m\(level) {\n"
      for index in 0..<900 {
        text += "const long n\(level)_\(index)_\(String(repeating: "x", count: 30)) = 1;\n"
      }
    }
    text += "struct S {\n"
    for index in 0..<8 { text += "\(String(repeating: "z", count: 40)) a\(index);\n" }
    text += "n49_1 near; };\n" + String(repeating: "};", count: 50)
    #expect(load(text).count == 9)
    #expect(
      load("const long near = 1; module m { const long other = 1; struct S { long a[neat]; }; };").map(
        \.resolution)
        == ["did you mean 'near'?"])
  }

  /// A long expression needs no deep stack.
  @Test func longExpressions() {
    #expect(load("const long long A = " + String(repeating: "1 + ", count: 200_000) + "1;").isEmpty)
    #expect(
      load("#if " + String(repeating: "1 && ", count: 200_000) + "1\nstruct S { long x; };\n#endif\n").isEmpty
    )
  }

  @Test func commentsMayHaveAnyLineEnd() {
    for end in ["\n", "\r\n"] {
      var diagnostics = Diagnostics()
      let text = ["/**", " * One", " * two.", " */", "struct S { long x; };", ""].joined(separator: end)
      let schema = IDLSchemaLoader.load(sources: [.text(text, name: "x.idl")], diagnostics: &diagnostics)
      #expect(schema?.model.types.first { $0.name == "S" }?.documentation == "One\ntwo.")
    }
  }

  @Test func bytesThatAreNotUTF8AreLatin1() {
    var diagnostics = Diagnostics()
    let schema = IDLSchemaLoader.load(
      sources: [.text("#include \"l\"\n", name: "x.idl")],
      read: {
        $0 == "l"
          ? .bytes(Array("// Gr".utf8) + [0xFC, 0xDF] + Array("e\nstruct S { long x; };\n".utf8)) : .missing
      },
      diagnostics: &diagnostics)
    #expect(schema?.model.types.first { $0.name == "S" }?.documentation == "Grüße")
  }

  @Test func filesThatCannotBeRead() {
    var diagnostics = Diagnostics()
    let folder = FileManager.default.temporaryDirectory.path
    // A device stands for all that may never end.
    for path in ["/nonexistent/x.idl", folder, "/dev/null"] {
      #expect(IDLSchemaLoader.load(sources: [.file(path: path)], diagnostics: &diagnostics) == nil)
    }
    let text = "struct S { long x; };\n#include \"/dev/null\"\n"
    _ = IDLSchemaLoader.load(sources: [.text(text, name: "x.idl")], diagnostics: &diagnostics)
    #expect(
      diagnostics.all.map(\.description) == [
        "/nonexistent/x.idl: error: cannot read the file [unreadable-file]",
        "\(folder): error: cannot read the file [unreadable-file]",
        "/dev/null: error: this is no regular file [unreadable-file]",
        "x.idl:2:10: error: '/dev/null' is no regular file [unreadable-file]",
      ])
  }

  /// A file that another includes counts once.
  @Test func aFileThatIsNamedAndIncluded() {
    let files = ["a.idl": "struct A { long x; };\n", "b.idl": "#include \"a.idl\"\nstruct B { A a; };\n"]
    var diagnostics = Diagnostics()
    let schema = IDLSchemaLoader.load(
      sources: [.file(path: "./a.idl"), .file(path: "b.idl"), .file(path: "a.idl")],
      read: { files[SourceText.normalized($0)].map { .bytes(Array($0.utf8)) } ?? .missing },
      diagnostics: &diagnostics)
    #expect(schema?.model.typesByName.keys.sorted() == ["A", "B"], "\(diagnostics.all)")
    // Within one file it does not.
    #expect(
      load("#include \"a.idl\"\n#include \"a.idl\"\n", files: files).map(\.code).contains("redefinition"))
  }
}
