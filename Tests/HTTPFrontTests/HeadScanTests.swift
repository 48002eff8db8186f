import GatewayCore
import HTTPFront
import Testing

@Suite struct HeadScanTests {
  static let limits: HTTPFrontSettings = {
    var limits = LimitsConfiguration()
    limits.headBytes = 1024
    limits.targetBytes = 256
    limits.queryParameters = 8
    return HTTPFrontSettings(limits)
  }()

  static func scan(_ text: String) -> HeadScan { HeadScan.scan(Array(text.utf8)[...], limits: limits) }

  static let whole = "GET /v1/pools?x=1 HTTP/1.1\r\nHost: a\r\nX-Empty:\r\n\r\n"

  @Test(arguments: [
    whole, "\r\n\r\n" + whole, whole + "the next bytes are the body's\n\0",
    "POST / HTTP/1.0\r\n\r\n", "M-SEARCH * HTTP/1.1\r\nhost:a\r\n\r\n",
  ])
  func passes(_ text: String) { #expect(Self.scan(text) == .complete) }

  @Test func everyPrefixOfAGoodHeadIsIncomplete() {
    for length in 0..<Self.whole.utf8.count {
      let prefix = String(decoding: Array(Self.whole.utf8).prefix(length), as: UTF8.self)
      #expect(Self.scan(prefix) == .incomplete, "after \(length) bytes")
    }
  }

  static let refused: [(String, ProblemType)] = [
    ("GET / HTTP/1.1\nHost: a\r\n\r\n", ProblemType.malformedRequest),
    ("GET / HTTP/1.1\r\nHost: a\n\r\n", .malformedRequest),
    ("GET / HTTP/1.1\r\nHost: a\r\n\n", .malformedRequest),
    ("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", .malformedRequest),
    ("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", .malformedRequest),
    ("GET / HTTP/1.1\r\nHost: a\r\n\tfolded\r\n\r\n", .malformedRequest),
    ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", .malformedRequest),
    ("GET / HTTP/1.1\r\nHost\r\n\r\n", .malformedRequest),
    ("GET / HTTP/1.1\r\n: a\r\n\r\n", .malformedRequest),
    ("GET / HTTP/1.1\r\nHo(st: a\r\n\r\n", .malformedRequest),
    ("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", .malformedRequest),
    ("GET /\0 HTTP/1.1\r\n\r\n", .malformedRequest),
    (" GET / HTTP/1.1\r\n\r\n", .malformedRequest),
    ("GET  / HTTP/1.1\r\n\r\n", .malformedRequest),
    ("GET / x HTTP/1.1\r\n\r\n", .malformedRequest),
    ("GET /\tx HTTP/1.1\r\n\r\n", .malformedRequest),
    ("GET / HTTP/1.2\r\n\r\n", .malformedRequest),
    ("GET / HTTP/1.10\r\n\r\n", .malformedRequest),
    ("GET / HTTP/2.0\r\n\r\n", .malformedRequest),
    ("GET /\r\n\r\n", .malformedRequest),
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .malformedRequest),
    ("GET /?a&b&c&d&e&f&g&h&i HTTP/1.1\r\n\r\n", .malformedRequest),
    ("GET /" + String(repeating: "a", count: 256), .uriTooLong),
    ("GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 1100), .headTooLarge),
    ("GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 1100) + "\r\n\r\n", .headTooLarge),
  ]

  @Test(arguments: refused)
  func refuses(_ text: String, _ type: ProblemType) {
    guard case .refused(let found, _) = Self.scan(text) else {
      Issue.record("not refused: \(text.debugDescription)")
      return
    }
    #expect(found == type)
  }

  /// Whatever the bytes, the scanner says something and never traps.
  @Test func survivesAnyBytes() {
    var generator = SplitMix(seed: 1)
    let pieces: [[UInt8]] = [
      Array("GET ".utf8), Array("/a?b=c&d".utf8), Array(" HTTP/1.1".utf8), [13, 10], [10], [13], [0], [32],
      Array("Host: a".utf8), [0xff, 0x80], Array(":".utf8),
    ]
    for _ in 0..<20_000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int(generator.next() % 12) {
        bytes += pieces[Int(generator.next() % UInt64(pieces.count))]
      }
      _ = HeadScan.scan(bytes[...], limits: Self.limits)
    }
  }
}

/// A seeded generator, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}
