import Dispatch
import Foundation
import TestSupport
import Testing

@testable import DRPC

@Suite struct ServerTests {
  /// A server with module 1.
  private func started(
    _ methods: [Int32: DRPCModule.Handler], limits: DRPCServer.Limits = .init()
  ) throws -> DRPCServer {
    let server = DRPCServer(path: temporaryPath(), limits: limits)
    try server.register(DRPCModule(id: 1, methods: methods))
    try server.start()
    return server
  }

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

  /// Cancelled at the end of the grace, it has still to clean up: `stop` returns, and the handler goes on.
  @Test func aHandlerThatGoesOn() async throws {
    let (begun, cleaned) = (Event<Void>(), Event<Void>())
    let server = try started([
      1: { _ in
        begun.set(())
        do {
          try await Task.sleep(for: .seconds(600))
        } catch {
          await Task.detached { for _ in 0..<1000 { await Task.yield() } }.value
          cleaned.set(())
        }
        return DRPCReply()
      }
    ])
    let peer = try RawPeer(connectingTo: server.path)
    try peer.send(unhex("080110011801"))
    #expect(begun.wait() != nil)
    await server.stop(grace: .milliseconds(10))
    #expect(try peer.receive() == nil)
    #expect(cleaned.wait(seconds: 60) != nil)
  }

  /// The second one does not return while the first still waits for a call.
  @Test func twoStopsReturnTogether() async throws {
    let (begun, open) = (Event<Void>(), Event<Void>())
    let server = try started([
      1: { _ in
        begun.set(())
        while open.all.isEmpty { await Task.yield() }
        return DRPCReply(body: [7])
      }
    ])
    let peer = try RawPeer(connectingTo: server.path)
    try peer.send(unhex("080110011801"))
    #expect(begun.wait() != nil)
    let path = server.path
    let first = Task { await server.stop(grace: .seconds(60)) }
    #expect(await eventually { !FileManager.default.fileExists(atPath: path) })
    let second = Task { () -> Bool in
      await server.stop(grace: .seconds(60))
      return !open.all.isEmpty
    }
    // Time to return too early.
    for _ in 0..<10_000 { await Task.yield() }
    open.set(())
    #expect(await second.value)
    await first.value
    #expect(try peer.receive() == unhex("08011a0107"))
    await server.stop()
  }

