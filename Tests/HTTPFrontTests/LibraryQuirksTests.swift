import EventLoop
import Foundation
import GatewayCore
import TestSupport
import Testing

/// What comes back for later heads of a kept connection, which libmicrohttpd sees first, and for bodies. The table
/// of docs/limits.md says the same in words; a version of the library that does otherwise is noticed here.
@Suite struct LibraryQuirksTests {
  static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
  static let post = "POST /echo HTTP/1.1\r\nHost: a\r\n"
  static let chunked = post + "Transfer-Encoding: chunked\r\n\r\n"

  enum Outcome {
    /// These statuses, in order; the connection goes on.
    case answered([Int])
    /// This status; closed, as the request wants it.
    case answeredAndClosed(Int)
    /// Refused by us, in JSON; closed.
    case refused(Int)
    /// Refused by the library, with exactly these bytes but for the date; closed.
    case library(String)
    /// Closed without a byte.
    case closed
    /// Nothing comes until a deadline of ours closes the connection.
    case held
  }

  static let cases: [(String, String, Outcome)] =
    heads + requestLines + lengths + encodings + chunks + sizes + good

  static let heads: [(String, String, Outcome)] = [
    ("bare LF everywhere", "GET / HTTP/1.1\nHost: a\n\n", .refused(400)),
    ("bare LF behind a field", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", .refused(400)),
    ("bare LF behind the last field", "GET / HTTP/1.1\r\nHost: a\n\r\n", .refused(400)),
    ("bare LF at the end", "GET / HTTP/1.1\r\nHost: a\r\n\n", .refused(400)),
    ("bare LF at the end, then a body of NUL", post + "Content-Length: 2\r\n\n\0\0", .refused(400)),
    ("bare CR", "GET / HTTP/1.1\r\nHost: a\r\nX: b\rContent-Length: 5\r\n\r\n", .refused(400)),
    ("CR CR LF", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", .refused(400)),
    ("folded line", "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", .refused(400)),
    ("folded line with a tab", "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\tz\r\n\r\n", .refused(400)),
    ("folding makes Content-Length", post + "Content-: 2\r\n Length\r\n\r\n{}", .refused(400)),
    (
      "folding makes Transfer-Encoding", post + "Transfer-: chunked\r\n Encoding\r\n\r\n0\r\n\r\n",
      .refused(400)
    ),
    (
      "folding hides Transfer-Encoding", post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
      .refused(400)
    ),
    ("folded Host", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", .library(noHost)),
    ("NUL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n", .refused(400)),
    ("NUL in a length", post + "Content-Length: 2\u{0}3\r\n\r\n{}", .refused(400)),
    ("NUL in an encoding", post + "Transfer-Encoding: chunked\0x\r\n\r\n0\r\n\r\n", .refused(400)),
    ("NUL in a name", "GET / HTTP/1.1\r\nHost: a\r\nX\0Y: b\r\n\r\n", .library(malformed)),
    ("NUL begins a line", "GET / HTTP/1.1\r\nHost: a\r\n\0X: y\r\n\r\n", .refused(400)),
    (
      "line of one NUL", "GET / HTTP/1.1\r\nHost: a\r\n\0\r\nGET /inner HTTP/1.1\r\nHost: b\r\n\r\n",
      .refused(400)
    ),
    ("no name", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", .refused(400)),
    (
      "line of one colon", "GET / HTTP/1.1\r\nHost: a\r\n:\r\nGET /inner HTTP/1.1\r\nHost: b\r\n\r\n",
      .refused(400)
    ),
    ("no colon", "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", .library(malformed)),
    ("blank before the colon", "GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n", .refused(400)),
    ("blank before the colon of Host", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", .library(noHost)),
    ("blank before the colon of a length", post + "Content-Length : 2\r\n\r\n{}", .refused(400)),
    ("no token", "GET / HTTP/1.1\r\nHost: a\r\nX(): b\r\n\r\n", .refused(400)),
    ("no Host", "GET / HTTP/1.1\r\n\r\n", .library(noHost)),
    ("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .refused(400)),
  ]

  static let requestLines: [(String, String, Outcome)] = [
    ("blank before the method", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", .closed),
    ("two blanks", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", .refused(400)),
    ("blank in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", .closed),
    ("tab in the target", "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n", .refused(400)),
    ("tab behind the method", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", .library(malformed)),
    ("NUL in the method", "GE\0T / HTTP/1.1\r\nHost: a\r\n\r\n", .refused(400)),
    ("NUL in the target", "GET /\0b HTTP/1.1\r\nHost: a\r\n\r\n", .refused(400)),
    ("HTTP/0.9", "GET /\r\n\r\n", .library(malformed)),
    ("HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", .refused(400)),
    ("HTTP/1.10", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", .library(malformed)),
    ("HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", .library(unknownVersion)),
    ("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .library(unknownVersion)),
    ("CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", .refused(405)),
    ("TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", .refused(405)),
  ]

  static let lengths: [(String, String, Outcome)] =
    ["x", "", "-1", "+2", "2, 2", "0x2", "2 ", "2\t"].map { value in
      ("Content-Length '\(value)'", post + "Content-Length: \(value)\r\n\r\n{}", .library(wrongLength))
    } + [
      ("length 2^63-2", post + "Content-Length: 9223372036854775806\r\n\r\n", .refused(413)),
      ("length 2^63-1", post + "Content-Length: 9223372036854775807\r\n\r\n", .refused(413)),
      ("length 2^64-1", post + "Content-Length: 18446744073709551615\r\n\r\n", .refused(413)),
      ("length 2^64", post + "Content-Length: 18446744073709551616\r\n\r\n", .library(hugeLength)),
      ("length 2^64+2", post + "Content-Length: 18446744073709551618\r\n\r\n{}", .library(hugeLength)),
      ("two lengths", post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", .refused(400)),
      ("length with leading zeros", post + "Content-Length: 00002\r\n\r\n{}", .answered([200])),
    ]

  static let encodings: [(String, String, Outcome)] =
    ["gzip", "identity", "xchunked", "gzip, chunked", "chunked, chunked", "\u{b}chunked", ""]
    .map { value in
      ("Transfer-Encoding '\(value)'", post + "Transfer-Encoding: \(value)\r\n\r\n0\r\n\r\n", .refused(501))
    } + [
      ("blank behind chunked", post + "Transfer-Encoding: chunked \r\n\r\n0\r\n\r\n", .refused(400)),
      ("tab behind chunked", post + "Transfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n", .refused(400)),
      (
        "encoding and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
        .refused(400)
      ),
      (
        "chunks in HTTP/1.0",
        "POST /echo HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        .refused(400)
      ),
      ("encoding in capitals", post + "Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n", .answered([200])),
    ]

  static let chunks: [(String, String, Outcome)] =
    ["x", "", "0x2", "-2", " 2", "2 ", "2;a\nb"].map { size in
      ("chunk size '\(size)'", chunked + "\(size)\r\n{}\r\n0\r\n\r\n", .library(wrongChunk))
    } + [
      ("chunk longer than its size", chunked + "2\r\n{}x\r\n0\r\n\r\n", .library(wrongChunk)),
      ("chunk of 2^64", chunked + "10000000000000000\r\n{}\r\n0\r\n\r\n", .library(hugeChunk)),
      ("chunk of 2^64-1", chunked + "ffffffffffffffff\r\n{}\r\n0\r\n\r\n", .held),
      ("chunk of 2^63", chunked + "8000000000000000\r\n{}\r\n0\r\n\r\n", .held),
      ("chunk size with zeros", chunked + "0000000000000000000002\r\n{}\r\n0\r\n\r\n", .answered([200])),
      ("chunk extension", chunked + "2;a=b\r\n{}\r\n0\r\n\r\n", .answered([200])),
      // Proxies that send chunks anew send CRLF.
      ("LF behind a chunk size", chunked + "2\n{}\r\n0\r\n\r\n", .answered([200])),
      ("LF behind a chunk", chunked + "2\r\n{}\n0\r\n\r\n", .answered([200])),
      ("LF in the last chunk", chunked + "2\r\n{}\r\n0\n\n" + get, .answered([200, 200])),
      ("LF in the trailer", chunked + "0\r\nX: y\n\n" + get, .answered([200, 200])),
      ("trailer", chunked + "0\r\nContent-Length: 50\r\n\r\n" + get, .answered([200, 200])),
      ("folded trailer", chunked + "0\r\nX: y\r\n z\r\n\r\n" + get, .answered([200, 200])),
      ("trailer without colon", chunked + "0\r\nX\r\n\r\n", .library(malformed)),
    ]

  static let sizes: [(String, String, Outcome)] = [
    (
      "parameters over the limit", "GET /?\(repeated("a", 65, "&")) HTTP/1.1\r\nHost: a\r\n\r\n",
      .refused(400)
    ),
    (
      "parameters at the limit", "GET /?\(repeated("a", 64, "&")) HTTP/1.1\r\nHost: a\r\n\r\n",
      .answered([200])
    ),
    ("250 parameters", "GET /?\(repeated("a", 250, "&")) HTTP/1.1\r\nHost: a\r\n\r\n", .refused(400)),
    ("900 parameters", "GET /?\(repeated("a", 900, "&")) HTTP/1.1\r\nHost: a\r\n\r\n", .held),
    (
      "180 cookies", "GET / HTTP/1.1\r\nHost: a\r\nCookie: \(repeated("a=b", 180, "; "))\r\n\r\n",
      .answered([200])
    ),
    ("1200 cookies", "GET / HTTP/1.1\r\nHost: a\r\nCookie: \(repeated("a=b", 1200, "; "))\r\n\r\n", .closed),
    ("broken cookie", "GET / HTTP/1.1\r\nHost: a\r\nCookie: a=b;;c\"\r\n\r\n", .answered([200])),
    ("field over the limit", get.dropLast(2) + "X: \(repeated("a", 20_000))\r\n\r\n", .refused(431)),
    ("field over the pool", get.dropLast(2) + "X: \(repeated("a", 60_000))\r\n\r\n", .library(hugeHead)),
    ("1000 fields", get.dropLast(2) + repeated("X: y\r\n", 1000) + "\r\n", .library(hugeHead)),
    ("target over the limit", "GET /\(repeated("a", 9000)) HTTP/1.1\r\nHost: a\r\n\r\n", .refused(414)),
    (
      "target over the pool", "GET /\(repeated("a", 60_000)) HTTP/1.1\r\nHost: a\r\n\r\n",
      .library(hugeTarget)
    ),
  ]

  static let good: [(String, String, Outcome)] = [
    ("empty lines first", "\r\n\r\n" + get, .answered([200])),
    ("LF first", "\n" + get, .answered([200])),
    (
      "values with blanks around them, and empty ones", get.dropLast(2) + "A:  b\t \r\nC:\r\nD: \r\n\r\n",
      .answered([200])
    ),
    ("no field", "GET / HTTP/1.0\r\n\r\n", .answeredAndClosed(200)),
    ("HTTP/1.0 keep-alive", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", .answered([200])),
    ("Connection: close", get.dropLast(2) + "Connection: close\r\n\r\n", .answeredAndClosed(200)),
    ("OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", .answered([200])),
    ("absolute form", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", .answered([200])),
    ("upgrade to HTTP/2", get.dropLast(2) + "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n", .answered([200])),
    (
      "pipelined",
      get + "GET /head-refusal HTTP/1.1\r\nHost: a\r\n\r\n" + post + "Content-Length: 2\r\n\r\n{}" + chunked
        + "2\r\n{}\r\n0\r\n\r\n" + get, .answered([200, 415, 200, 200, 200])
    ),
    (
      "a head in which everything is long",
      "POST /\(repeated("a", 4000)) HTTP/1.1\r\nHost: a\r\n\(repeated("Name: value\r\n", 150))X: \(repeated("y", 4000))\r\n\r\n",
      .answered([200])
    ),
  ]

  private static func repeated(_ text: String, _ count: Int, _ separator: String = "") -> String {
    Array(repeating: text, count: count).joined(separator: separator)
  }

  /// The head that the library sends, twice where it queues a response after it has refused by itself.
  private static func page(_ status: String, _ title: String, _ text: String, heads: Int = 1) -> String {
    let page = "<html><head><title>\(title)</title></head><body>\(text)</body></html>"
    let head = "HTTP/1.1 \(status)\r\nConnection: close\r\nContent-Length: \(page.utf8.count)\r\n\r\n"
    return repeated(head, heads) + page
  }

  static let malformed = page(
    "400 Bad Request", "Request malformed", "Your HTTP request was syntactically incorrect.")
  static let noHost = page(
    "400 Bad Request", "&quot;Host:&quot; header required",
    "In HTTP 1.1, requests must include a &quot;Host:&quot; header, and your HTTP 1.1 request lacked such a header.",
    heads: 2)
  static let wrongLength = page(
    "400 Bad Request", "Request malformed",
    "Your HTTP request has wrong value for <b>Content-Length</b> header.", heads: 2)
  static let hugeLength = page(
    "413 Content Too Large", "Request content too large",
    "Your HTTP request has too large value for <b>Content-Length</b> header.", heads: 2)
  static let wrongChunk = page(
    "400 Bad Request", "Request malformed", "Your HTTP chunked encoding was syntactically incorrect.")
  static let hugeChunk = page(
    "413 Content Too Large", "Request content too large",
    "The chunk size used in your HTTP chunked encoded request is too large.")
  static let hugeHead = page(
    "431 Request Header Fields Too Large", "Request too big",
    "Your HTTP header was too big for the memory constraints of this webserver.")
  static let hugeTarget = page(
    "414 URI Too Long", "Request too big",
    "Your HTTP header was too big for the memory constraints of this webserver.")
  static let unknownVersion = page(
    "505 HTTP Version Not Supported", "Requested HTTP version is not supported",
    "Requested HTTP version is not supported.")

  // MARK: Tests

  @Test(arguments: cases)
  func laterRequest(_ name: String, _ request: String, _ outcome: Outcome) async throws {
    var limits = LimitsConfiguration()
    limits.idleTimeout = .milliseconds(500)
    limits.bodyTimeout = .milliseconds(500)
    let server = try TestServer(limits: limits)
    let client = try RawClient(port: server.port)
    client.send(Self.get)
    #expect(client.receiveResponse()?.status == 200)
    let start = MonotonicInstant.current()
    client.send(request)
    switch outcome {
    case .answered(let statuses):
      // One more, to see that both sides agree on where the request ended.
      client.send(Self.get)
      #expect(client.receiveResponses(statuses.count + 1).map(\.status) == statuses + [200], "\(name)")
    case .answeredAndClosed(let status):
      let answer = client.receiveAll()
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(name): \(answer)")
      #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2, "\(name): \(answer)")
    case .refused(let status):
      let answer = client.receiveAll()
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(name): \(answer)")
      #expect(answer.contains("Content-Type: application/problem+json\r\n"), "\(name): \(answer)")
      #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2, "\(name): \(answer)")
    case .library(let expected):
      #expect(Self.withoutDate(client.receiveAll()) == expected, "\(name)")
    case .closed:
      #expect(client.receiveAll() == "", "\(name)")
    case .held:
      #expect(client.receiveAll() == "", "\(name)")
      #expect(MonotonicInstant.current().nanoseconds(after: start) >= 400_000_000, "\(name)")
    }
    await server.stop()
    #expect(server.connectionCount == 0, "\(name)")
  }

  private static func withoutDate(_ answer: String) -> String {
    answer.components(separatedBy: "\r\n").filter { !$0.hasPrefix("Date: ") }.joined(separator: "\r\n")
  }

  /// The addresses that the library hands out are right however a head arrives: in one piece, split at each byte,
  /// behind another request, and longer than the buffer was at first.
  @Test func goodHeadsPassHoweverTheyArrive() async throws {
    let server = try TestServer()
    let client = try RawClient(port: server.port)
    let head = "POST /echo HTTP/1.1\r\nHost: a\r\nA:\r\nB:  c \r\nContent-Length: 3\r\n\r\n"
    for length in 1..<head.utf8.count {
      let bytes = Array((head + "abc" + Self.get).utf8)
      client.send(Array(bytes[..<length]))
      // The answer to a request of another connection: the first part has been read by then, or never will be.
      let other = try RawClient(port: server.port)
      other.send(Self.get)
      #expect(other.receiveResponse()?.status == 200)
      client.send(Array(bytes[length...]))
      #expect(client.receiveResponses(2).map(\.status) == [200, 200], "split at \(length)")
    }
    for fields in stride(from: 0, to: 12_000 / 6, by: 97) {
      let padding = Self.repeated("A: b\r\n", min(fields, 180)) + "X: \(Self.repeated("y", fields * 5))\r\n"
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\(padding)\r\n" + Self.get)
      #expect(client.receiveResponses(2).map(\.status) == [200, 200], "\(fields)")
    }
    await server.stop()
  }

  @Test(arguments: [("/", 200), ("/head-refusal", 415)])
  func headHasNoBody(_ path: String, _ status: Int) async throws {
    let server = try TestServer()
    let client = try RawClient(port: server.port)
    client.send(
      "HEAD \(path) HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    let parts = client.receiveAll().components(separatedBy: "\r\n\r\n")
    #expect(parts.count == 3, "\(parts)")
    #expect(parts[0].hasPrefix("HTTP/1.1 \(status) "), "\(parts)")
    #expect(parts[1].hasPrefix("HTTP/1.1 200 "), "right behind the first head: \(parts)")
    await server.stop()
  }

  @Test func continueIsSentWhenTheBodyIsWanted() async throws {
    let server = try TestServer()
    let client = try RawClient(port: server.port)
    client.send(Self.get)
    _ = client.receiveResponse()
    client.send(Self.post + "Expect: 100-Continue\r\nContent-Length: 2\r\n\r\n")
    #expect(String(decoding: client.receive(), as: UTF8.self) == "HTTP/1.1 100 Continue\r\n\r\n")
    client.send("{}")
    #expect(client.receiveResponse()?.body == "{}")
    await server.stop()
  }
}
