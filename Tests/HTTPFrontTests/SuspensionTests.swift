import EventLoop
import Foundation
import GatewayCore
import TestSupport
import Testing

/// The library is left to ask for an answer for some turns of the loop, and suspended after them: a client sees no
/// difference, whenever the answer comes.
@Suite(.serialized) struct SuspensionTests {
  /// At once, while the library asks, on its last look, and once it is suspended.
  static let turns = [0, 1, 2, 3, 8, 30, 31, 32, 33, 34, 80]

  static func request(_ turns: Int, _ body: String) -> String {
    "POST /turns/\(turns) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  static let wait = "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"

  /// One after the other, so that each begins with what the one before has left; and all behind each other at once.
  @Test func anAnswerComesAfterAnyNumberOfTurns() async throws {
    let server = try TestServer()
    let client = try RawClient(port: server.port)
    for first in Self.turns {
      for second in Self.turns {
        for (turns, body) in [(first, "first \(first)"), (second, "second \(second)")] {
          client.send(Self.request(turns, body))
          #expect(client.receiveResponse()?.body == body)
        }
      }
    }
    client.send(
      Self.turns.map { Self.request($0, "<\($0)>") }.joined()
        + "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    let answers = client.receiveAll()
    #expect(answers.components(separatedBy: "HTTP/1.1 200 OK").count == Self.turns.count + 2)
    let bodies = answers.matches(of: /<\d+>/).map { String($0.output) }
    #expect(bodies == Self.turns.map { "<\($0)>" })
    await server.stop()
    #expect(server.finishedExchanges.all.count == Self.turns.count * (2 * Self.turns.count + 1) + 1)
  }

  @Test func manyConnectionsWaitForDifferentNumbersOfTurns() async throws {
    let server = try TestServer(loops: 2)
    let clients = try (0..<40).map { _ in try RawClient(port: server.port) }
    for round in 0..<20 {
      for (number, client) in clients.enumerated() {
        client.send(Self.request(Self.turns[(number + round) % Self.turns.count], "\(round) \(number)"))
      }
      for (number, client) in clients.enumerated() {
        #expect(client.receiveResponse()?.body == "\(round) \(number)")
      }
    }
    await server.stop()
    #expect(server.finishedExchanges.all.count == 800)
  }

  /// A request that waits is there while another connection keeps the loop busy for long, and afterwards.
  @Test func aWaitingRequestOutlastsABusyNeighbour() async throws {
    let server = try TestServer()
    let waiting = try RawClient(port: server.port)
    let busy = try RawClient(port: server.port)
    for round in 1...20 {
      waiting.send(Self.wait)
      #expect(await eventually { server.waiting.all.count == round })
      for turns in Self.turns {
        busy.send(Self.request(turns, "busy"))
        #expect(busy.receiveResponse()?.body == "busy")
      }
      server.release()
      #expect(waiting.receiveResponse()?.body == "{\"waited\":true}")
    }
    await server.stop()
  }

  /// A client that leaves is forgotten whether the library is asking, has just been suspended, or is long since; its
  /// request is counted once.
  @Test(arguments: turns)
  func aClientLeavesAfterAnyNumberOfTurns(_ turns: Int) async throws {
    let server = try TestServer()
    for number in 1...20 {
      let client = try RawClient(port: server.port)
      client.send(Self.wait)
      #expect(await eventually { server.waiting.all.count == number })
      let other = try RawClient(port: server.port)
      other.send(Self.request(turns, "x"))
      if number % 2 == 0 { #expect(other.receiveResponse()?.status == 200) }
      client.abort()
      if number % 2 == 1 { #expect(other.receiveResponse()?.status == 200) }
      other.abort()
      #expect(await eventually { server.connectionCount == 0 })
      server.release()
    }
    await server.stop()
    let statuses = server.finishedExchanges.all.filter { $0.target == "/wait" }.map(\.status)
    #expect(statuses == Array(repeating: 499, count: 20))
  }

  /// The client goes between the turn in which the library sends its answer and the one in which the library says so,
  /// and is seen to go, because the loop was so slow that its going is watched for.
  @Test func whoLeavesWithTheAnswerHasHadIt() async throws {
    let server = try TestServer()
    let others = try [RawClient(port: server.port), RawClient(port: server.port)]
    for round in 1...5 {
      let client = try RawClient(port: server.port)
      for each in others + [client] {
        each.send(Self.request(0, "x"))
        #expect(each.receiveResponse()?.status == 200)
      }
      client.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(await eventually { server.waiting.all.count == 3 * round - 2 })
      // Taken in the turn after that, in which the library gets the answer; and in the next one, which sends it.
      for (number, other) in others.enumerated() {
        other.send("GET /block HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(await eventually { server.waiting.all.count == 3 * round - 1 + number })
      }
      #expect(client.receiveResponse()?.status == 200)
      client.abort()
      for other in others { #expect(other.receiveResponse()?.status == 200) }
    }
    await server.stop()
    #expect(server.finishedExchanges.all.map(\.status) == Array(repeating: 200, count: 5 * 6))
  }

  /// The library wants its next turn at once as long as it may ask; the loop sleeps all the same.
  @Test func aRequestThatWaitsCostsNothing() async throws {
    let server = try TestServer()
    let clients = try (0..<8).map { _ in try RawClient(port: server.port) }
    for client in clients { client.send(Self.wait) }
    #expect(await eventually { server.waiting.all.count == clients.count })
    let before = clock()
    // What is measured is this time itself: a loop that turns all the while uses nearly all of it.
    try await Task.sleep(for: .milliseconds(500))
    #expect(clock() - before < CLOCKS_PER_SEC / 4)
    server.release()
    for client in clients { #expect(client.receiveResponse()?.status == 200) }
    await server.stop()
  }
}
