import Foundation
import IDLSchema
import SchemaModel
import TestSupport
import Testing
import Transcoding

/// A file of IDL goes through idlc and through our front end; what we write of random values passes its C structs and
/// comes out as it was: each row of the mapping that it has, in each extensibility, XCDR1 and XCDR2.
@Suite struct IdlcBytesTests {
  private static let peers = Fixtures.root.appending(path: "Tests/Peers/idlc")

  /// What we make of the file, and idlc's program.
  private struct Bench {
    var schema: IDLSchema
    var codec: CDRCodec
    /// Structs, which have serialisers in C.
    var types: [(name: String, id: TypeID)]
    let folder: URL

    init(_ extensibility: CDRExtensibility) throws {
      let word = extensibility == .final ? "@final" : "@appendable"
      var diagnostics = Diagnostics()
      let loaded = IDLSchemaLoader.load(
        sources: [.file(path: IdlcBytesTests.peers.appending(path: "oracle.idl").path)],
        options: IDLOptions(defines: [("UNION", word)], extensibility: extensibility),
        diagnostics: &diagnostics)
      schema = try #require(loaded, "\(diagnostics.all)")
      codec = CDRCodec(model: schema.model, wire: schema.wire)
      let model = schema.model
      let prefix = "oracle::"
      let own = try String(
        contentsOf: IdlcBytesTests.peers.appending(path: "oracle.idl"), encoding: .utf8)
      types = model.typesByName.sorted { $0.key < $1.key }.compactMap { name, id in
        guard name.hasPrefix(prefix), case .record = model[id].shape,
          own.contains("struct \(name.dropFirst(prefix.count)) ")
        else { return nil }
        return (String(name.dropFirst(prefix.count)), id)
      }
      folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      try build(extensibility, word)
    }

    private func build(_ extensibility: CDRExtensibility, _ word: String) throws {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for file in ["oracle.idl", "oracle_parts.idl"] {
        let run = try Finished.run(
          "/usr/bin/idlc",
          [
            "-W", "no-enum-consecutive", "-x", "\(extensibility)", "-n", "false", "-D", "UNION=\(word)", "-o",
            folder.path, IdlcBytesTests.peers.appending(path: file).path,
          ])
        try #require(run.status == 0, "\(run.errors)")
      }
      try types.map { "TYPE(\($0.name))\n" }.joined().write(
        to: folder.appending(path: "types.inc"), atomically: true, encoding: .utf8)
      let linked = try Finished.run(
        "/usr/bin/gcc",
        [
          "-Wall", "-Werror", "-I", folder.path, "-o", program,
          IdlcBytesTests.peers.appending(path: "bytes.c").path,
          folder.appending(path: "oracle.c").path, folder.appending(path: "oracle_parts.c").path, "-lddsc",
        ])
      try #require(linked.status == 0, "\(linked.errors)")
    }

    private var program: String { folder.appending(path: "bytes").path }

    /// What the program answers to each line.
    func answers(_ lines: [String]) throws -> [String] {
      let input = folder.appending(path: "lines")
      try lines.map { $0 + "\n" }.joined().write(to: input, atomically: true, encoding: .utf8)
      let run = try Finished.run(program, [input.path])
      try #require(run.status == 0, "\(run.status) \(run.errors)")
      return run.output.split(separator: "\n").map(String.init)
    }
  }

  /// So many values of each type in each form.
  private static let seeds = 8

  @Test(arguments: CDRCorpus.extensibilities)
  func bytesOfCStructs(_ extensibility: CDRExtensibility) throws {
    let bench = try Bench(extensibility)
    defer { try? FileManager.default.removeItem(at: bench.folder) }
    #expect(bench.types.count >= 75)
    var random = RandomValue(model: bench.schema.model, wire: bench.schema.wire, seed: 20_261_121)
    var samples: [(type: String, version: Int, wire: String, json: String)] = []
    for (name, id) in bench.types {
      for _ in 0..<Self.seeds {
        let json = try writtenJSON(random.value(id))
        for representation in Representation.allCases {
          var wire = representation.header(extensibility)
          try bench.codec.encode(
            id, from: RequestInput(body: Array(json.utf8)), into: &wire, scratch: TranscodingScratch())
          samples.append((name, representation == .xcdr1 ? 1 : 2, Array(wire.dropFirst(4)).hex, json))
        }
      }
    }
    let answers = try bench.answers(samples.map { "\($0.type) \($0.version) \($0.wire)" })
    try #require(answers.count == samples.count)
    var compared = [1: Set<String>(), 2: []]
    for (sample, answer) in zip(samples, answers) {
      // idlc 0.10 has XCDR1 for final types without optional members only.
      if sample.version == 1, answer == "none" { continue }
      compared[sample.version]?.insert(sample.type)
      #expect(
        answer == sample.wire,
        "\(sample.type) \(extensibility) XCDR\(sample.version) \(sample.json)\n  ours   \(sample.wire)\n  theirs \(answer)"
      )
    }
    #expect(compared[2]?.count == bench.types.count)
    if extensibility == .final { #expect(compared[1]?.count ?? 0 >= 60) }
  }
}
