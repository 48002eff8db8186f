import DRPC
import Testing

/// The public client against the public server.
@Suite struct ClientTests {
  @Test(arguments: DRPCFraming.allCases, [0, 1, 131_048, 200_000])
  func echo(framing: DRPCFraming, size: Int) async throws {
    let server = try EchoServer.started(temporaryPath())
    let client = try DRPCClient(path: server.path, framing: framing)
    let body = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
    if framing == .raw, size > 131_072 {
      await #expect(throws: DRPCError.self) { try await client.call(module: 0, method: 1, body: body) }
    } else {
      for _ in 0..<3 {
        #expect(try await client.call(module: 0, method: 1, body: body) == DRPCReply(body: body))
      }
    }
    await client.close()
    await server.stop()
  }

  @Test func statusesPass() async throws {
    let server = try EchoServer.started(temporaryPath())
    let client = try DRPCClient(path: server.path)
    for number: Int32 in [0, 1, 2, 3, 4, 5, 6, 7, 8, 99] {
      let reply = try await client.call(module: 0, method: 2, body: Array("\(number)".utf8))
      #expect(reply == DRPCReply(status: DRPCStatus(rawValue: number)))
    }
    #expect(try await client.call(module: 77, method: 1).status == .unknownModule)
    #expect(try await client.call(module: 2, method: 201).status == .unknownMethod)
    await client.close()
    await #expect(throws: DRPCError.self) { try await client.call(module: 0, method: 1) }
    await server.stop()
  }

  /// One that nobody holds any more closes each of its connections, once; a second time may be somebody else's descriptor, and
  /// ends a debug build.
  @Test func forgotten() async throws {
    let server = try EchoServer.started(temporaryPath())
    for _ in 0..<20 {
      let client = try DRPCClient(path: server.path, connections: 4)
      try await withThrowingTaskGroup(of: DRPCReply.self) { group in
        for number in 0..<16 {
          group.addTask { try await client.call(module: 0, method: 1, body: [UInt8(number)]) }
        }
        for try await reply in group { #expect(reply.status == .success) }
      }
    }
    await server.stop()
  }
}
