import Foundation
import TestSupport
import Testing

/// HTTP to services on typed C of `idlc` and on Fast DDS: two implementations that share no code with ours.
@Suite(.serialized) struct TypedPeerTests {
  enum Peer: String, CaseIterable {
    case idlc, fastDDS

    var program: String {
      get throws { try self == .idlc ? CompiledPeer.idlc() : CompiledPeer.fastDDS() }
    }
  }

  private static let robotIDL = """
    module robot {
      exception TooFast {};
      enum Command { START_COMMAND, STOP_COMMAND };
      struct Status { string msg; };
      interface RobotControl {
        void command(in Command com);
        float setSpeed(in float speed) raises (TooFast);
        float getSpeed();
        void getStatus(out Status status);
        void fly();
      };
    };
    """

  private static let labIDL = """
    module lab {
      exception Jammed { string reason; long code; };
      struct Item { string name; sequence<long> sizes; };
      interface Base { long ping(in long value); };
      interface Bench : Base {
        attribute long level;
        readonly attribute string model;
        void swap(inout string text, out sequence<Item> items) raises (Jammed);
        oneway void poke(in long value);
      };
    };
    """

  private static func service(_ domain: UInt32, _ more: String = "") -> String {
    "dds: { domain: \(domain), interface: lo, multicast: false, peers: [127.0.0.1], lease: 2s, "
      + "match_timeout: 20s\(more) }"
  }

  private static func gateway(_ domain: UInt32, _ more: String = "") throws -> ServedGateway {
    try ServedGateway(
      """
        robot:
          \(service(domain, more))
          idl: { files: [robot.idl] }
          prefix: /robot
        lab:
          \(service(domain, more))
          idl: { files: [lab.idl], interface: "lab::Bench" }
          prefix: /lab
      """, files: ["robot.idl": robotIDL, "lab.idl": labIDL])
  }

  private func call(_ gateway: ServedGateway, _ name: String, _ json: String = "{}") throws -> (
    status: Int, body: String
  ) {
    try gateway.ask("/rpc/\(name)", ["--json", json])
  }

  @Test(arguments: [
    (Peer.idlc, []), (.idlc, ["xcdr2"]), (.fastDDS, []), (.fastDDS, ["inline"]), (.fastDDS, ["big"]),
    (.fastDDS, ["0083"]), (.fastDDS, ["inline", "nowhere"]), (.fastDDS, ["0083", "nowhere", "big"]),
  ])
  func everyOperationOfTheRobot(_ peer: Peer, _ options: [String]) throws {
    let domain = freshDomain()
    let server = try startedServer(try peer.program, ["serve", "\(domain)"] + options)
    defer { server.stop() }
    let gateway = try Self.gateway(domain)
    defer { gateway.stop() }
    let name = peer == .idlc ? "C" : "Fast DDS"
    let set = try call(gateway, "robot/setSpeed", #"{"speed":3.5}"#)
    #expect(set == (200, #"{"return_":3.5}"#))
    #expect(try call(gateway, "robot/getSpeed") == (200, #"{"return_":3.5}"#))
    #expect(
      try call(gateway, "robot/getStatus") == (200, #"{"status":{"msg":"\#(name) running at 3.5"}}"#))
    #expect(try call(gateway, "robot/command", #"{"com":"STOP_COMMAND"}"#) == (200, "{}"))
    #expect(try call(gateway, "robot/getSpeed") == (200, #"{"return_":0}"#))
    let fast = try call(gateway, "robot/setSpeed", #"{"speed":99}"#)
    #expect(fast.status == 422 && fast.body.contains(#""exception":{"name":"robot::TooFast","value":{}}"#))
    let unknown = try call(gateway, "robot/fly")
    #expect(unknown.status == 501 && unknown.body.contains("REMOTE_EX_UNKNOWN_OPERATION"), "\(unknown)")
  }

  /// Inheritance over two pairs of topics, attributes, inout, sequences of structures, oneway, exceptions with members,
  /// each remote exception.
  @Test(arguments: [[], ["xcdr2"]])
  func theBench(_ options: [String]) throws {
    let domain = freshDomain()
    let server = try startedServer(try CompiledPeer.idlc(), ["serve", "\(domain)"] + options)
    defer { server.stop() }
    let gateway = try Self.gateway(domain)
    defer { gateway.stop() }
    #expect(try call(gateway, "lab/ping", #"{"value":41}"#) == (200, #"{"return_":42}"#))
    let codes = [
      (1, 501, "UNSUPPORTED"), (2, 400, "INVALID_ARGUMENT"), (3, 503, "OUT_OF_RESOURCES"),
      (4, 501, "UNKNOWN_OPERATION"), (5, 500, "UNKNOWN_EXCEPTION"),
    ]
    for (number, status, name) in codes {
      let refused = try call(gateway, "lab/ping", "{\"value\":\(number)}")
      #expect(refused.status == status && refused.body.contains("\"REMOTE_EX_\(name)\""), "\(refused)")
    }
    // A reply of no operation, without a remote exception.
    #expect(try call(gateway, "lab/ping", #"{"value":99}"#).status == 502)

    #expect(try call(gateway, "lab/get_attribute_level") == (200, #"{"return_":0}"#))
    #expect(try call(gateway, "lab/set_attribute_level", #"{"level":7}"#) == (200, "{}"))
    #expect(try call(gateway, "lab/get_attribute_level") == (200, #"{"return_":7}"#))
    #expect(try call(gateway, "lab/get_attribute_model") == (200, #"{"return_":"Böck 3"}"#))
    let swapped = try call(gateway, "lab/swap", #"{"text":"a"}"#)
    #expect(
      swapped
        == (
          200, #"{"text":"a","items":[{"name":"none","sizes":[]},{"name":"three","sizes":[1,-2,3]}]}"#
        ))
    let jammed = try call(gateway, "lab/swap", #"{"text":"jam"}"#)
    #expect(jammed.status == 422, "\(jammed)")
    #expect(
      jammed.body.contains(#""exception":{"name":"lab::Jammed","value":{"reason":"paper","code":-7}}"#))
    #expect(try call(gateway, "lab/poke", #"{"value":10}"#).status == 202)
    var after = (status: 200, body: #"{"return_":7}"#)
    let end = Date(timeIntervalSinceNow: 20)
    while after.body == #"{"return_":7}"#, Date() < end {
      after = try call(gateway, "lab/get_attribute_level")
    }
    #expect(after == (200, #"{"return_":17}"#))
  }

  /// The demo's robot, written with our library, called by typed clients.
  @Test(arguments: [
    (Peer.idlc, []), (.fastDDS, []), (.fastDDS, ["inline"]), (.fastDDS, ["0083"]), (.fastDDS, ["big"]),
  ])
  func clients(_ peer: Peer, _ options: [String]) throws {
    let demo = try DemoProcess()
    defer { demo.stop() }
    let run = try Finished.run(try peer.program, ["call", demo.domain] + options)
    #expect(
      run.output.split(separator: "\n") == [
        "command 0", "setSpeed 0 3.5", "getSpeed 3.5", "setSpeed 1771042172 0", "getStatus running at 3.5",
        "code 4",
      ], "\(run.output) \(run.errors)")
  }
}
