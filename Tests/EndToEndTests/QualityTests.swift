import Foundation
import TestSupport
import Testing

/// `qos:` and `@QoS` — with a service on Python that asks for more than DDS-RPC's usual quality of service.
@Suite(.serialized) struct QualityTests {
  private func gateway(_ domain: UInt32, _ keys: String, _ annotation: String = "") throws -> ServedGateway {
    try ServedGateway(
      """
        robot:
          dds: { domain: \(domain), interface: lo, multicast: false, peers: [127.0.0.1], match_timeout: 10s\(keys) }
          idl: { files: [robot.idl] }
      """,
      files: [
        "robot.idl":
          "module robot { \(annotation) interface RobotControl { float setSpeed(in float speed); }; };"
      ])
  }

  private func server(_ domain: UInt32, _ behaviour: String) throws -> ChildProcess {
    try startedServer(
      TestPaths.package.appending(path: ".venv/bin/python3").path,
      [
        TestPaths.package.appending(path: "Tests/Peers/dds_peer.py").path, "server", "--domain", "\(domain)",
        "--behaviour", behaviour,
      ])
  }

  private func setSpeed(_ gateway: ServedGateway) throws -> (status: Int, body: String) {
    try gateway.ask("/rpc/robot/setSpeed", ["--json", #"{"speed":3.5}"#])
  }

  /// Its reader takes requests of writers that keep them for late readers only.
  @Test(arguments: [
    (", qos: { durability: transient_local, depth: 8, lifespan: 30s }", ""),
    ("", "@QoS(durability = TRANSIENT_LOCAL)"),
  ])
  func durable(_ keys: String, _ annotation: String) throws {
    let domain = freshDomain()
    let server = try server(domain, "durable")
    defer { server.stop() }
    let gateway = try gateway(domain, keys, annotation)
    defer { gateway.stop() }
    #expect(try setSpeed(gateway) == (200, #"{"return_":3.5}"#))
  }

  /// The configuration stands above the IDL, and what does not fit is named.
  @Test(arguments: [
    (
      ", qos: { durability: volatile }", "@QoS(durability = TRANSIENT_LOCAL)", "durable", "another durability"
    ),
    (", qos: { deadline: 1s }", "", "good", "another deadline"),
    ("", "@QoS(deadline = 1)", "good", "another deadline"),
  ])
  func refused(_ keys: String, _ annotation: String, _ behaviour: String, _ reason: String) throws {
    let domain = freshDomain()
    let server = try server(domain, behaviour)
    defer { server.stop() }
    let gateway = try gateway(domain, keys, annotation)
    defer { gateway.stop() }
    let refused = try gateway.ask(
      "/rpc/robot/setSpeed", ["--json", #"{"speed":3.5}"#, "-H", "Request-Timeout: 5"])
    #expect(refused.status == 503 && refused.body.contains(reason), "\(refused)")
    let logged = gateway.process.lines.wait { $0.contains(#""event":"access""#) }
    #expect(logged?.contains(#""problem":"backend-unavailable""#) == true)
    #expect(
      logged?.contains("\"obstacle\":\"") == true && logged?.contains(reason) == true, "\(logged ?? "")")
  }
}
