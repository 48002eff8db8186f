import EventLoop
import Foundation
import GatewayCore
import HTTPFront
import TestSupport
import Testing

/// Real sockets, exact bytes.
@Suite struct LiveServerTests {
  static let head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

  @Test func keepsAConnectionAndReusesItsExchange() async throws {
    let server = try TestServer()
    let client = try RawClient(port: server.port)
    for body in ["first", "", "a third one that is longer"] {
      client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
      let response = try #require(client.receiveResponse())
      #expect(response.status == 200)
      #expect(response.body == body)
      #expect(response.headers["content-type"] == "application/json")
    }
    await server.stop()
  }

  @Test func takesAHeadByteByByteAndAChunkedBody() async throws {
    let server = try TestServer()
    let client = try RawClient(port: server.port)
    let request =
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    for byte in request.utf8 { client.send([byte]) }
    let response = try #require(client.receiveResponse())
    #expect(response.body == "abcde")
    await server.stop()
  }

  @Test func answersEveryRequestOfManyConnectionsOverSeveralLoops() async throws {
    let server = try TestServer(loops: 2)
    let port = server.port
    let total = await withTaskGroup(of: Int.self) { group in
      for number in 0..<16 {
        group.addTask {
          guard let client = try? RawClient(port: port) else { return 0 }
          var good = 0
          for turn in 0..<20 {
            let body = "\(number)-\(turn)"
            client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\r\n\(body)")
            if client.receiveResponse()?.body == body { good += 1 }
          }
          return good
        }
      }
      return await group.reduce(0, +)
    }
    #expect(total == 16 * 20)
    await server.stop()
  }

  /// Each of `smuggling`, shapes on which two parsers may disagree, is refused and the connection closed.
  @Test(arguments: smuggling)
  func refusesAndCloses(_ name: String, _ request: String, _ status: Int) async throws {
    let server = try TestServer()
    let client = try RawClient(port: server.port)
    client.send(request)
    let answer = client.receiveAll()
    #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(name): \(answer)")
    #expect(answer.contains("application/problem+json"), "\(name): \(answer)")
    #expect(!answer.contains("HTTP/1.1 200"), "\(name): \(answer)")
    await server.stop()
  }

