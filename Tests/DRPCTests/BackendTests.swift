import EventLoop
import Foundation
import Glibc
import RPCCore
import TestSupport
import Testing

@testable import DRPC

/// The backend's pool: connections, queue, deadlines, cancellation, and what failures say.
@Suite struct BackendTests {
  /// More calls than connections, from two loops: each gets its own reply.
  @Test(arguments: [1, 2, 3])
  func manyCallsOverEightConnections(loops: Int) async throws {
    let server = try EchoServer.started(temporaryPath())
    let harness = try BackendHarness(DRPCSettings(sockets: [server.path], connections: 8), loops: loops)
    for round in 0..<20 {
      let calls = (0..<64).map { number in
        harness.start(BackendHarness.echo, [UInt8(number), UInt8(round)], on: number % loops)
      }
      for (number, call) in calls.enumerated() {
        let (status, reply) = await call.value
        #expect(reply == [UInt8(number), UInt8(round)], "\(status)")
      }
    }
    await harness.stop()
    await server.stop()
  }

  /// A loop without a share of the connections hands its calls to one that has.
  @Test func aLoopWithoutConnections() async throws {
    let server = try EchoServer.started(temporaryPath())
    let harness = try BackendHarness(DRPCSettings(sockets: [server.path], connections: 1), loops: 3)
    for loop in [2, 1, 0, 2] {
      let (_, reply) = await harness.call(BackendHarness.echo, [UInt8(loop)], on: loop)
      #expect(reply == [UInt8(loop)])
    }
    await harness.stop()
    await server.stop()
  }

