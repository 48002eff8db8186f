import Foundation
import RPCCore
import Testing

@testable import DRPC

/// Our client and server against Google's protobuf over Python's sockets.
@Suite struct InteroperabilityTests {
  @Test(arguments: ["raw", "chunked"])
  func pythonCallsOurServer(framing: String) async throws {
    let server = try EchoServer.started(temporaryPath())
    #expect(try PythonPeer.client(server.path, framing: framing) == "")
    await server.stop()
  }

  @Test(arguments: [("raw", DRPCFraming.raw), ("raw", .auto), ("chunked", .chunked), ("chunked", .auto)])
  func weCallPython(spoken: String, framing: DRPCFraming) async throws {
    let path = temporaryPath()
    let peer = try PythonPeer.server(path, framing: spoken)
    let harness = try BackendHarness(DRPCSettings(sockets: [path], framing: framing), loops: 2)
    let sizes = spoken == "raw" ? [0, 1, 100_000] : [0, 1, 131_030, 131_048, 131_049, 262_097, 5_000_000]
    for size in sizes {
      let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      let (status, reply) = await harness.call(BackendHarness.echo, body, on: size % 2)
      #expect(status.code == .ok, "\(status)")
      #expect(status.detail == .drpc(module: 2, method: 203, status: 0))
      #expect(reply == body)
    }
    for (number, code) in [
      (1, RPCCode.ok), (2, .unknown), (3, .unimplemented), (4, .unimplemented), (5, .internal),
      (6, .invalidArgument), (7, .internal),
    ] {
      let (status, reply) = await harness.call(BackendHarness.status, Array("\(number)".utf8))
      #expect(status.code == code)
      #expect(status.detail == .drpc(module: 2, method: 204, status: Int32(number)))
      #expect(status.origin == .backend && status.sent)
      #expect((reply != nil) == (code == .ok))
    }
    await harness.stop()
    peer.stop()
  }

  @Test func largeRepliesAreChunked() async throws {
    let path = temporaryPath()
    let peer = try PythonPeer.server(path, framing: "chunked")
    let harness = try BackendHarness(DRPCSettings(sockets: [path]))
    let (status, reply) = await harness.call(BackendHarness.sized, Array("5242880".utf8))
    #expect(status.code == .ok)
    #expect(reply?.count == 5_242_880)
    await harness.stop()
    peer.stop()
  }

  /// What a broken server does, and what its caller learns. The next call finds a new connection.
  @Test(arguments: [
    ("wrong-sequence", RPCStatus.TransportFailure.protocolViolation), ("close-before-reply", .closed),
    ("close-in-reply", .closed), ("never", .deadline), ("bad-header", .protocolViolation),
    ("bad-message", .protocolViolation), ("too-large", .protocolViolation), ("late", .deadline),
  ])
  func misbehaviour(behaviour: String, failure: RPCStatus.TransportFailure) async throws {
    let path = temporaryPath()
    let peer = try PythonPeer.server(path, framing: "chunked", behaviour: behaviour)
    let harness = try BackendHarness(DRPCSettings(sockets: [path], connections: 1))
    for _ in 0..<2 {
      let (status, reply) = await harness.call(
        BackendHarness.echo, [1, 2, 3], seconds: failure == .deadline ? 0.3 : 10)
      #expect(status.failure == failure, "\(status)")
      #expect(status.sent)
      #expect(reply == nil)
    }
    await harness.stop()
    peer.stop()
  }

  /// A second reply to the same call reaches nobody.
  @Test func aRepeatedReplyClosesTheConnection() async throws {
    let path = temporaryPath()
    let peer = try PythonPeer.server(path, framing: "chunked", behaviour: "twice")
    let harness = try BackendHarness(DRPCSettings(sockets: [path], connections: 1))
    for round in 0..<20 {
      let body = [UInt8(round)]
      let (status, reply) = await harness.call(BackendHarness.echo, body)
      #expect(reply == body || status.failure == .protocolViolation || status.failure == .closed)
      #expect(reply == nil || reply == body)
    }
    await harness.stop()
    peer.stop()
  }

  @Test(arguments: [("raw", "chunked"), ("chunked", "raw")])
  func restartWithTheOtherFraming(before: String, after: String) async throws {
    let path = temporaryPath()
    let harness = try BackendHarness(DRPCSettings(sockets: [path], connections: 2))
    for spoken in [before, after, before] {
      let peer = try PythonPeer.server(path, framing: spoken)
      for _ in 0..<3 {
        let (status, reply) = await harness.call(BackendHarness.echo, [7])
        #expect(reply == [7], "\(spoken): \(status)")
      }
      peer.stop()
      let (status, _) = await harness.call(BackendHarness.echo, [7])
      #expect(status.failure == .absent && !status.sent, "\(status)")
    }
    await harness.stop()
  }
}