  static let smuggling: [(String, String, Int)] = [
    (
      "two Content-Lengths",
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400
    ),
    (
      "equal Content-Lengths",
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400
    ),
    (
      "TE and CL",
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400
    ),
    (
      "CL and TE",
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
      400
    ),
    (
      "unknown TE", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501
    ),
    (
      "two TE",
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      501
    ),
    ("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    ("bare LF", "GET / HTTP/1.1\nHost: a\n\n", 400),
    ("folded line", "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", 400),
    ("blank before colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
    ("NUL", "GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n", 400),
    ("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    ("CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 405),
    ("TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405),
    ("Expect", "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 1\r\n\r\nx", 417),
  ]

  @Test func missingHostIsRefusedInHTTP11Only() async throws {
    let server = try TestServer()
    let client = try RawClient(port: server.port)
    client.send("GET / HTTP/1.0\r\n\r\n")
    #expect(client.receiveAll().contains(" 200 "))
    let other = try RawClient(port: server.port)
    other.send("GET / HTTP/1.1\r\n\r\n")
    #expect(other.receiveAll().contains(" 400 "))
    await server.stop()
  }

  @Test func aRefusalWithoutABodyKeepsTheConnection() async throws {
    let server = try TestServer()
    let client = try RawClient(port: server.port)
    client.send("GET /head-refusal HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(client.receiveResponse()?.status == 415)
    client.send(Self.head)
    #expect(client.receiveResponse()?.status == 200)
    await server.stop()
  }

  @Test func aRefusalFromTheHeadAsksForNoBody() async throws {
    let server = try TestServer()
    let client = try RawClient(port: server.port)
    client.send("POST /head-refusal HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n")
    let answer = client.receiveAll()
    #expect(answer.hasPrefix("HTTP/1.1 415"), "\(answer)")
    await server.stop()
  }

  @Test func bodiesOverTheLimit() async throws {
    var limits = LimitsConfiguration()
    limits.bodyBytes = 1000
    limits.swallowBytes = 5000
    let server = try TestServer(limits: limits)
    let known = try RawClient(port: server.port)
    known.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n")
    #expect(known.receiveAll().hasPrefix("HTTP/1.1 413"))
    let exact = try RawClient(port: server.port)
    exact.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + String(repeating: "x", count: 1000))
    #expect(exact.receiveResponse()?.status == 200)
    let chunk = "3e8\r\n" + String(repeating: "x", count: 1000) + "\r\n"
    let chunked = try RawClient(port: server.port)
    chunked.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk + "0\r\n\r\n")
    #expect(chunked.receiveAll().hasPrefix("HTTP/1.1 413"))
    let endless = try RawClient(port: server.port)
    endless.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in 0..<10 { endless.send(chunk) }
    #expect(endless.receiveAll().isEmpty, "dropped without an answer beyond the bound")
    await server.stop()
  }

  @Test func headAndTargetLimitsOnALaterRequest() async throws {
    var limits = LimitsConfiguration()
    limits.headBytes = 1024
    limits.targetBytes = 256
    let server = try TestServer(limits: limits)
    let client = try RawClient(port: server.port)
    client.send(Self.head)
    #expect(client.receiveResponse()?.status == 200)
    client.send("GET /\(String(repeating: "a", count: 300)) HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(client.receiveResponse()?.status == 414)
    let other = try RawClient(port: server.port)
    other.send(Self.head)
    #expect(other.receiveResponse()?.status == 200)
    other.send("GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 1100))\r\n\r\n")
    #expect(other.receiveResponse()?.status == 431)
    await server.stop()
  }

  @Test func aClientThatLeavesMidCallIsSeen() async throws {
    let server = try TestServer()
    let client = try RawClient(port: server.port)
    client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
    _ = try #require(server.waiting.wait())
    let start = MonotonicInstant.current()
    client.abort()
    let seen = try #require(server.finishedExchanges.wait { $0.target == "/wait" })
    let elapsed = MonotonicInstant.current().nanoseconds(after: start)
    #expect(seen.status == 499)
    #expect(elapsed < 1_000_000_000, "seen after \(elapsed / 1_000_000) ms; the goal is 100 ms")
    server.release()
    await server.stop()
    #expect(server.connectionCount == 0)
  }

  @Test func aHeadOrBodyThatStopsHalfWayLeavesNothingBehind() async throws {
    let server = try TestServer()
    for part in [
      "GE", "GET / HTTP/1.1\r\nHo", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
      Self.head + "GET / HT", Self.head + "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na",
    ] {
      let client = try RawClient(port: server.port)
      client.send(part)
      if part.hasPrefix(Self.head) { _ = client.receiveResponse() }
      client.abort()
      #expect(await eventually { server.connectionCount == 0 }, "after \(part.debugDescription)")
    }
    await server.stop()
  }

  @Test func deadlinesOfHeadBodyAndIdleness() async throws {
    var limits = LimitsConfiguration()
    limits.headTimeout = .milliseconds(200)
    limits.bodyTimeout = .milliseconds(200)
    limits.idleTimeout = .milliseconds(200)
    let server = try TestServer(limits: limits)
    let slowHead = try RawClient(port: server.port)
    slowHead.send("GET / HTTP/1.1\r\nHos")
    #expect(slowHead.receiveAll().hasPrefix("HTTP/1.1 408"))
    let silent = try RawClient(port: server.port)
    #expect(silent.receiveAll().isEmpty)
    let slowBody = try RawClient(port: server.port)
    slowBody.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
    #expect(slowBody.receiveAll().isEmpty)
    #expect(server.finishedExchanges.wait { $0.status == 408 && $0.target == "/echo" } != nil)
    let idle = try RawClient(port: server.port)
    idle.send(Self.head)
    #expect(idle.receiveResponse()?.status == 200)
    #expect(idle.receive().isEmpty)
    let slowLaterHead = try RawClient(port: server.port)
    slowLaterHead.send(Self.head)
    #expect(slowLaterHead.receiveResponse()?.status == 200)
    slowLaterHead.send("GET / HTT")
    #expect(slowLaterHead.receive().isEmpty)
    await server.stop()
  }

  @Test func drainingFinishesWhatIsInProgressAndClosesTheRest() async throws {
    let server = try TestServer(loops: 2)
    // One on each loop.
    let idle = try (0..<2).map { _ in try RawClient(port: server.port) }
    for client in idle {
      client.send(Self.head)
      #expect(client.receiveResponse()?.status == 200)
    }
    let busy = try RawClient(port: server.port)
    busy.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
    _ = try #require(server.waiting.wait())
    async let stopped: Void = server.stop(patience: 20_000_000_000)
    for client in idle { #expect(client.receive().isEmpty) }
    server.release()
    let answer = try #require(busy.receiveResponse())
    #expect(answer.status == 200)
    #expect(answer.headers["connection"]?.lowercased() == "close")
    await stopped
    #expect(throws: (any Error).self) { try RawClient(port: server.port) }
  }

  @Test func drainingGivesUpAfterItsPatience() async throws {
    let server = try TestServer()
    let busy = try RawClient(port: server.port)
    busy.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
    _ = try #require(server.waiting.wait())
    await server.stop(patience: 100_000_000)
    #expect(busy.receiveAll().isEmpty)
    #expect(server.finishedExchanges.wait { $0.status == 499 } != nil)
    server.release()
  }

  @Test func unixSocketsHaveTheirModeAndReplaceStaleFiles() async throws {
    let server = try TestServer()
    let path = NSTemporaryDirectory() + "drawbridge-\(UUID().uuidString.prefix(8)).sock"
    let address = ListenAddress(.unix(.init(path: path, mode: 0o640)))
    // A socket file that nobody listens on any more.
    let stale = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &name.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    unsafe withUnsafePointer(to: &name) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = unsafe bind(stale, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    close(stale)
    try server.listen(on: address)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    let client = try RawClient(path: path)
    client.send(Self.head)
    #expect(client.receiveResponse()?.status == 200)
    // A live one is not taken over, nor is a file that is no socket.
    #expect(throws: ListenError.self) { try ListenSocket.open(address) }
    await server.stop()
    #expect(!FileManager.default.fileExists(atPath: path), "removed at the end")
    _ = FileManager.default.createFile(atPath: path, contents: Data("text".utf8))
    #expect(throws: ListenError.self) { try ListenSocket.open(address) }
    #expect(FileManager.default.fileExists(atPath: path))
    try FileManager.default.removeItem(atPath: path)
  }

  @Test func aPortInUseIsAClearError() async throws {
    let server = try TestServer()
    let error = #expect(throws: ListenError.self) {
      try ListenSocket.open(ListenAddress(.tcp(host: "127.0.0.1", port: server.port)))
    }
    #expect("\(try #require(error))".contains("another process listens there"))
    await server.stop()
  }

  @Test func connectionsOverTheLimitAreClosed() async throws {
    var limits = LimitsConfiguration()
    limits.connections = 2
    let server = try TestServer(limits: limits)
    let kept = try (0..<2).map { _ in try RawClient(port: server.port) }
    for client in kept {
      client.send(Self.head)
      #expect(client.receiveResponse()?.status == 200)
    }
    let third = try RawClient(port: server.port)
    third.send(Self.head)
    #expect(third.receiveAll().isEmpty)
    await server.stop()
  }
}
