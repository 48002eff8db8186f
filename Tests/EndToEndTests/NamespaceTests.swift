import Foundation
import TestSupport
import Testing

/// Gateway and service on two hosts without multicast, as docs/dds.md configures them: two network namespaces.
@Suite(.serialized) struct NamespaceTests {
  /// Two namespaces joined by a pair of interfaces; nil where that is not permitted.
  final class Hosts: Sendable {
    let gateway = "dbg\(getpid())"
    let service = "dbs\(getpid())"
    static let gatewayAddress = "10.231.7.1"
    static let serviceAddress = "10.231.7.2"

    init?() {
      let link = "db\(getpid())"
      let commands = """
        set -e
        ip netns add \(gateway); ip netns add \(service)
        ip link add \(link)a netns \(gateway) type veth peer name \(link)b netns \(service)
        ip -n \(gateway) link set lo up; ip -n \(service) link set lo up
        ip -n \(gateway) addr add \(Self.gatewayAddress)/30 dev \(link)a
        ip -n \(service) addr add \(Self.serviceAddress)/30 dev \(link)b
        ip -n \(gateway) link set \(link)a up multicast off
        ip -n \(service) link set \(link)b up multicast off
        """
      guard let run = try? Finished.run("/bin/sh", ["-c", commands]), run.status == 0 else {
        remove()
        return nil
      }
    }

    func remove() {
      _ = try? Finished.run("/bin/sh", ["-c", "ip netns del \(gateway); ip netns del \(service)"])
    }
  }

  static let isPermitted: Bool = {
    guard let hosts = Hosts() else { return false }
    hosts.remove()
    return true
  }()

  @Test(.enabled(if: isPermitted, "network namespaces need root, iproute2 and CAP_SYS_ADMIN"))
  func unicast() throws {
    let hosts = try #require(Hosts())
    defer { hosts.remove() }
    let configuration = """
      <CycloneDDS><Domain Id="any"><General><Interfaces><NetworkInterface address="\(Hosts.serviceAddress)"/></Interfaces>\
      <AllowMulticast>false</AllowMulticast></General><Discovery><ParticipantIndex>auto</ParticipantIndex>\
      <Peers><Peer address="\(Hosts.gatewayAddress)"/></Peers></Discovery></Domain></CycloneDDS>
      """
    let server = try startedServer(
      "/usr/bin/env",
      [
        "PEER_CONFIGURATION=\(configuration)", "ip", "netns", "exec", hosts.service,
        try CompiledPeer.idlc(), "serve", "5",
      ])
    defer { server.stop() }
    let gateway = try ServedGateway(
      """
        robot:
          dds: { domain: 5, interface: \(Hosts.gatewayAddress), multicast: false, peers: [\(Hosts.serviceAddress)], match_timeout: 20s }
          idl: { files: [robot.idl] }
      """,
      files: ["robot.idl": "module robot { interface RobotControl { float setSpeed(in float speed); }; };"],
      through: ["ip", "netns", "exec", hosts.gateway])
    defer { gateway.stop() }
    let set = try gateway.ask("/rpc/robot/setSpeed", ["--json", #"{"speed":3.5}"#])
    #expect(set == (200, #"{"return_":3.5}"#))
  }
}
