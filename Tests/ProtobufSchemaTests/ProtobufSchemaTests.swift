import Foundation
import ProtobufSchema
import SchemaModel
import TestSupport
import Testing

/// Descriptor sets of every kind lower into the tables; broken ones into diagnostics.
@Suite struct ProtobufSchemaTests {
  /// A folder of `.proto` files that goes when the test ends.
  final class Folder {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

    init(_ files: [String: String]) throws {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      for (name, text) in files {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
      }
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    /// The set of a file, made by protoc itself.
    func set(_ name: String, _ flags: [String] = ["--include_imports", "--include_source_info"]) throws
      -> [UInt8]
    {
      _ = try Finished.run(
        "/usr/bin/env",
        ["protoc", "--proto_path=\(url.path)", "--descriptor_set_out=\(path("out"))"] + flags + [name])
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path("out"))))
    }
  }

  private static let files = [
    "a.proto": """
    syntax = "proto3";
    package a;
    import "b.proto";
    // A thing.
    message Thing {
      // How many.
      int32 item_count = 1;
      optional string label = 2;
      repeated sint32 numbers = 3;
      map<string, b.Old> old = 4;
      oneof choice { Thing self = 5; fixed64 id = 6; }
      enum Kind { NONE = 0; SOME = 1; }
      Kind kind = 7;
    }
    // Serves things.
    service Things {
      // Takes one.
      rpc Take(Thing) returns (b.Old);
    }
    """,
    "b.proto": """
    syntax = "proto2";
    package b;
    enum Level { LOW = 1; HIGH = 2; }
    message Old {
      required int32 id = 1;
      optional Level level = 2 [default = HIGH];
      optional group Detail = 3 { optional bytes raw = 1 [default = "\\001x"]; }
      repeated int32 loose = 4;
      repeated int32 tight = 5 [packed = true];
    }
    """,
  ]

  private func load(_ sources: [ProtobufSource], protoc: String = "protoc") -> (ProtobufSchema?, [Diagnostic])
  {
    var diagnostics = Diagnostics()
    let schema = ProtobufSchemaLoader.load(sources: sources, protoc: protoc, diagnostics: &diagnostics)
    return (schema, diagnostics.all)
  }

  /// One line a field, so that a table can be compared as text.
  private func describe(_ schema: ProtobufSchema, _ name: String) throws -> [String] {
    let model = schema.model
    let type = try #require(model.typesByName[name])
    guard case .record(let range) = model[type].shape else { return [] }
    return range.map { index in
      let field = model.fields[index]
      let wire = schema.wire.fields[index]
      let oneof = field.oneof.map { " oneof \(model.oneofs[Int($0.rawValue)].name)" } ?? ""
      let packed = wire.packed ? " packed" : ""
      return
        "\(wire.number) \(field.name) \(field.jsonName) \(field.presence) \(wire.encoding)\(packed)\(oneof)"
    }
  }

  @Test func bothSyntaxesLower() throws {
    let folder = try Folder(Self.files)
    let (loaded, diagnostics) = load([.proto(path: folder.path("a.proto"))])
    let schema = try #require(loaded, "\(diagnostics)")
    #expect(
      try describe(schema, "a.Thing") == [
        "1 item_count itemCount implicit varint", "2 label label explicit lengthDelimited",
        "3 numbers numbers implicit zigzag packed", "4 old old implicit lengthDelimited",
        "5 self self explicit lengthDelimited oneof choice", "6 id id explicit fixed64 oneof choice",
        "7 kind kind implicit varint",
      ])
    #expect(
      try describe(schema, "b.Old") == [
        "1 id id required varint", "2 level level explicit varint", "3 detail detail explicit group",
        "4 loose loose implicit varint", "5 tight tight implicit varint packed",
      ])
    let model = schema.model
    let level = try #require(model.fields.first { $0.name == "level" })
    #expect(level.defaultValue == .enumerator(2))
    #expect(model.fields.first { $0.name == "raw" }?.defaultValue == .bytes([1, 0x78]))
    guard case .enumeration(_, closed: true) = model[level.type].shape else {
      Issue.record("a proto2 enum is closed")
      return
    }
    #expect(model.services.map(\.name) == ["a.Things"])
    #expect(model.services.first?.documentation == "Serves things.")
    #expect(model.methods.first?.documentation == "Takes one.")
    #expect(model.methods.first?.response == model.typesByName["b.Old"])
    #expect(model.fields.first { $0.name == "item_count" }?.documentation == "How many.")
  }

  @Test func theSameFileMayComeInSeveralSets() throws {
    let folder = try Folder(Self.files)
    let whole = try folder.set("a.proto")
    let plain = try folder.set("b.proto", [])
    let (schema, diagnostics) = load([.bytes(whole, name: "whole"), .bytes(plain, name: "plain")])
    #expect(schema != nil && diagnostics.isEmpty)
  }

  @Test func anotherFileOfTheSameNameIsRefused() throws {
    let folder = try Folder(Self.files)
    let other = try Folder(["b.proto": "syntax = \"proto3\"; package c; message New {}"])
    let (schema, diagnostics) = load([
      .bytes(try folder.set("b.proto"), name: "one"), .bytes(try other.set("b.proto"), name: "two"),
    ])
    #expect(schema == nil)
    #expect(diagnostics.map(\.code) == ["conflicting-file"])
  }

  @Test func missingImportsAreNamed() throws {
    let folder = try Folder(Self.files)
    let (schema, diagnostics) = load([.bytes(try folder.set("a.proto", []), name: "bare")])
    #expect(schema == nil)
    #expect(diagnostics.first?.code == "missing-import")
    #expect(diagnostics.first?.location?.file == "bare")
  }

  @Test func setsTruncatedAtEveryByteNeverTrap() throws {
    let folder = try Folder(Self.files)
    let set = try folder.set("a.proto")
    for length in 0..<set.count {
      let (schema, diagnostics) = load([.bytes(Array(set[..<length]), name: "cut")])
      // A cut between two files leaves a set that is whole.
      #expect(schema != nil || !diagnostics.isEmpty)
    }
  }

  @Test func damagedSetsNeverTrap() throws {
    let folder = try Folder(Self.files)
    let set = try folder.set("a.proto", ["--include_imports"])
    for index in set.indices {
      for change: UInt8 in [0x01, 0x08, 0x10, 0x80] {
        var damaged = set
        damaged[index] ^= change
        let (schema, diagnostics) = load([.bytes(damaged, name: "damaged")])
        #expect(schema != nil || !diagnostics.isEmpty)
        if let schema { #expect(schema.model.fields.count == schema.wire.fields.count) }
      }
    }
  }

  /// In the folders of `include`, in their order; then in the file's own.
  @Test func importsAreFoundInTheFoldersGiven() throws {
    func library(_ number: String) throws -> Folder {
      try Folder([
        "common.proto": "syntax = \"proto3\";\npackage common;\nmessage Id { int32 value = \(number); }\n"
      ])
    }
    let first = try library("7")
    let second = try library("8")
    let broken = try library("")
    let folder = try Folder([
      "a.proto": "syntax = \"proto3\";\nimport \"common.proto\";\nmessage A { common.Id id = 1; }\n"
    ])
    func load(_ folders: [Folder]) -> (ProtobufSchema?, [Diagnostic]) {
      var diagnostics = Diagnostics()
      let schema = ProtobufSchemaLoader.load(
        sources: [.proto(path: folder.path("a.proto"))], includePaths: folders.map(\.url.path),
        diagnostics: &diagnostics)
      return (schema, diagnostics.all)
    }
    let schema = try #require(load([first, second]).0)
    #expect(try describe(schema, "common.Id") == ["7 value value implicit varint"])
    let missing = load([]).1
    #expect(missing.allSatisfy { $0.code == "protoc" && $0.severity == .error })
    #expect(missing.contains { $0.location?.file.hasSuffix("a.proto") == true && $0.location?.line == 2 })
    let damaged = try #require(load([broken]).1.first?.location)
    #expect(damaged.file.hasSuffix("common.proto") && damaged.line == 3 && damaged.column == 28)
  }

  @Test func protocErrorsKeepTheirPlace() throws {
    let folder = try Folder(["bad.proto": "syntax = \"proto3\";\nmessage M {\n  int32 a = ;\n}\n"])
    let (schema, diagnostics) = load([.proto(path: folder.path("bad.proto"))])
    #expect(schema == nil)
    let location = try #require(diagnostics.first?.location)
    #expect(location.file.hasSuffix("bad.proto") && location.line == 3 && location.column == 13)
  }

  /// A finding in another file names it where it is.
  @Test func protocErrorsOfImportsNameTheFile() throws {
    let folder = try Folder([
      "main.proto": "syntax = \"proto3\";\nimport \"sub/bad.proto\";\nmessage M {}\n",
      "sub/bad.proto": "syntax = \"proto3\";\nmessage N { int32 a = ; }\n",
    ])
    let (_, diagnostics) = load([.proto(path: folder.path("main.proto"))])
    #expect(diagnostics.first?.location?.file == folder.path("sub/bad.proto"), "\(diagnostics)")
    #expect(diagnostics.first?.location?.line == 2)
  }

  /// Debian 12 has protoc 3.21, which knows no editions.
  @Test(
    arguments: [
      ("edition = \"2023\";\nmessage M {}\n", 1), ("// A comment\n\n  edition = \"2023\";\n", 3),
      ("statement;\n", nil), ("syntax = \"proto3\";\nmessage M {", nil),
    ] as [(String, Int?)])
  func editionsForAnOldProtocAreExplained(_ text: String, _ line: Int?) throws {
    let folder = try Folder([
      "plain.proto": text, "import.proto": "syntax = \"proto2\"; import \"plain.proto\";",
    ])
    for name in ["plain.proto", "import.proto"] {
      let (schema, diagnostics) = load([.proto(path: folder.path(name))])
      #expect(schema == nil)
      let hint = diagnostics.first { $0.resolution?.contains("protoc 27") ?? false }
      #expect(hint?.location?.line == line, "\(diagnostics)")
      #expect(hint.map { $0.severity == .error } ?? true)
    }
  }

  @Test func editionsLoadThroughTheProtocThatTheKeyNames() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder = try Folder(["e.proto": "edition = \"2023\";\npackage e;\nmessage M { int32 a = 1; }\n"])
    let (schema, diagnostics) = load(
      [.proto(path: folder.path("e.proto"))],
      protoc: root.appending(path: ".venv/bin/python-grpc-tools-protoc").path)
    #expect(try describe(#require(schema, "\(diagnostics)"), "e.M") == ["1 a a explicit varint"])
  }

  @Test func missingProtocAndFilesAreNamed() throws {
    let folder = try Folder(Self.files)
    let (_, missing) = load([.proto(path: folder.path("a.proto"))], protoc: "no-such-protoc")
    #expect(missing.map(\.code) == ["protoc-missing"])
    #expect(missing.first?.resolution?.contains("protobuf-compiler") == true)
    #expect(missing.first?.resolution?.contains("--descriptor_set_out") == true)
    #expect(load([.descriptorSet(path: folder.path("none.binpb"))]).1.map(\.code) == ["unreadable-file"])
    #expect(load([.proto(path: folder.path("none.proto"))]).1.map(\.code) == ["unreadable-file"])
    // A device stands for all that may never end.
    for source in [ProtobufSource.descriptorSet(path: "/dev/null"), .proto(path: "/dev/null")] {
      #expect(load([source]).1.map(\.message) == ["this is no regular file"])
    }
    #expect(load([.bytes([], name: "empty")]).1.map(\.code) == ["empty-descriptor-set"])
    #expect(load([.bytes([0xFF], name: "noise")]).1.map(\.code) == ["malformed-descriptor-set"])
  }

  /// Each statement is an entry of its own in the set; together they are one option.
  @Test func optionsMayBeSetByStatement() throws {
    let folder = try Folder([
      "s.proto": """
      syntax = "proto3";
      import "drawbridge/drpc.proto";
      import "google/api/annotations.proto";
      message M { int32 id = 1; }
      service S {
        option (drawbridge.drpc_service).module = 9;
        option (drawbridge.drpc_service).service = "engine";
        rpc Put(M) returns (M) {
          option (drawbridge.drpc).module = 3;
          option (drawbridge.drpc).method = 1;
          option (google.api.http).put = "/x/{id}";
          option (google.api.http).body = "*";
          option (google.api.http).additional_bindings = { get: "/y/{id}" };
        }
        rpc List(M) returns (M) {
          option (drawbridge.drpc).method = 2;
          option (google.api.http).custom.kind = "LIST";
          option (google.api.http).custom.path = "/x";
          option (google.api.http).response_body = "id";
        }
      }
      """
    ])
    let (loaded, diagnostics) = load([.proto(path: folder.path("s.proto"))])
    let schema = try #require(loaded, "\(diagnostics)")
    #expect(
      schema.addresses.map { $0.map { "\($0.service) \($0.module)/\($0.method)" } } == [
        "engine 3/1", "engine 9/2",
      ])
    #expect(
      schema.model.methods.map { $0.routes.map { "\($0.method) \($0.path) \($0.body) \($0.responseBody)" } }
        == [["PUT /x/{id} * ", "GET /y/{id}  "], ["LIST /x  id"]])
  }

  /// The time of a comment does not grow with the square of its lines.
  @Test(.timeLimit(.minutes(1))) func longComments() throws {
    let folder = try Folder([
      "c.proto": "syntax = \"proto3\";\n/*\(String(repeating: "\n", count: 500_000))*/\nmessage M {}\n"
    ])
    let (schema, diagnostics) = load([.proto(path: folder.path("c.proto"))])
    #expect(schema?.model.types.first { $0.name == "M" }?.documentation == "", "\(diagnostics)")
  }

  @Test func messagesAreFoundByName() throws {
    let folder = try Folder(Self.files)
    let schema = try #require(load([.proto(path: folder.path("a.proto"))]).0)
    var diagnostics = Diagnostics()
    #expect(schema.message(named: ".a.Thing", at: nil, diagnostics: &diagnostics) != nil)
    #expect(schema.message(named: "b.Old", at: nil, diagnostics: &diagnostics) != nil)
    #expect(diagnostics.all.isEmpty)
    #expect(schema.message(named: "x.Thing", at: nil, diagnostics: &diagnostics) == nil)
    #expect(schema.message(named: "b.Level", at: nil, diagnostics: &diagnostics) == nil)
    #expect(diagnostics.all.map(\.code) == ["unknown-message", "unknown-message"])
    #expect(diagnostics.all.first?.resolution == "did you mean 'a.Thing'?")
  }
}