  /// A connection with much to read leaves room for the others.
  @Test func aFloodHoldsNobodyUp() async throws {
    let (begun, open) = (Event<Void>(), Event<Void>())
    let flood = 4 * ServerConnection.packetBatch
    let answered = Event<Int>()
    let peers = Event<RawPeer>()
    let server = try started([
      // On the server's thread.
      1: { _ in
        begun.set(())
        _ = open.wait(seconds: 60)
        return DRPCReply()
      },
      2: { _ in
        var count = 0
        while let peer = peers.all.first, try peer.receiveNow() != nil { count += 1 }
        answered.set(count)
        return DRPCReply()
      },
    ])
    let echo = try #require(try RecordedPacket.exchanges("raw").first)
    let (blocking, flooding, other) = (
      try RawPeer(connectingTo: server.path), try RawPeer(connectingTo: server.path),
      try RawPeer(connectingTo: server.path)
    )
    // All are accepted.
    for peer in [flooding, other] {
      try peer.send(echo.call)
      #expect(try peer.receive() != nil)
    }
    peers.set(flooding)
    try blocking.send(unhex("080110011801"))
    #expect(begun.wait() != nil)
    // A module that is not there: answered without a task.
    for _ in 0..<flood { try flooding.send(unhex("084d10011801")) }
    try other.send(unhex("080110021801"))
    open.set(())
    #expect(try other.receive() != nil)
    let count = try #require(answered.all.first)
    #expect(count > 0 && count < flood)
    for _ in count..<flood { #expect(try flooding.receive() != nil) }
    await server.stop()
  }

  /// Of servers that start together where a dead one has left its file, one serves and the others are told.
  @Test func theyStartTogether() async throws {
    for round in 0..<50 {
      let path = temporaryPath()
      try leaveStaleSocket(path)
      let servers = (0..<4).map { _ in DRPCServer(path: path) }
      for server in servers { try server.register(DRPCModule(id: 1, methods: [1: { _ in DRPCReply() }])) }
      let started = Event<Int>()
      DispatchQueue.concurrentPerform(iterations: servers.count) { number in
        do throws(DRPCServerError) {
          try servers[number].start()
          started.set(number)
        } catch {
          if error.kind != .inUse { Issue.record("round \(round): \(error)") }
        }
      }
      #expect(started.all.count == 1, "round \(round)")
      let client = try DRPCClient(path: path)
      #expect(try await client.call(module: 1, method: 1).status == .success, "round \(round)")
      await client.close()
      for server in servers { await server.stop() }
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  /// A bound that makes no sense lets nothing through, and nothing traps.
  @Test(arguments: ["raw", "chunked"]) func aBoundBelowNothing(_ framing: String) async throws {
    let server = try EchoServer.started(temporaryPath(), limits: .init(maxMessage: -1))
    let peer = try RawPeer(connectingTo: server.path)
    try peer.send(try #require(try RecordedPacket.exchanges(framing).first).call)
    #expect(try peer.receive() == nil)
    await server.stop()
  }

  /// A reply that may not, or cannot, be sent is told apart from none, and the connection stays.
  @Test(arguments: [
    (DRPCFraming.raw, 64 << 20, 212_955), (.raw, 1000, 1000), (.chunked, 1000, 1000),
    (.chunked, 1 << 20, 1 << 20),
  ])
  func repliesOverTheLimit(_ framing: DRPCFraming, _ limit: Int, _ size: Int) async throws {
    let server = try started(
      [
        1: {
          DRPCReply(body: [UInt8](repeating: 5, count: Int(String(decoding: $0.body, as: UTF8.self)) ?? 0))
        }
      ], limits: .init(maxMessage: limit))
    let client = try DRPCClient(path: server.path, framing: framing)
    for (count, status) in [(size, DRPCStatus.failedMarshal), (size - 200, .success), (size, .failedMarshal)]
    {
      let reply = try await client.call(module: 1, method: 1, body: Array("\(count)".utf8))
      #expect(reply.status == status && reply.body.count == (status == .success ? count : 0), "\(count)")
    }
    await client.close()
    await server.stop()
  }

  /// A client that takes none of its replies does not keep the server from stopping.
  @Test func aClientThatDoesNotRead() async throws {
    let begun = Event<Void>()
    let server = try started([
      1: { _ in
        begun.set(())
        return DRPCReply(body: [UInt8](repeating: 1, count: 200_000))
      }
    ])
    let peer = try RawPeer(connectingTo: server.path)
    for _ in 0..<3 { try peer.send(unhex("080110011801")) }
    #expect(await eventually { begun.all.count >= 2 })
    await server.stop(grace: .milliseconds(50))
    #expect(!FileManager.default.fileExists(atPath: server.path))
  }

  /// What somebody has put in the place of the socket is not the server's to remove.
  @Test func aReplacedFileStays() async throws {
    let path = temporaryPath()
    let first = DRPCServer(path: path)
    try first.start()
    try FileManager.default.removeItem(atPath: path)
    let second = try EchoServer.started(path)
    await first.stop()
    let client = try DRPCClient(path: path)
    #expect(try await client.call(module: 0, method: 1, body: [1]).body == [1])
    await client.close()
    await second.stop()
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test(arguments: ["", "/nonexistent/folder/a.sock", "/tmp/" + String(repeating: "a", count: 200)])
  func pathsThatCannotBe(_ path: String) {
    do throws(DRPCServerError) {
      try DRPCServer(path: path).start()
      Issue.record("it listens")
    } catch {
      #expect(error.kind == .system && !error.message.isEmpty, "\(error)")
    }
  }

  /// One that nobody holds any more is gone at once: its file, and what stands in the way of another one.
  @Test func forgotten() async throws {
    let path = temporaryPath()
    for _ in 0..<20 {
      do {
        let server = try EchoServer.started(path)
        let client = try DRPCClient(path: server.path)
        #expect(try await client.call(module: 0, method: 1, body: [1]).body == [1])
        await client.close()
      }
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  /// Somebody keeps the lock that servers take when they start: they start nevertheless.
  @Test func aLockThatIsKept() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let holder = unsafe open(folder.path, O_RDONLY)
    defer { close(holder) }
    #expect(flock(holder, LOCK_EX) == 0)
    let server = try EchoServer.started(folder.appending(path: "a.sock").path)
    await server.stop()
  }
}
