import Foundation
import TestSupport
import Testing

/// A service that takes XCDR2 only, on Python, behind a configuration that says nothing of it.
@Suite(.serialized) struct OtherRepresentationTests {
  private static func services(_ domain: UInt32) -> String {
    """
      robot:
        dds: { domain: \(domain), interface: lo, multicast: false, peers: [127.0.0.1], match_timeout: 20s }
        idl: { files: [robot.idl] }

    """
  }

  private static let idl =
    "module robot { interface RobotControl { float setSpeed(in float speed); }; };"

  private static func server(_ domain: UInt32) throws -> ChildProcess {
    try startedServer(
      TestPaths.package.appending(path: ".venv/bin/python3").path,
      [
        TestPaths.package.appending(path: "Tests/Peers/dds_peer.py").path, "server", "--domain", "\(domain)",
        "--xcdr2",
      ])
  }

  /// The request waits for a server, and is written again when there is one.
  @Test func aRequestThatWaits() async throws {
    let domain = freshDomain()
    let gateway = try ServedGateway(Self.services(domain), files: ["robot.idl": Self.idl])
    defer { gateway.stop() }
    async let answer = Task.detached {
      try gateway.ask("/rpc/robot/setSpeed", ["--json", #"{"speed":3.5}"#])
    }.value
    let server = try Self.server(domain)
    defer { server.stop() }
    let first = try await answer
    #expect(first == (200, #"{"return_":3.5}"#))
    #expect(try gateway.ask("/rpc/robot/setSpeed", ["--json", #"{"speed":4}"#]) == (200, #"{"return_":4}"#))
  }

  /// A process that makes one call and ends has only this one to find out.
  @Test func oneCall() throws {
    let domain = freshDomain()
    let server = try Self.server(domain)
    defer { server.stop() }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let configuration = folder.appendingPathComponent("drawbridge.yaml")
    try "listen: [127.0.0.1:0]\nservices:\n\(Self.services(domain))".write(
      to: configuration, atomically: true, encoding: .utf8)
    try Self.idl.write(to: folder.appendingPathComponent("robot.idl"), atomically: true, encoding: .utf8)
    let run = try Finished.run(
      TestPaths.drawbridge,
      ["call", "-c", configuration.path, "robot.setSpeed", "--json", #"{"speed":3.5}"#])
    #expect(run.status == 0 && run.output == "{\"return_\":3.5}\n", "\(run.output) \(run.errors)")
  }
}
