import Foundation
import SchemaModel
import TestSupport
import Testing

@testable import IDLSchema

/// Cyclone DDS's own compiler has the same opinion of each file of types.
@Suite struct IdlcTests {
  /// What idlc 0.10 cannot do, file by file; nil where it must not even be asked.
  private static let differences: [String: String?] = [
    "anno-declared": "does not know user-declared annotations inside of modules, nor members of type any",
    "anno-default-enum": "takes @default of basic types only",
    "anno-kept": "refuses annotations that it does not use",
    "anno-range": "takes @range on members only",
    "anno-typedef": "takes @range and @unit on members only",
    "anno-unknown": "refuses unknown annotations; IDL 4.2 (8.2.2) lets tools ignore them",
    "const-complement": "computes ~ in 64 bits and finds that it does not fit",
    "const-enumerator": "has no constants of enumerations",
    "const-expressions": "does not find the constants of a module in annotations of its members",
    "lex-wide": "has no wide characters and strings",
    "names-forward": "fails on announced types in typedefs",
    "names-own-member": "keeps to the letter: a member is not called like its struct",
    "names-recursion": nil,
    "pp-skipped-text": "looks for closed quotes in text that conditions leave out",
    "pp-true": "keeps to C, where true is a word like any other",
    "types-bitmask-default": "takes @default of basic types only",
    "types-bitset": "has no bitsets",
    "types-enum-comma": "keeps to the letter: no comma behind the last name",
    "types-enum-negative": "has no negative enumerators",
    "types-long-double": "has no long double",
    "types-maps": "has no maps",
    "types-sequences-closing": "takes >> for a shift",
    "types-wide-characters": nil,
    "types-wide-strings": "has no wide strings",
    "union-far-labels": "wants labels with their scope",
    "union-large-labels": "has labels of 32 bits with sign",
    "union-mutable": "has no mutable unions",
    "union-wide-discriminator": "has no wide characters",
  ]

  /// idlc is a compiler of types: what has interfaces is not for it.
  private static func isForIdlc(_ name: String) throws -> Bool {
    let text = try Corpus.text(name)
    return !["interface", "exception", "dds::"].contains { text.contains($0) }
  }

  @Test(arguments: try Corpus.names().filter { try isForIdlc($0) }) func sameVerdict(_ name: String) throws {
    let stem = String(name.dropLast(".idl".count))
    var diagnostics = Diagnostics()
    let isAccepted = Corpus.load(try Corpus.text(name), name, &diagnostics) != nil
    let difference = Self.differences[stem]
    if case .some(.none) = difference { return }
    let folder = try Scratch()
    let include = Corpus.folder.appending(path: "include").path
    let run = try Finished.run(
      "/usr/bin/idlc",
      ["-I", include, "-D", "GIVEN=7", "-o", folder.path(""), Corpus.folder.appending(path: name).path])
    #expect((run.status == 0) == (isAccepted && difference == nil), "\(name): \(run.errors)")
  }

  @Test func theListNamesFilesThatExist() throws {
    let names = Set(try Corpus.names().map { String($0.dropLast(".idl".count)) })
    #expect(Set(Self.differences.keys).subtracting(names).isEmpty)
    #expect(names.count >= 60)
  }

  /// Twenty files of fifteen types that include each other, as files on disk: what idlc takes, and quickly.
  @Test func aProject() throws {
    let folder = try Scratch()
    var all: [String] = []
    for file in 0..<20 {
      var text = "#ifndef FILE_\(file)\n#define FILE_\(file)\n"
      for other in [file / 2, file - 1] where other >= 0 && other < file {
        text += "#include \"part\(other).idl\"\n"
      }
      text += "module project { module part\(file) {\n"
      for type in 0..<15 { text += Self.definition(file, type) }
      text += "}; };\n#endif\n"
      try text.write(to: folder.url.appending(path: "part\(file).idl"), atomically: true, encoding: .utf8)
      all.append(folder.path("part\(file).idl"))
    }
    var diagnostics = Diagnostics()
    let loaded = IDLSchemaLoader.load(sources: all.map { .file(path: $0) }, diagnostics: &diagnostics)
    let schema = try #require(loaded, "\(diagnostics.all)")
    #expect(schema.model.typesByName.count == 300)
    #expect(schema.model.types.count == schema.wire.types.count)
    #expect(schema.model.fields.count == schema.wire.fields.count)
    let run = try Finished.run("/usr/bin/idlc", ["-o", folder.path(""), folder.path("part19.idl")])
    #expect(run.status == 0, "\(run.errors)")
  }

  /// Structs, enumerations, bitmasks and unions that refer to the file before.
  private static func definition(_ file: Int, _ type: Int) -> String {
    let own = "P\(file)_T\(type)"
    switch type % 5 {
    case 0: return "enum \(own) { \(own)_A, \(own)_B };\n"
    case 1: return "@bit_bound(16) bitmask \(own) { \(own)_F, \(own)_G };\n"
    case 2:
      return
        "struct \(own) { P\(file)_T\(type - 2) kind; sequence<P\(file)_T\(type - 1), 4> flags; string name; };\n"
    case 3:
      let other = file == 0 ? "P0_T2" : "part\(file - 1)::P\(file - 1)_T2"
      return "@appendable struct \(own) { \(other) before; double grid[3][2]; @optional long note; };\n"
    default:
      return
        "union \(own) switch (P\(file)_T\(type - 4)) { case P\(file)_T\(type - 4)_A: P\(file)_T\(type - 2) s; default: octet o; };\n"
    }
  }
}