  @Test func aFullQueueRefuses() async throws {
    let listener = try RawListener()
    let settings = DRPCSettings(sockets: [listener.path], framing: .chunked, connections: 1, queue: 2)
    let harness = try BackendHarness(settings)
    let first = harness.start(BackendHarness.echo, [1])
    let peer = try listener.accept()
    let call = try #require(try peer.receive())
    let queued = [harness.start(BackendHarness.echo, [2]), harness.start(BackendHarness.echo, [3])]
    // Those two are queued once a third has been refused.
    var refusal = RPCStatus.ok
    var extra: [[UInt8]?] = []
    while refusal.failure != .overloaded {
      let (status, reply) = await harness.call(BackendHarness.echo, [4], seconds: 0.2)
      refusal = status
      extra.append(reply)
      try #require(extra.count < 50)
    }
    #expect(!refusal.sent)
    #expect(refusal.code == .resourceExhausted)
    // When the first is answered the queue moves on, in order.
    try peer.send(echoReply(to: call))
    for expected: UInt8 in [2, 3] {
      let next = try #require(try peer.receive())
      #expect(next.last == expected)
      try peer.send(echoReply(to: next))
    }
    #expect(await first.value.body == [1])
    for (position, task) in queued.enumerated() { #expect(await task.value.body == [UInt8(position + 2)]) }
    await harness.stop()
  }

  @Test func deadlinesHoldInTheQueueToo() async throws {
    let listener = try RawListener()
    let settings = DRPCSettings(sockets: [listener.path], framing: .chunked, connections: 1)
    let harness = try BackendHarness(settings)
    let first = harness.start(BackendHarness.echo, [1], seconds: 20)
    let peer = try listener.accept()
    let call = try #require(try peer.receive())
    let (queued, _) = await harness.call(BackendHarness.echo, [2], seconds: 0.1)
    #expect(queued.failure == .deadline && !queued.sent)
    let (passed, _) = await harness.call(BackendHarness.echo, [2], seconds: 0)
    #expect(passed.failure == .deadline && !passed.sent)
    try peer.send(echoReply(to: call))
    #expect(await first.value.body == [1])
    // In flight the deadline closes the connection, and says what that means.
    let (status, _) = await harness.call(BackendHarness.echo, [3], seconds: 0.1)
    #expect(status.failure == .deadline && status.sent)
    #expect(status.message.contains("finishes the work"))
    #expect(try peer.receive()?.last == 3)
    #expect(try peer.receive() == nil)
    await harness.stop()
  }

  @Test func cancellationEndsReadsOnly() async throws {
    let listener = try RawListener()
    let settings = DRPCSettings(sockets: [listener.path], framing: .chunked, connections: 1)
    let harness = try BackendHarness(settings)
    let read = harness.start(BackendHarness.echo, [1], abandonable: true)
    var peer = try listener.accept()
    _ = try peer.receive()
    read.cancel()
    let status = await read.value.status
    #expect(status.failure == .cancelled && status.sent)
    #expect(try peer.receive() == nil)
    let write = harness.start(BackendHarness.echo, [2])
    peer = try listener.accept()
    let call = try #require(try peer.receive())
    write.cancel()
    // Queued behind it, and given up there.
    let waiting = harness.start(BackendHarness.echo, [3], abandonable: true)
    waiting.cancel()
    let never = await waiting.value.status
    #expect(never.failure == .cancelled && !never.sent)
    try peer.send(echoReply(to: call))
    #expect(await write.value.body == [2])
    await harness.stop()
  }

  /// A server that comes back is found at once, by the first call.
  @Test func theServerRestarts() async throws {
    let path = temporaryPath()
    let harness = try BackendHarness(DRPCSettings(sockets: [path], connections: 4))
    for round in 0..<10 {
      let (down, _) = await harness.call()
      #expect(down.failure == .absent && !down.sent)
      #expect(harness.backend.readiness != .ready)
      let server = try EchoServer.started(path)
      #expect(harness.backend.readiness == .ready)
      let calls = (0..<8).map { harness.start(BackendHarness.echo, [UInt8($0)]) }
      for (number, call) in calls.enumerated() {
        let (status, reply) = await call.value
        #expect(reply == [UInt8(number)], "round \(round): \(status)")
      }
      await server.stop()
    }
    await harness.stop()
  }

  @Test func descriptorsStayFlat() async throws {
    let server = try EchoServer.started(temporaryPath())
    let harness = try BackendHarness(DRPCSettings(sockets: [server.path], connections: 4))
    for _ in 0..<8 { _ = await harness.call() }
    let before = openSockets(server.path)
    for round in 0..<200 {
      let abandoned = harness.start(BackendHarness.echo, [1], abandonable: true)
      if round % 2 == 0 { abandoned.cancel() }
      _ = await abandoned.value
      _ = await harness.call(BackendHarness.echo, [2])
    }
    #expect(openSockets(server.path) <= max(before, 4 * 2 + 1))
    await harness.stop()
    await server.stop()
    #expect(openSockets(server.path) == 0)
  }

  @Test func requestsOverTheLimitAreNotSent() async throws {
    let server = try EchoServer.started(temporaryPath())
    for (framing, limit) in [(DRPCFraming.raw, 131_072), (.chunked, 1000)] {
      let settings = DRPCSettings(
        sockets: [server.path], framing: framing, maxRequest: framing == .raw ? nil : limit)
      let harness = try BackendHarness(settings)
      for size in [limit - 40, limit, limit - 40] {
        let body = [UInt8](repeating: 5, count: size)
        let (status, reply) = await harness.call(BackendHarness.echo, body)
        if size == limit {
          #expect(status.failure == .requestTooLarge && !status.sent)
        } else {
          #expect(reply == body, "\(status)")
        }
      }
      await harness.stop()
    }
    await server.stop()
  }

  /// A limit that this kernel cannot keep.
  @Test func theKernelsLimitIsToldApart() async throws {
    let server = try EchoServer.started(temporaryPath())
    let harness = try BackendHarness(
      DRPCSettings(sockets: [server.path], framing: .raw, maxRequest: 1 << 30))
    let (status, _) = await harness.call(BackendHarness.echo, [UInt8](repeating: 5, count: 1 << 23))
    #expect(status.failure == .requestTooLarge && !status.sent)
    #expect(await harness.call(BackendHarness.echo, [1]).body == [1])
    await harness.stop()
    await server.stop()
  }

  @Test func theFirstSocketThatAcceptsIsTaken() async throws {
    let directory = FileManager.default.temporaryDirectory.appending(
      path: "drpc-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: directory) }
    let pattern = directory.appending(path: "daos_engine_*.sock").path
    let harness = try BackendHarness(DRPCSettings(sockets: [pattern]))
    let (none, _) = await harness.call()
    #expect(none.failure == .absent && none.message.contains(pattern))
    try leaveStaleSocket(directory.appending(path: "daos_engine_10.sock").path)
    let (stale, _) = await harness.call()
    #expect(stale.failure == .absent && stale.message.contains("nobody listens"))
    let server = try EchoServer.started(directory.appending(path: "daos_engine_20.sock").path)
    #expect(await harness.call(BackendHarness.echo, [1]).body == [1])
    await harness.stop()
    await server.stop()
  }

  /// A new engine has a new process id, and its socket a new name; the old file stays behind.
  @Test func aRestartedEngineIsFoundByItsPattern() async throws {
    let directory = FileManager.default.temporaryDirectory.appending(
      path: "drpc-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: directory) }
    let pattern = directory.appending(path: "daos_engine_*.sock").path
    let harness = try BackendHarness(DRPCSettings(sockets: [pattern], connections: 2))
    for processID in [300, 200, 400] {
      let path = directory.appending(path: "daos_engine_\(processID).sock").path
      let server = try EchoServer.started(path)
      for number: UInt8 in 0..<4 {
        let (status, reply) = await harness.call(BackendHarness.echo, [number])
        #expect(reply == [number], "\(processID): \(status)")
      }
      await server.stop()
      try leaveStaleSocket(path)
    }
    await harness.stop()
  }

  /// While nobody listens, calls end with the reason, not with an overload, and the first one after the return is
  /// served.
  @Test func callsWaitForTheNextAttempt() async throws {
    let path = temporaryPath()
    let harness = try BackendHarness(DRPCSettings(sockets: [path], connections: 2, queue: 8))
    for round in 0..<20 {
      let calls = (0..<32).map { _ in harness.start() }
      for call in calls {
        let status = await call.value.status
        #expect(status.failure == .absent && !status.sent, "round \(round): \(status)")
      }
    }
    let server = try EchoServer.started(path)
    let (status, reply) = await harness.call(BackendHarness.echo, [1])
    #expect(reply == [1], "\(status)")
    await server.stop()
    await harness.stop()
  }

  /// A pause between attempts ends with the deadline of the call, and with the pool.
  @Test func aPauseDelaysNobodyFurther() async throws {
    let harness = try BackendHarness(DRPCSettings(sockets: [temporaryPath()]))
    for _ in 0..<10 { _ = await harness.call() }
    let start = ContinuousClock.now
    let (status, _) = await harness.call(seconds: 0.001)
    #expect(!status.sent && (status.failure == .absent || status.failure == .deadline))
    _ = await harness.call()
    await harness.stop()
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test func theFirstOfSeveralPlacesThatAnswersIsTaken() async throws {
    let (first, second) = (temporaryPath(), temporaryPath())
    let harness = try BackendHarness(DRPCSettings(sockets: [first, second]))
    #expect(await harness.call().status.message.contains(first))
    let server = try EchoServer.started(second)
    #expect(await harness.call(BackendHarness.echo, [1]).body == [1])
    #expect(harness.backend.readiness == .ready)
    await harness.stop()
    await server.stop()
  }

  @Test func targetsNameSockets() async throws {
    let (first, second) = (temporaryPath(), temporaryPath())
    let server = try EchoServer.started(second)
    let harness = try BackendHarness(
      DRPCSettings(servers: [.init(name: "0", patterns: [first]), .init(name: "1", patterns: [second])]))
    let (unnamed, _) = await harness.call()
    #expect(unnamed.failure == .absent && unnamed.message.contains("0, 1"), "\(unnamed)")
    #expect(await harness.call(target: .named("0")).status.failure == .absent)
    #expect(await harness.call(BackendHarness.echo, [1], target: .named("1")).body == [1])
    let (other, _) = await harness.call(target: .named("other"))
    #expect(other.failure == .absent && other.message.contains("no socket 'other'"), "\(other)")
    #expect(harness.backend.readiness == .ready)
    await server.stop()
    // The loop sees the end of its open connection a moment later.
    let end = ContinuousClock.now + .seconds(20)
    while harness.backend.readiness == .ready, .now < end { await Task.yield() }
    guard case .down(let reasons) = harness.backend.readiness else {
      Issue.record("ready without a server")
      return
    }
    #expect(reasons.count == 2)
    await harness.stop()
  }

  @Test func otherKindsOfFilesAreToldApart() async throws {
    let path = temporaryPath()
    let stream = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(stream) }
    try PacketSocket.bind(stream, to: path)
    try PacketSocket.listen(stream, backlog: 1)
    for (socket, text) in [
      (path, "SOCK_SEQPACKET"), ("/nowhere/x.sock", "no such socket"), ("", "Invalid"),
      (String(repeating: "x", count: 108), "name too long"),
    ] {
      let harness = try BackendHarness(DRPCSettings(sockets: [socket]))
      let status = await harness.call().status
      #expect(status.failure == .absent && !status.sent)
      #expect(status.message.contains(text), "\(status.message)")
      await harness.stop()
    }
    try FileManager.default.removeItem(atPath: path)
  }

  @Test func unknownMethodsAndShutDown() async throws {
    let server = try EchoServer.started(temporaryPath())
    let harness = try BackendHarness(DRPCSettings(sockets: [server.path]))
    #expect(await harness.call(BackendHarness.missing).status.code == .unimplemented)
    await harness.backend.shutDown(by: .never)
    let status = await harness.call().status
    #expect(status.failure == .absent && !status.sent)
    await harness.stop()
    await server.stop()
  }

  /// Descriptors of this process that are bound to `path`: the listener and the connections accepted from it.
  private func openSockets(_ path: String) -> Int {
    let table = (try? String(contentsOfFile: "/proc/net/unix", encoding: .utf8)) ?? ""
    return table.split(separator: "\n").count { $0.hasSuffix(path) }
  }

  /// A reply in many small pieces leaves room for other connections of the loop.
  @Test func aReplyInPiecesHoldsNobodyUp() async throws {
    let listener = try RawListener()
    let harness = try BackendHarness(
      DRPCSettings(sockets: [listener.path], framing: .chunked, connections: 2))
    let order = Event<UInt8>()
    func call(_ number: UInt8) -> Task<Void, Never> {
      let deadline = Deadline(.current().advanced(nanoseconds: 60_000_000_000))
      let call = RPCCall(method: BackendHarness.echo, body: [number], deadline: deadline)
      return Task(executorPreference: harness.loops[0]) { [backend = harness.backend] in
        let reply = UnaryReply()
        #expect(await backend.call(call, sink: reply).code == .ok)
        order.set(number)
      }
    }
    var calls = [call(1)]
    let first = try listener.accept()
    _ = try first.receive()
    calls.append(call(2))
    let second = try listener.accept()
    let request = try #require(try second.receive())
    let open = harness.hold()
    // Response { sequence: 1, body: … } in pieces of one byte.
    let pieces = 3 * ClientConnection.packetBatch
    let message =
      [0x08, 0x01, 0x1a, UInt8(pieces - 5) | 0x80, UInt8((pieces - 5) >> 7)]
      + [UInt8](repeating: 9, count: pieces - 5)
    for (index, byte) in message.enumerated() {
      let header = ChunkHeader(
        totalDataSize: UInt64(pieces), chunkDataSize: 1, index: UInt32(index), totalChunks: UInt32(pieces))
      var packet: [UInt8] = []
      header.append(to: &packet)
      try first.send(packet + [byte])
    }
    try second.send(echoReply(to: request))
    open.set(())
    for call in calls { await call.value }
    #expect(order.all == [2, 1])
    await harness.stop()
  }

  /// A call whose time has passed while the loop was held up is not sent any more, although there is a connection now.
  @Test func aLateCallIsNotSent() async throws {
    let listener = try RawListener()
    let harness = try BackendHarness(
      DRPCSettings(sockets: [listener.path], framing: .chunked, connections: 1))
    let first = harness.start(BackendHarness.echo, [1], seconds: 60)
    let peer = try listener.accept()
    let request = try #require(try peer.receive())
    let end = MonotonicInstant.current().advanced(nanoseconds: 200_000_000)
    let queued = harness.start(BackendHarness.echo, [2], seconds: 0.2)
    let open = harness.hold()
    try peer.send(echoReply(to: request))
    while MonotonicInstant.current() < end.advanced(nanoseconds: 50_000_000) {}
    open.set(())
    #expect(await first.value.body == [1])
    let (status, _) = await queued.value
    #expect(status.failure == .deadline && !status.sent, "\(status)")
    // The connection is as good as before, and the next call is the next thing on it.
    let next = harness.start(BackendHarness.echo, [3])
    let packet = try #require(try peer.receive())
    #expect(packet.last == 3)
    try peer.send(echoReply(to: packet))
    #expect(await next.value.body == [3])
    await harness.stop()
  }

  /// A small bound on replies is none on requests.
  @Test func boundsAreApart() {
    let settings = DRPCSettings(sockets: ["a"], maxReply: 1000)
    #expect(settings.requestLimit(.chunked) == 64 * 1024 * 1024)
    #expect(settings.requestLimit(.raw) == 131_072)
  }

  /// What has not ended when the time is over ends then: calls that a server has, and calls that wait.
  @Test func aShutDownHasAnEnd() async throws {
    let listener = try RawListener()
    let harness = try BackendHarness(
      DRPCSettings(sockets: [listener.path], framing: .chunked, connections: 1))
    let first = harness.start(BackendHarness.echo, [1], seconds: 600)
    let peer = try listener.accept()
    _ = try peer.receive()
    let queued = harness.start(BackendHarness.echo, [2], seconds: 600)
    await harness.backend.shutDown(by: Deadline(.current().advanced(nanoseconds: 50_000_000)))
    let (sent, _) = await first.value
    #expect(sent.failure == .closed && sent.sent, "\(sent)")
    let (waiting, _) = await queued.value
    #expect(waiting.failure == .absent && !waiting.sent, "\(waiting)")
    #expect(try peer.receive() == nil)
    await harness.stop()
  }

  /// The same for the call for which a connection was made: the answer to the probe comes too late.
  @Test func aCallBehindALateProbeIsNotSent() async throws {
    let listener = try RawListener()
    let harness = try BackendHarness(DRPCSettings(sockets: [listener.path], framing: .auto, connections: 1))
    let end = MonotonicInstant.current().advanced(nanoseconds: 200_000_000)
    let late = harness.start(BackendHarness.echo, [1], seconds: 0.2)
    let peer = try listener.accept()
    let probe = try #require(try peer.receive())
    let open = harness.hold()
    try peer.send(echoReply(to: probe))
    while MonotonicInstant.current() < end.advanced(nanoseconds: 50_000_000) {}
    open.set(())
    let (status, _) = await late.value
    #expect(status.failure == .deadline && !status.sent, "\(status)")
    let next = harness.start(BackendHarness.echo, [2])
    let packet = try #require(try peer.receive())
    #expect(packet.last == 2)
    try peer.send(echoReply(to: packet))
    #expect(await next.value.body == [2])
    await harness.stop()
  }
}
