import DRPC
import Foundation
import Testing

@Suite struct ServerTests {
  /// Each recorded call gives the recorded response, byte for byte.
  @Test(arguments: ["raw", "chunked"])
  func recordedExchanges(framing: String) async throws {
    let server = try EchoServer.started(temporaryPath())
    let peer = try RawPeer(connectingTo: server.path)
    for (name, call, reply) in try RecordedPacket.exchanges(framing) where !reply.isEmpty {
      try peer.send(call)
      #expect(try peer.receive() == reply, "\(name)")
    }
    await server.stop()
  }

  /// The raw reply to sequence 0 with nothing in it is a packet of 0 bytes, which reads like the end.
  @Test func anEmptyRawReplyKeepsTheConnection() async throws {
    let server = try EchoServer.started(temporaryPath())
    let peer = try RawPeer(connectingTo: server.path)
    try peer.send(unhex("080210e901"))
    #expect(try peer.receive() == nil)
    try peer.send(unhex("080210cb01220568656c6c6f"))
    #expect(try peer.receive() == unhex("1a0568656c6c6f"))
    await server.stop()
  }

  @Test(arguments: [("raw", ""), ("chunked", "030000000000000003000000000000000000000001000000")])
  func garbageInAGoodFrameIsAnswered(framing: String, header: String) async throws {
    let server = try EchoServer.started(temporaryPath())
    let peer = try RawPeer(connectingTo: server.path)
    let refusal = try RecordedPacket.all().first { $0.framing == framing && $0.name.hasPrefix("undecodable") }
    for _ in 0..<2 {
      try peer.send(unhex(header + "ffffff"))
      #expect(try peer.receive() == refusal?.packet)
    }
    let echo = try #require(try RecordedPacket.exchanges(framing).first)
    try peer.send(echo.call)
    #expect(try peer.receive() == echo.reply)
    await server.stop()
  }

  /// Once chunked, a bad frame ends the connection without a reply; others do not notice.
  @Test func aBadFrameCloses() async throws {
    let server = try EchoServer.started(temporaryPath())
    let other = try RawPeer(connectingTo: server.path)
    let echo = try #require(try RecordedPacket.exchanges("chunked").first)
    for broken in 0..<24 {
      let peer = try RawPeer(connectingTo: server.path)
      try peer.send(echo.call)
      #expect(try peer.receive() == echo.reply)
      var packet = echo.call
      packet[broken] ^= 0x80
      try peer.send(packet)
      #expect(try peer.receive() == nil, "header byte \(broken)")
    }
    try other.send(echo.call)
    #expect(try other.receive() == echo.reply)
    await server.stop()
  }

  @Test func everyTruncatedChunkCloses() async throws {
    let server = try EchoServer.started(temporaryPath())
    let echo = try #require(try RecordedPacket.exchanges("chunked").first)
    for length in 1..<echo.call.count {
      let peer = try RawPeer(connectingTo: server.path)
      try peer.send(echo.call)
      #expect(try peer.receive() == echo.reply)
      try peer.send(Array(echo.call.prefix(length)))
      #expect(try peer.receive() == nil, "\(length) bytes")
    }
    await server.stop()
  }

  /// A raw packet is a message of its own: a cut one is answered in its way and the next is served.
  @Test func everyTruncatedRawCallIsAnswered() async throws {
    let server = try EchoServer.started(temporaryPath())
    let peer = try RawPeer(connectingTo: server.path)
    let echo = try #require(try RecordedPacket.exchanges("raw").first)
    for length in 1..<echo.call.count {
      try peer.send(Array(echo.call.prefix(length)))
      _ = try peer.receive()
      try peer.send(echo.call)
      #expect(try peer.receive() == echo.reply, "\(length) bytes")
    }
    await server.stop()
  }

  @Test func messagesOverTheLimitClose() async throws {
    let server = try EchoServer.started(temporaryPath(), limits: .init(maxMessage: 100))
    let peer = try RawPeer(connectingTo: server.path)
    try peer.send([0x22, 99] + [UInt8](repeating: 1, count: 99))
    #expect(try peer.receive() == nil)
    await server.stop()
  }

  @Test func connectionsOverTheLimitAreClosed() async throws {
    let server = try EchoServer.started(temporaryPath(), limits: .init(maxConnections: 1))
    let echo = try #require(try RecordedPacket.exchanges("raw").first)
    let first = try RawPeer(connectingTo: server.path)
    try first.send(echo.call)
    #expect(try first.receive() == echo.reply)
    let second = try RawPeer(connectingTo: server.path)
    #expect(try second.receive() == nil)
    await server.stop()
  }

  @Test func theSocketFile() async throws {
    let path = temporaryPath()
    let first = DRPCServer(path: path, mode: 0o640)
    try first.start()
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o640)
    // A live server is not replaced.
    #expect(throws: DRPCServerError.self) { try DRPCServer(path: path).start() }
    await first.stop()
    #expect(!FileManager.default.fileExists(atPath: path))
    // A socket that a dead server left behind is, and any other file is not.
    try leaveStaleSocket(path)
    let second = DRPCServer(path: path)
    try second.start()
    await second.stop()
    try Data().write(to: URL(filePath: path))
    #expect(throws: DRPCServerError.self) { try DRPCServer(path: path).start() }
    try FileManager.default.removeItem(atPath: path)
  }

  @Test func registrationEndsAtStart() async throws {
    let server = DRPCServer(path: temporaryPath())
    try server.register(DRPCModule(id: 1))
    #expect(throws: DRPCServerError.self) { try server.register(DRPCModule(id: 1)) }
    try server.start()
    #expect(throws: DRPCServerError.self) { try server.register(DRPCModule(id: 2)) }
    #expect(throws: DRPCServerError.self) { try server.start() }
    await server.stop()
  }

  @Test func theCallerIsKnown() async throws {
    let server = DRPCServer(path: temporaryPath())
    try server.register(
      DRPCModule(
        id: 1, methods: [1: { DRPCReply(body: Array("\($0.caller.processID) \($0.caller.userID)".utf8)) }]))
    try server.start()
    let client = try DRPCClient(path: server.path)
    let reply = try await client.call(module: 1, method: 1)
    #expect(String(decoding: reply.body, as: UTF8.self) == "\(getpid()) \(geteuid())")
    await client.close()
    await server.stop()
  }
}
