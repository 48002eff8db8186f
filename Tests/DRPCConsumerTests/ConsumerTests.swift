import DRPC
import Foundation
import Testing

/// The library as its users see it: no `@testable`, nothing but the public surface.
@Suite struct ConsumerTests {
  /// What docs/swift-drpc.md shows is the program of Tests/DRPCConsumer, which `make test` builds and runs.
  @Test func thePageShowsTheExample() throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let example = try String(
      contentsOf: tests.appending(path: "DRPCConsumer/Sources/EchoExample/EchoExample.swift"), encoding: .utf8
    )
    let page = try String(
      contentsOf: tests.deletingLastPathComponent().appending(path: "docs/swift-drpc.md"), encoding: .utf8)
    #expect(page.contains("// Sources/EchoExample/EchoExample.swift\n\(example)```"))
  }

  @Test func serveAndCall() async throws {
    let path = temporaryPath()
    let server = DRPCServer(path: path, mode: 0o600, limits: .init(maxConnections: 10))
    var module = DRPCModule(id: 5)
    module.register(method: 1) { request in DRPCReply(body: request.body.reversed()) }
    module.register(method: 2) { _ in throw DRPCStatus.failedUnmarshalPayload }
    module.register(method: 3) { _ in throw CancellationError() }
    module.register(method: 4) { _ in DRPCReply(status: .submitted) }
    module.register(method: 5) { _ in DRPCReply(status: DRPCStatus(rawValue: -7)) }
    try server.register(module)
    try server.start()

    let client = try DRPCClient(path: path, connections: 2)
    #expect(try await client.call(module: 5, method: 1, body: [1, 2]) == DRPCReply(body: [2, 1]))
    let statuses: [(Int32, Int32, DRPCStatus)] = [
      (5, 2, .failedUnmarshalPayload), (5, 3, .failure), (5, 4, .submitted), (5, 5, DRPCStatus(rawValue: -7)),
      (5, 6, .unknownMethod), (6, 1, .unknownModule),
    ]
    for (module, method, status) in statuses {
      #expect(try await client.call(module: module, method: method).status == status)
    }
    await server.stop()
    do {
      _ = try await client.call(module: 5, method: 1)
      Issue.record("an answer without a server")
    } catch {
      #expect(error.kind == .unavailable)
      #expect(!error.wasSent)
    }
    await client.close()
  }

  /// Stopping lets the call at work end, and cancels it when the grace is over.
  @Test func stoppingIsGraceful() async throws {
    let path = temporaryPath()
    let (begun, began) = AsyncStream<Void>.makeStream()
    let server = DRPCServer(path: path)
    try server.register(
      DRPCModule(
        id: 1,
        methods: [
          1: { _ in
            began.yield()
            try await Task.sleep(for: .milliseconds(100))
            return DRPCReply(body: [1])
          }
        ]))
    try server.start()
    let client = try DRPCClient(path: path)
    async let reply = client.call(module: 1, method: 1)
    var beginnings = begun.makeAsyncIterator()
    _ = await beginnings.next()
    await server.stop()
    #expect(try await reply.body == [1])

    let second = DRPCServer(path: path)
    try second.register(
      DRPCModule(
        id: 1,
        methods: [
          2: { _ in
            began.yield()
            try await Task.sleep(for: .seconds(3600))
            return DRPCReply()
          }
        ]))
    try second.start()
    let never = Task { try await client.call(module: 1, method: 2) }
    _ = await beginnings.next()
    await second.stop(grace: .milliseconds(50))
    await #expect(throws: DRPCError.self) { try await never.value }
    await client.close()
  }

  @Test func deadlines() async throws {
    let path = temporaryPath()
    let server = DRPCServer(path: path)
    try server.register(
      DRPCModule(
        id: 1,
        methods: [
          1: { _ in
            try await Task.sleep(for: .seconds(3600))
            return DRPCReply()
          }
        ]))
    try server.start()
    let client = try DRPCClient(path: path)
    do {
      _ = try await client.call(module: 1, method: 1, timeout: .milliseconds(50))
      Issue.record("an answer in spite of the deadline")
    } catch {
      #expect(error.kind == .timeout)
      #expect(error.wasSent)
    }
    await client.close()
    await server.stop(grace: .zero)
  }
}

private func temporaryPath() -> String {
  FileManager.default.temporaryDirectory.appending(path: "drpc-\(UUID().uuidString.prefix(13)).sock").path
}
