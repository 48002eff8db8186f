import Testing

@testable import GatewayCore

@Suite struct ContentNegotiationTests {
  static let types: [(String, Bool)] = [
    ("application/json", true),
    ("Application/JSON", true),
    (" application/json\t", true),
    ("application/json;charset=utf-8", true),
    ("application/json ; a=\"b;c\"", true),
    ("application/merge-patch+json", true),
    ("application/VND.API+JSON; v=1", true),
    ("text/x+json", true),
    // What a form of a web page can send, with and without tricks.
    ("text/plain", false),
    ("application/x-www-form-urlencoded", false),
    ("multipart/form-data; boundary=x", false),
    ("text/plain; a=+json", false),
    ("text/plain;application/json", false),
    ("text/plain, application/json", false),
    ("text/plain, application/x+json", false),
    ("", false),
    (";", false),
    ("json", false),
    ("+json", false),
    ("application/+json", false),
    ("/x+json", false),
    ("a/b/c+json", false),
    ("application/json/x", false),
    ("application / json", false),
    ("application/jsonx", false),
    ("application/xjson", false),
    ("application/json-seq", false),
    ("application/*", false),
  ]

  @Test(arguments: types) func contentTypes(_ value: String, _ isJSON: Bool) {
    #expect(ContentNegotiation.isJSON(value.bytes) == isJSON)
  }

  static let accepts: [(String, Bool)] = [
    ("application/json", true),
    ("APPLICATION/Json", true),
    ("application/*", true),
    ("*/*", true),
    ("text/html, application/xhtml+xml, */*;q=0.8", true),
    ("application/json;version=1", true),
    ("application/json;q=0.001", true),
    ("application/json; Q=1.000", true),
    ("text/html;q=0, application/json", true),
    // Nothing is named, so nothing is excluded.
    ("", true),
    (" , ,", true),
    ("text/html", false),
    ("application/problem+json", false),
    ("application/xml, text/*", false),
    ("application/json;q=0", false),
    ("application/json;q=0.", false),
    ("application/json;q=0.000", false),
    ("application/json ; a=b ; q=0.0", false),
    ("*/*;q=0", false),
    // The most specific range decides, wherever it stands.
    ("*/*, application/json;q=0", false),
    ("application/json;q=0, */*", false),
    ("application/*;q=0, */*", false),
    ("*/*;q=0, application/*", true),
    ("application/*;q=0, application/json", true),
    ("application/json, application/*;q=0", true),
    ("application/json;q=0, application/json;q=1", true),
    // A parameter that is no weight refuses nothing.
    ("application/json;q=", true),
    ("application/json;qq=0", true),
  ]

  @Test(arguments: accepts) func acceptLists(_ value: String, _ accepted: Bool) {
    #expect(ContentNegotiation.acceptsJSON(value.bytes) == accepted)
  }

  /// Values from the network: any bytes give an answer.
  @Test func anyBytesAreAnswered() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      let pieces = ["application/", "json", "*", "/", ";", "q=0", ",", " ", "+json", "\u{0}", "é"]
      let value = (0..<Int.random(in: 0...8, using: &random)).compactMap { _ in
        pieces.randomElement(using: &random)
      }.joined()
      let isJSON = ContentNegotiation.isJSON(value.bytes)
      #expect(!isJSON || value.contains("json"))
      _ = ContentNegotiation.acceptsJSON(value.bytes)
    }
  }
}
