import Foundation
import IDLSchema
import SchemaModel
import TestSupport
import Testing
import Transcoding

/// Requests and replies that we write go through the C types that idlc makes of what `idl expand` prints, and come out the
/// same: inheritance, attributes, inout, exceptions with and without members, oneway.
@Suite struct ImpliedTypeTests {
  static let text = """
    module fleet {
      enum Mode { IDLE, DRIVE, @value(9) PARK };
      @bit_bound(8) bitmask Flags { LIGHTS, @position(3) HORN };
      struct Pose { double x; double y; string frame; };
      union Target switch (Mode) { case IDLE: case PARK: long spot; case DRIVE: Pose pose; };
      typedef short Row[2][3];
      exception Blocked { string by; sequence<Pose> path; };
      exception Empty { };
      interface Base {
        void reset();
        long ping(in octet a, inout string note, out double level) raises (Blocked, Empty);
        readonly attribute long long odometer;
      };
      interface Vehicle : Base {
        exception Lost { Mode mode; unsigned long long since; };
        attribute Pose place;
        Target plan(in sequence<Pose, 4> path, in Flags flags, inout Target current, out Row grid) raises (Blocked, Lost);
        oneway void stop(in boolean now);
      };
    };
    """

  /// A header of nobody, and what selects the content.
  private static func prefix(_ numbers: [Int32], isRequest: Bool) -> [UInt8] {
    let identity = (1...24).map { UInt8($0) }
    // Requests go on with the instance name, replies with the outcome of the call.
    let behind: [UInt8] = isRequest ? [1, 0, 0, 0, 0, 0, 0, 0] : [0, 0, 0, 0]
    return [0, 1, 0, 0] + identity + behind
      + numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
  }

  private struct Bench {
    var schema: IDLSchema
    var service: Int
    var codec: CDRCodec
    var random: RandomValue

    init() throws {
      var diagnostics = Diagnostics()
      var schema = try #require(
        IDLSchemaLoader.load(
          sources: [.text(ImpliedTypeTests.text, name: "fleet.idl")], diagnostics: &diagnostics),
        "\(diagnostics.all)")
      let vehicle = try #require(
        schema.interface(named: "fleet::Vehicle", at: nil, diagnostics: &diagnostics))
      service = try #require(
        schema.addService(interface: vehicle, options: ServiceOptions(), diagnostics: &diagnostics),
        "\(diagnostics.all)")
      self.schema = schema
      codec = CDRCodec(model: schema.model, wire: schema.wire)
      random = RandomValue(model: schema.model, wire: schema.wire, seed: 11)
    }

    /// Random requests and replies of an interface, one a line, as the C program reads them.
    mutating func samples(of interface: Int) throws -> [String] {
      var lines: [String] = []
      for method in schema.model.services[service].methods {
        guard let wire = schema.rpc.operations[method], wire.interface == interface, let label = wire.label
        else { continue }
        let definition = schema.model.methods[method]
        for _ in 0..<8 {
          if let type = definition.request { lines.append("request " + (try sample(type, [label], true))) }
          if let type = definition.response {
            lines.append("reply " + (try sample(type, [label, 0], false)))
          }
          for exception in wire.exceptions {
            lines.append("reply " + (try sample(exception.type, [label, exception.labels[0]], false)))
          }
        }
      }
      return lines
    }

    private mutating func sample(_ type: TypeID, _ numbers: [Int32], _ isRequest: Bool) throws -> String {
      var bytes = ImpliedTypeTests.prefix(numbers, isRequest: isRequest)
      let body = Array(try writtenJSON(random.value(type)).utf8)
      try codec.encode(
        type, from: RequestInput(body: body), into: &bytes, scratch: TranscodingScratch())
      // As the transport pads.
      return (bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)).hex
    }
  }

  @Test func bytesThroughTheCTypes() throws {
    var bench = try Bench()
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func path(_ name: String) -> String { folder.appending(path: name).path }
    try bench.schema.impliedIDL(service: bench.service).write(
      toFile: path("service.idl"), atomically: true, encoding: .utf8)
    let compiled = try Finished.run(
      "/usr/bin/idlc", ["-W", "no-enum-consecutive", "-o", path(""), path("service.idl")])
    try #require(compiled.status == 0, "\(compiled.errors)")
    let source = Fixtures.root.appending(path: "Tests/IDLSchemaTests/Fixtures/roundtrip.c").path
    var compared = 0
    for (index, interface) in bench.schema.rpc.interfaces.enumerated() {
      let linked = try Finished.run(
        "/usr/bin/gcc",
        [
          "-Wall", "-Werror", "-DPREFIX=\(interface.name.replacing("::", with: "_"))", "-I", path(""), "-o",
          path("roundtrip"), source, path("service.c"), "-lddsc",
        ])
      try #require(linked.status == 0, "\(linked.errors)")
      let samples = try bench.samples(of: index)
      try samples.map { $0 + "\n" }.joined().write(
        toFile: path("samples"), atomically: true, encoding: .utf8)
      let run = try Finished.run(
        path("roundtrip"), [path("samples")],
        environment: [
          "CYCLONEDDS_URI": """
          <General><Interfaces><NetworkInterface name="lo"/></Interfaces><AllowMulticast>false</AllowMulticast></General>
          """
        ])
      #expect(run.status == 0, "\(run.errors)")
      let again = run.output.split(separator: "\n")
      try #require(again.count == samples.count)
      for (before, after) in zip(samples, again) {
        // The options of the encapsulation count padding.
        let bytes = before.split(separator: " ")[1]
        #expect(bytes.dropFirst(8) == after.dropFirst(8), "\(interface.name) \(before)\n  \(after)")
        compared += 1
      }
    }
    #expect(compared > 100)
  }
}
