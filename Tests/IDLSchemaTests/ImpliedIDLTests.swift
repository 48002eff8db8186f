import Foundation
import SchemaModel
import TestSupport
import Testing

@testable import IDLSchema

/// What `idl expand` prints is compiled by Cyclone DDS's own compiler and run.
@Suite struct ImpliedIDLTests {
  private static func implied(_ name: String, _ interface: String, dialect: String = "omg-basic") throws
    -> String
  {
    var diagnostics = Diagnostics()
    var schema = try #require(Corpus.load(try Corpus.text(name), name, &diagnostics), "\(diagnostics.all)")
    let row = try #require(Dialect.named(dialect, at: nil, diagnostics: &diagnostics))
    let index = try #require(schema.interface(named: interface, at: nil, diagnostics: &diagnostics))
    let topics = dialect == "eprosima-rpc" ? "topic" : nil
    let options = ServiceOptions(
      dialect: row, requestTopic: topics.map { $0 + "_request" }, replyTopic: topics.map { $0 + "_reply" })
    let service = schema.addService(interface: index, options: options, diagnostics: &diagnostics)
    return schema.impliedIDL(service: try #require(service, "\(diagnostics.all)"))
  }

  /// The recorded samples go through the C types that idlc makes, both ways, and come out the same.
  @Test func recordedSamplesPassTheirCTypes() throws {
    let folder = try Scratch()
    try Self.implied("robot.idl", "robot::RobotControl").write(
      to: folder.url.appending(path: "service.idl"), atomically: true, encoding: .utf8)
    let compiled = try Finished.run("/usr/bin/idlc", ["-o", folder.path(""), folder.path("service.idl")])
    try #require(compiled.status == 0, "\(compiled.errors)")
    let source = Corpus.folder.deletingLastPathComponent().appending(path: "Fixtures/roundtrip.c").path
    let linked = try Finished.run(
      "/usr/bin/gcc",
      [
        "-Wall", "-Werror", "-DPREFIX=robot_RobotControl", "-I", folder.path(""), "-o",
        folder.path("roundtrip"), source,
        folder.path("service.c"), "-lddsc",
      ])
    try #require(linked.status == 0, "\(linked.errors)")
    let samples = try Recorded.samples()
    try samples.map { $0 + "\n" }.joined().write(
      to: folder.url.appending(path: "samples"), atomically: true, encoding: .utf8)
    let run = try Finished.run(
      folder.path("roundtrip"), [folder.path("samples")],
      environment: [
        "CYCLONEDDS_URI": """
        <General><Interfaces><NetworkInterface name="lo"/></Interfaces><AllowMulticast>false</AllowMulticast></General>
        """
      ])
    #expect(run.status == 0, "\(run.errors)")
    let again = run.output.split(separator: "\n")
    try #require(again.count == samples.count)
    for (before, after) in zip(samples, again) {
      // The options of the encapsulation count padding, which the recording leaves 0.
      let bytes = before.split(separator: " ")[1]
      #expect(bytes.dropFirst(8) == after.dropFirst(8), "\(before)")
    }
  }

  @Test(arguments: [
    ("robot.idl", "robot::RobotControl", "eprosima-rpc"),
    ("service-full.idl", "plant::Control", "omg-basic"),
    ("service-inheritance.idl", "zoo::Keeper", "omg-basic"),
    ("service-inheritance.idl", "zoo::Keeper", "eprosima-rpc"),
  ]) func compiles(_ name: String, _ interface: String, _ dialect: String) throws {
    let folder = try Scratch()
    try Self.implied(name, interface, dialect: dialect).write(
      to: folder.url.appending(path: "service.idl"), atomically: true, encoding: .utf8)
    let run = try Finished.run(
      "/usr/bin/idlc", ["-W", "no-enum-consecutive", "-o", folder.path(""), folder.path("service.idl")])
    #expect(run.status == 0, "\(run.errors)")
    #expect(!run.errors.contains("warning"), "\(run.errors)")
    // What idlc prints must be C, too.
    let object = try Finished.run(
      "/usr/bin/gcc",
      ["-c", "-Wall", "-Werror", "-I", folder.path(""), "-o", folder.path("o"), folder.path("service.c")])
    #expect(object.status == 0, "\(object.errors)")
  }

  /// Without headers the unions are what stands on the topics. idlc 0.10 has no structures without members.
  @Test func withoutHeaders() throws {
    let text = try Self.implied("robot.idl", "robot::RobotControl", dialect: "rti-connext")
    for line in [
      "// robot::RobotControl: requests on ServiceRequest, replies on ServiceReply",
      "  @final union RobotControl_Call switch(long) {", "  @final union RobotControl_Return switch(long) {",
      "    case 0: long remoteEx;", "  @final @nested struct RobotControl_getSpeed_In {",
    ] { #expect(text.contains(line + "\n"), "\(text)") }
    #expect(!text.contains("Header") && !text.contains("dummy"))
    var diagnostics = Diagnostics()
    let again = IDLSchemaLoader.load(sources: [.text(text, name: "x.idl")], diagnostics: &diagnostics)
    #expect(again?.model.typesByName["robot::RobotControl_Return"] != nil, "\(diagnostics.all)")
  }

  /// Ids that XCDR1 writes before optional members, bits that no field has: what is read again has the same rows.
  @Test(arguments: [
    "@final struct S { @id(7) @optional long x; };",
    "@appendable struct S { @id(5) long a; @id(0) @optional long b; long c; };",
    "bitset S { bitfield<3> a; bitfield<30>; };",
    "bitset S { bitfield<2>; bitfield<1> a; bitfield<4>; bitfield<3, octet> b; bitfield<54>; };",
    "bitset B { bitfield<3> a; bitfield<6>; }; bitset S : B { bitfield<9>; };",
  ]) func keepsWhatIsOnTheWire(_ definition: String) throws {
    func rows(_ schema: IDLSchema) -> [Substring] {
      let lines = Dump.text(schema).split(separator: "\n")
      let first = lines.firstIndex { $0.split(separator: " ").dropFirst().first == "S" } ?? lines.endIndex
      return [lines[first]] + lines[(first + 1)...].prefix { $0.hasPrefix("  ") }
    }
    var diagnostics = Diagnostics()
    var schema = try #require(
      IDLSchemaLoader.load(
        sources: [.text(definition + "interface I { void f(in S s); };", name: "x.idl")],
        diagnostics: &diagnostics), "\(diagnostics.all)")
    let service = schema.addService(interface: 0, options: ServiceOptions(), diagnostics: &diagnostics)
    let text = schema.impliedIDL(service: try #require(service))
    let again = try #require(
      IDLSchemaLoader.load(sources: [.text(text, name: "y.idl")], diagnostics: &diagnostics),
      "\(diagnostics.all)")
    #expect(rows(schema) == rows(again), "\(text)")
  }

  /// What was printed is read again, and says the same of every type.
  @Test func readsItsOwnPrint() throws {
    let text = try Self.implied("service-full.idl", "plant::Control")
    var diagnostics = Diagnostics()
    let schema = try #require(
      IDLSchemaLoader.load(sources: [.text(text, name: "x.idl")], diagnostics: &diagnostics),
      "\(diagnostics.all)")
    let original = try Self.implied("service-full.idl", "plant::Control")
    var first = Diagnostics()
    let before = try #require(
      Corpus.load(try Corpus.text("service-full.idl"), "service-full.idl", &first))
    for type in before.model.types where !type.name.isEmpty && original.contains(type.name) {
      let id = try #require(schema.model.typesByName[type.name], "\(type.name)")
      guard case .record(let fields) = type.shape, case .record(let again) = schema.model[id].shape,
        !fields.isEmpty
      else { continue }
      #expect(before.wire.fields[fields] == schema.wire.fields[again], "\(type.name)")
      #expect(before.model.fields[fields].map(\.name) == schema.model.fields[again].map(\.name))
    }
  }
}

/// A folder that goes when the test ends.
final class Scratch {
  let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path }
}

/// Samples that a Python server and client of Cyclone DDS exchanged.
enum Recorded {
  private struct File: Decodable {
    struct Sample: Decodable { var request: String, reply: String }
    var samples: [Sample]
  }

  /// `request HEX`, `reply HEX`
  static func samples() throws -> [String] {
    let file = Corpus.folder.deletingLastPathComponent().deletingLastPathComponent().appending(
      path: "TranscodingTests/Fixtures/dds-rpc.json")
    return try JSONDecoder().decode(File.self, from: Data(contentsOf: file)).samples.flatMap {
      ["request \($0.request)", "reply \($0.reply)"]
    }
  }
}
