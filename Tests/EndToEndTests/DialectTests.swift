import Foundation
import TestSupport
import Testing

/// HTTP to services in other dialects than the Basic mapping, on Fast DDS: no code of ours.
@Suite(.serialized) struct DialectTests {
  private static let interfaces = """
    exception Jammed { string reason; long code; };
    exception Empty {};
    interface Machine { long ping(in long value); };
    interface Press : Machine {
      float set(in float force) raises (Jammed, Empty);
      void stop();
      void fly();
    };
    """
  private static let types = """
    struct Order { string what; long count; };
    struct Bill { string what; double total; };
    """

  private static func network(_ domain: UInt32) -> String {
    "domain: \(domain), interface: lo, multicast: false, peers: [127.0.0.1], lease: 2s, match_timeout: 20s"
  }

  private func call(_ gateway: ServedGateway, _ name: String, _ json: String = "{}") throws -> (
    status: Int, body: String
  ) {
    try gateway.ask("/rpc/\(name)", ["--json", json])
  }

  /// Every operation, an inherited one, each remote exception, exceptions with members and without.
  private func press(_ gateway: ServedGateway, _ module: String) throws {
    #expect(try call(gateway, "press/ping", #"{"value":41}"#) == (200, #"{"return_":42}"#))
    let codes = [
      (1, 501, "UNSUPPORTED"), (2, 400, "INVALID_ARGUMENT"), (3, 503, "OUT_OF_RESOURCES"),
      (4, 501, "UNKNOWN_OPERATION"), (5, 500, "UNKNOWN_EXCEPTION"),
    ]
    for (number, status, name) in codes {
      let refused = try call(gateway, "press/ping", "{\"value\":\(number)}")
      #expect(refused.status == status && refused.body.contains("\"REMOTE_EX_\(name)\""), "\(refused)")
    }
    #expect(try call(gateway, "press/set", #"{"force":3.5}"#) == (200, #"{"return_":3.5}"#))
    let jammed = try call(gateway, "press/set", #"{"force":99}"#)
    #expect(jammed.status == 422, "\(jammed)")
    #expect(
      jammed.body.contains(
        #""exception":{"name":"\#(module)Jammed","value":{"reason":"paper","code":-7}}"#), "\(jammed)")
    let empty = try call(gateway, "press/set", #"{"force":-1}"#)
    #expect(empty.status == 422, "\(empty)")
    #expect(empty.body.contains(#""exception":{"name":"\#(module)Empty","value":{}}"#), "\(empty)")
    #expect(try call(gateway, "press/stop") == (200, "{}"))
    let unknown = try call(gateway, "press/fly")
    #expect(unknown.status == 501 && unknown.body.contains("REMOTE_EX_UNKNOWN_OPERATION"), "\(unknown)")
  }

  @Test func eprosima() throws {
    let domain = freshDomain()
    let server = try startedServer(try CompiledPeer.dialects(), ["serve", "\(domain)", "eprosima"])
    defer { server.stop() }
    let gateway = try ServedGateway(
      """
        press:
          dds: { \(Self.network(domain)), dialect: eprosima-rpc }
          idl: { files: [press.idl], interface: Press }
      """, files: ["press.idl": Self.interfaces])
    defer { gateway.stop() }
    try press(gateway, "")
  }

  /// The related identity under both of its numbers, replies in both byte orders; an interface, and a pair of types.
  @Test(arguments: [[], ["big"], ["0083"], ["0083", "big"]])
  func rti(_ options: [String]) throws {
    let domain = freshDomain()
    let server = try startedServer(try CompiledPeer.dialects(), ["serve", "\(domain)", "rti"] + options)
    defer { server.stop() }
    let gateway = try ServedGateway(
      """
        press:
          dds: { \(Self.network(domain)), dialect: rti-connext, service: Press }
          idl: { files: [press.idl], interface: "shop::Press" }
        orders:
          dds: { \(Self.network(domain)), dialect: rti-connext, service: order, request: "shop::Order", reply: "shop::Bill" }
          idl: { files: [press.idl] }
      """, files: ["press.idl": "module shop {\n\(Self.interfaces)\n\(Self.types)\n};"])
    defer { gateway.stop() }
    try press(gateway, "shop::")
    #expect(
      try call(gateway, "orders/order", #"{"what":"bolts","count":3}"#)
        == (200, #"{"what":"bolts","total":7.5}"#))
  }

  @Test(arguments: [
    (
      "dialect: rti-connext, instance: left",
      "requests of the dialect 'rti-connext' have no place for an instance name"
    ),
    ("dialect: rti-connext, instance_header: true", "no place for an instance name"),
    (
      "dialect: fastdds-3",
      "its requests carry their identity inline, which Cyclone DDS 0.10 can read but not write"
    ),
    ("dialect: ros2-cyclone", "ROS 2 services need their own envelope"),
    ("dialect: ros2-fastdds", "ROS 2 services need their own envelope"),
    ("dialect: rti-conext", "did you mean 'rti-connext'?"),
  ])
  func refused(_ keys: String, _ reason: String) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let configuration = folder.appendingPathComponent("drawbridge.yaml")
    try
      "listen: [127.0.0.1:0]\nservices:\n  press:\n    dds: { \(keys) }\n    idl: { files: [press.idl], interface: Press }\n"
      .write(to: configuration, atomically: true, encoding: .utf8)
    try Self.interfaces.write(
      to: folder.appendingPathComponent("press.idl"), atomically: true, encoding: .utf8)
    let run = try Finished.run(TestPaths.drawbridge, ["check", "-c", configuration.path])
    #expect(run.status == 2)
    #expect(run.errors.contains(reason), "\(run.errors)")
  }
}
