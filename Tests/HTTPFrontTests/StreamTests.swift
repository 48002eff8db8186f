import EventLoop
import Foundation
import GatewayCore
import TestSupport
import Testing

/// Responses that are sent while they are made.
@Suite(.serialized) struct StreamTests {
  private func text(of client: RawClient, upTo end: String) -> String {
    var text = ""
    while !text.hasSuffix(end) {
      let part = client.receive()
      if part.isEmpty { break }
      text += String(decoding: part, as: UTF8.self)
    }
    return text
  }

  private func begin(
    _ server: TestServer, _ request: String = "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"
  ) throws -> (RawClient, StreamHandle) {
    let client = try RawClient(port: server.port)
    client.send(request)
    return (client, try #require(server.streams.wait()))
  }

  /// Each part leaves when it is written, and the connection serves on afterwards.
  @Test func partsLeaveAtOnce() async throws {
    let server = try TestServer()
    let (client, stream) = try begin(server)
    #expect(stream.write("one\n"))
    let head = text(of: client, upTo: "one\n\r\n")
    #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(head.contains("\r\nContent-Type: application/x-ndjson\r\n"))
    #expect(head.contains("\r\nTransfer-Encoding: chunked\r\n"))
    #expect(!head.contains("Content-Length"))
    for part in ["two\n", "three\n"] {
      #expect(stream.write(part))
      #expect(text(of: client, upTo: "\(part)\r\n").hasSuffix("\r\n\(part)\r\n"))
    }
    stream.end()
    #expect(text(of: client, upTo: "0\r\n\r\n") == "0\r\n\r\n")
    #expect(server.finishedExchanges.wait()?.status == 200)
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
    #expect(client.receiveResponse()?.body == "hi")
    #expect(stream.cancelled.all.isEmpty)
    await server.stop()
  }

  /// HTTP/1.0 has no chunks: the end of the connection is the end.
  @Test func http10() async throws {
    let server = try TestServer()
    let (client, stream) = try begin(server, "GET /stream HTTP/1.0\r\nHost: a\r\n\r\n")
    #expect(stream.write("one\n"))
    stream.end()
    let all = client.receiveAll()
    #expect(!all.contains("Transfer-Encoding"))
    #expect(all.hasSuffix("\r\n\r\none\n"))
    await server.stop()
  }

  @Test func anEmptyStream() async throws {
    let server = try TestServer()
    let (client, stream) = try begin(server)
    stream.end()
    #expect(text(of: client, upTo: "0\r\n\r\n").hasSuffix("\r\n\r\n0\r\n\r\n"))
    await server.stop()
  }

  /// A client must see that a stream was broken off: no last chunk.
  @Test func aFailedStreamIsCut() async throws {
    let server = try TestServer()
    let (client, stream) = try begin(server)
    #expect(stream.write("one\n"))
    _ = text(of: client, upTo: "one\n\r\n")
    stream.end(failing: true)
    #expect(client.receiveAll() == "")
    #expect(server.finishedExchanges.wait()?.status == 499)
    await server.stop()
  }

  /// The client closes between two parts, and while it is being sent to: the handler is cancelled.
  @Test(arguments: [false, true]) func aLeavingClientCancels(_ busy: Bool) async throws {
    let server = try TestServer()
    let (client, stream) = try begin(server)
    #expect(stream.write("one\n"))
    _ = text(of: client, upTo: "one\n\r\n")
    if busy { while stream.write(String(repeating: "x", count: 16_000)) {} }
    client.abort()
    #expect(busy || stream.cancelled.wait() != nil)
    #expect(server.finishedExchanges.wait()?.status == 499)
    #expect(!stream.write("two\n"))
    stream.end()
    await server.stop()
  }

  /// A client that does not read: what the sockets hold, then the buffer, then the end of this stream alone.
  @Test func aSlowClientIsBounded() async throws {
    let server = try TestServer()
    let (slow, stream) = try begin(server)
    let part = String(repeating: "x", count: 16_000) + "\n"
    var parts = 0
    // Sockets of the loopback interface hold some megabytes.
    while parts < 4000, stream.write(part) { parts += 1 }
    #expect(parts < 4000)
    #expect(parts > StreamHandle.limit / part.utf8.count)
    stream.end()
    #expect(server.finishedExchanges.wait()?.status == 499)
    let other = try RawClient(port: server.port)
    other.send(LiveServerTests.head)
    #expect(other.receiveResponse()?.status == 200)
    withExtendedLifetime(slow) {}
    await server.stop()
  }

  /// One part may be larger than the buffer.
  @Test func aLargePart() async throws {
    let server = try TestServer()
    let (client, stream) = try begin(server)
    #expect(stream.write(String(repeating: "#", count: StreamHandle.limit * 4)))
    stream.end()
    let all = text(of: client, upTo: "0\r\n\r\n")
    #expect(all.count { $0 == "#" } == StreamHandle.limit * 4)
    await server.stop()
  }

  @Test func headHasNoBody() async throws {
    let server = try TestServer()
    let (client, stream) = try begin(server, "HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(server.finishedExchanges.wait()?.status == 200)
    #expect(stream.cancelled.wait() != nil)
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
    let all = text(of: client, upTo: "hi")
    #expect(all.components(separatedBy: "HTTP/1.1 200 OK").count == 3)
    await server.stop()
  }

  /// Stopping waits for streams as for other answers, and not longer than it may.
  @Test func drainingCutsStreams() async throws {
    let server = try TestServer()
    let (client, stream) = try begin(server)
    #expect(stream.write("one\n"))
    _ = text(of: client, upTo: "one\n\r\n")
    await server.stop(patience: 100_000_000)
    #expect(client.receiveAll() == "")
    #expect(stream.cancelled.wait() != nil)
  }
}
