import EventLoop
import Foundation
import GatewayCore
import TestSupport
import Testing

/// Several loops: who gets a connection, and what a stop does to all of them.
@Suite(.serialized) struct LoopTests {
  private static let whichLoop = "GET /loop HTTP/1.1\r\nHost: a\r\n\r\n"

  private static func loop(of client: RawClient) -> Int? {
    client.send(whichLoop)
    return client.receiveResponse().flatMap { Int($0.body) }
  }

  @Test func aConnectionGoesToTheLoopWithTheFewest() async throws {
    let server = try TestServer(loops: 4)
    var clients: [Int: [RawClient]] = [:]
    for _ in 0..<40 {
      let client = try RawClient(port: server.port)
      clients[try #require(Self.loop(of: client)), default: []].append(client)
    }
    #expect(clients.mapValues(\.count) == [0: 10, 1: 10, 2: 10, 3: 10])
    // Who leaves makes room.
    for client in clients[2] ?? [] { client.abort() }
    try #require(await eventually { server.connectionCount == 30 })
    var kept: [RawClient] = []
    for _ in 0..<10 {
      let client = try RawClient(port: server.port)
      #expect(Self.loop(of: client) == 2)
      kept.append(client)
    }
    await server.stop()
  }

  /// Whatever a handler was given is answered, and the answer arrives.
  @Test(arguments: 0..<5)
  func drainingUnderLoadLosesNoRequest(_ round: Int) async throws {
    let server = try TestServer(loops: 3)
    let port = server.port
    let answered = Event<Bool>()
    let busy = 24
    let group = DispatchGroup()
    for number in 0..<busy {
      group.enter()
      Thread.detachNewThread {
        // Some keep their connection, some make one for each request.
        var turn = 0
        while let client = try? RawClient(port: port) {
          repeat {
            client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
            guard let answer = client.receiveResponse() else { break }
            answered.set(answer.status == 200 && answer.body == "abc")
            turn += 1
            if answer.headers["connection"]?.lowercased() == "close" { break }
          } while number % 3 != 0
        }
        group.leave()
      }
    }
    #expect(await eventually { answered.all.count >= busy * (10 + round) })
    await server.stop(patience: 20_000_000_000)
    #expect(await Self.allDone(group))
    let statuses = server.finishedExchanges.all.map(\.status)
    #expect(statuses.allSatisfy { $0 == 200 }, "\(Set(statuses))")
    #expect(answered.all.allSatisfy { $0 })
    #expect(answered.all.count == statuses.count)
    #expect(server.connectionCount == 0)
  }

  private static func allDone(_ group: DispatchGroup) async -> Bool {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: group.wait(timeout: .now() + 60) == .success) }
    }
  }
}
