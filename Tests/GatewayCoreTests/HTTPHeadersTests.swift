import Foundation
import Testing

@testable import GatewayCore

@Suite struct HTTPHeadersTests {
  private func headers(_ fields: [(String, String)]) throws -> HTTPHeaders {
    try TestRequest("GET", "/", fields).exchange().headers
  }

  private func value(_ headers: HTTPHeaders, _ header: KnownHeader) -> String? {
    headers.value(header).map(text)
  }

  static let names: [(String, KnownHeader?)] = [
    ("host", .host), ("content-length", .contentLength), ("transfer-encoding", .transferEncoding),
    ("content-type", .contentType), ("accept", .accept), ("expect", .expect),
    ("request-timeout", .requestTimeout), ("grpc-timeout", .grpcTimeout), ("x-request-id", .requestID),
    ("traceparent", .traceparent), ("tracestate", .tracestate), ("origin", .origin),
    ("access-control-request-method", .accessControlRequestMethod), ("drawbridge-instance", .instance),
    // Their neighbours in length and letters.
    ("hosts", nil), ("hos", nil), ("post", nil), ("accepts", nil), ("content_type", nil), ("", nil),
    ("accept-encoding", nil), ("a-header-longer-than-all-that-are-known", nil),
  ]

  @Test(arguments: names) func namesInAnyCase(_ name: String, _ header: KnownHeader?) {
    for form in [name, name.uppercased(), name.capitalized] {
      #expect(KnownHeader.named(Array(form.utf8).span) == header, "\(form)")
    }
  }

  @Test func eachKnownHeaderIsInTheTable() {
    #expect(Set(Self.names.compactMap(\.1)) == Set(KnownHeader.allCases))
    #expect(KnownHeader.requestTimeout.fieldName == "Request-Timeout")
    #expect(KnownHeader.requestID.fieldName == "X-Request-Id")
  }

  /// Only letters have a case: `[` is not `{`, and a control character no hyphen.
  @Test func onlyLettersHaveACase() {
    #expect(KnownHeader.named(Array("content\rtype".utf8).span) == nil)
    #expect(KnownHeader.named(Array("content\u{0d}length".utf8).span) == nil)
  }

  @Test func valuesAreTrimmedAndTheLastOneCounts() throws {
    let found = try headers([
      ("Host", " \t a.b:80\t "), ("X-Other", "x"), ("request-timeout", "1s"), ("REQUEST-TIMEOUT", " 2s"),
    ])
    #expect(value(found, .host) == "a.b:80")
    #expect(value(found, .requestTimeout) == "2s")
    #expect(found.count(.host) == 1 && found.count(.requestTimeout) == 2 && found.count(.accept) == 0)
    #expect(found.value(.accept) == nil)
    #expect(!found.isMalformed)
  }

  @Test func anEmptyValueIsAValue() throws {
    let found = try headers([("Accept", ""), ("Expect", " \t ")])
    #expect(value(found, .accept)?.isEmpty == true)
    #expect(value(found, .expect)?.isEmpty == true)
  }

  @Test(arguments: [
    "", "a b", "a:", "a\"", "a(b)", "a/b", "caf\u{e9}", "a\u{0}", "a\u{7f}", "{a}", "a,b", " host",
  ])
  func namesThatAreNoTokens(_ name: String) throws {
    #expect(try headers([("Host", "a"), (name, "b")]).isMalformed, "\(name)")
  }

  @Test(arguments: ["a", "!#$%&'*+-.^_`|~09azAZ", "X"]) func tokens(_ name: String) throws {
    #expect(try !headers([(name, "any \u{0} value")]).isMalformed)
  }

  /// Each line has `: ` and CR LF.
  @Test func sizeIsThatOfTheLines() throws {
    #expect(try headers([]).size == 0)
    #expect(
      try headers([("Host", "a"), ("X-Unknown", "12345")]).size
        == "Host: a\r\nX-Unknown: 12345\r\n".utf8.count)
  }

  @Test func resetForgetsAll() throws {
    let exchange = try TestRequest("GET", "/", [("Host", "a"), ("Accept", "b"), ("c d", "e")]).exchange()
    exchange.reset()
    #expect(exchange.headers.size == 0 && !exchange.headers.isMalformed)
    for header in KnownHeader.allCases {
      #expect(exchange.headers.value(header) == nil && exchange.headers.count(header) == 0)
    }
    exchange.headers.add(name: Array("Accept".utf8).span, value: Array("x".utf8).span)
    #expect(value(exchange.headers, .accept) == "x")
  }
}
