import Foundation
import TestSupport
import Testing

/// `partition:` — services of two partitions, on typed C of idlc, do not see each other's requests.
@Suite(.serialized) struct PartitionTests {
  private static let domain = freshDomain()

  private static func service(_ name: String, _ partition: String) -> String {
    """
      \(name):
        dds:
          domain: \(domain)
          interface: lo
          multicast: false
          peers: [127.0.0.1]
          match_timeout: 20s
          require_single: true
          partition: "\(partition)"
        idl: { files: [robot.idl] }

    """
  }

  private func server(_ partition: String) throws -> ChildProcess {
    try startedServer(
      "/usr/bin/env",
      ["PEER_PARTITION=\(partition)", try CompiledPeer.idlc(), "serve", "\(Self.domain)", "robot"])
  }

  @Test func servicesOfTwoPartitions() throws {
    let (first, second) = (try server("floor1"), try server("floor2"))
    defer {
      first.stop()
      second.stop()
    }
    let names = [("one", "floor1"), ("two", "floor2"), ("both", "floor*"), ("none", "")]
    let gateway = try ServedGateway(
      names.map { Self.service($0.0, $0.1) }.joined(),
      files: [
        "robot.idl":
          "module robot { interface RobotControl { float setSpeed(in float speed); float getSpeed(); }; };"
      ])
    defer { gateway.stop() }
    func call(_ name: String, _ json: String = "{}") throws -> (status: Int, body: String) {
      try gateway.ask("/rpc/\(name)", ["--json", json, "-H", "Request-Timeout: 15"])
    }
    #expect(try call("one/setSpeed", #"{"speed":1}"#) == (200, #"{"return_":1}"#))
    #expect(try call("two/setSpeed", #"{"speed":2}"#) == (200, #"{"return_":2}"#))
    #expect(try call("one/getSpeed") == (200, #"{"return_":1}"#))
    #expect(try call("two/getSpeed") == (200, #"{"return_":2}"#))
    // Wildcards match both, and `require_single` minds.
    let both = try call("both/getSpeed")
    #expect(both.status == 503 && both.body.contains("2 servers are matched"), "\(both)")
    let none = try gateway.ask("/rpc/none/getSpeed", ["--json", "{}", "-H", "Request-Timeout: 1"])
    #expect(none.status == 503, "\(none)")
  }
}
