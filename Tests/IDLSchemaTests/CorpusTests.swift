import Foundation
import SchemaModel
import Testing

@testable import IDLSchema

/// A file of Corpus/ is IDL; beside it stands what loading gives: the diagnostics, then the tables.
///
/// The last interface is also mapped to a service; a first line `//# interface M::I KEY=VALUE…` says another or how. With `DRAWBRIDGE_WRITE_CORPUS=1` the
/// expectations are written anew: read the difference before committing it.
@Suite struct CorpusTests {
  @Test(arguments: try Corpus.names()) func golden(_ name: String) throws {
    let found = Corpus.render(try Corpus.text(name), name)
    let file = Corpus.folder.appending(path: name.replacing(".idl", with: ".txt"))
    if ProcessInfo.processInfo.environment["DRAWBRIDGE_WRITE_CORPUS"] != nil {
      try found.write(to: file, atomically: true, encoding: .utf8)
    } else {
      #expect(try found == String(contentsOf: file, encoding: .utf8), "\(name)")
    }
  }

  /// Cut off anywhere, a file is a schema or diagnostics, at once.
  @Test(arguments: try Corpus.names()) func truncated(_ name: String) throws {
    let text = Array(try Corpus.text(name).utf8)
    for length in 0..<text.count {
      let rendered = Corpus.render(String(decoding: text[..<length], as: UTF8.self), name)
      #expect(rendered.isEmpty || rendered.hasSuffix("\n"))
    }
  }
}

enum Corpus {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

  static func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".idl") }.sorted()
  }

  static func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  /// Includes come from the folder `include`, whose files are read once.
  private static let included: [String: [UInt8]] = {
    let include = folder.appending(path: "include")
    var files: [String: [UInt8]] = [:]
    for name in (try? FileManager.default.contentsOfDirectory(atPath: include.path)) ?? [] {
      if let data = FileManager.default.contents(atPath: include.appending(path: name).path) {
        files["include/" + name] = [UInt8](data)
      }
    }
    return files
  }()

  static func load(_ text: String, _ name: String, _ diagnostics: inout Diagnostics) -> IDLSchema? {
    IDLSchemaLoader.load(
      sources: [.text(text, name: name)],
      options: IDLOptions(includePaths: ["include"], defines: [("GIVEN", "7")]),
      read: { included[$0].map { .bytes($0) } ?? .missing }, diagnostics: &diagnostics)
  }

  static func render(_ text: String, _ name: String) -> String {
    var diagnostics = Diagnostics()
    var schema = load(text, name, &diagnostics)
    let first = text.prefix { $0 != "\n" }.split(separator: " ").map(String.init)
    let isTold = first.count > 2 && first[0] == "//#"
    if var loaded = schema, let wanted = isTold ? first[2] : loaded.interfaces.last?.name {
      let settings = isTold ? Array(first.dropFirst(3)) : []
      schema = map(&loaded, wanted, settings, &diagnostics) ? loaded : nil
    }
    return diagnostics.all.map { "\($0)\n" }.joined() + (schema.map(Dump.text) ?? "")
  }

  private static func map(
    _ schema: inout IDLSchema, _ name: String, _ settings: [String], _ diagnostics: inout Diagnostics
  ) -> Bool {
    var values: [String: String] = [:]
    for setting in settings {
      let parts = setting.split(separator: "=", maxSplits: 1).map(String.init)
      if parts.count == 2 { values[parts[0]] = parts[1] }
    }
    guard
      let dialect = Dialect.named(values["dialect"] ?? "omg-basic", at: nil, diagnostics: &diagnostics),
      let extensibility = ServiceOptions.Extensibility(rawValue: values["extensibility"] ?? "final"),
      let hash = ServiceOptions.ExceptionHash(rawValue: values["exception_hash"] ?? "qualified")
    else { return false }
    let options = ServiceOptions(
      dialect: dialect, service: values["service"] ?? "Service", requestTopic: values["request_topic"],
      replyTopic: values["reply_topic"], extensibility: extensibility, exceptionHash: hash)
    if let reply = values["reply"] {
      return schema.addService(request: name, reply: reply, options: options, diagnostics: &diagnostics)
        != nil
    }
    guard let index = schema.interface(named: name, at: nil, diagnostics: &diagnostics) else { return false }
    return schema.addService(interface: index, options: options, diagnostics: &diagnostics) != nil
  }
}
