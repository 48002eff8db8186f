import Testing

@testable import GatewayCore

/// How several replies are written, and which form a client gets.
@Suite struct StreamFormTests {
  @Test(
    arguments: [
      (nil, .lines), ("", .lines), ("*/*", .lines), ("application/*", .lines), ("application/json", .lines),
      ("text/*", .events), ("text/event-stream", .events), ("Text/Event-Stream; q=0.5", .events),
      ("application/x-ndjson", .lines), ("text/event-stream, application/x-ndjson", .events),
      ("application/x-ndjson, text/event-stream", .lines), ("*/*, text/event-stream", .events),
      ("text/event-stream;q=0, */*", .lines), ("text/html", nil), ("text/event-stream;q=0", nil),
      ("image/*, text/html", nil),
    ] as [(String?, StreamForm?)])
  func accept(_ value: String?, _ form: StreamForm?) {
    #expect(StreamForm.accepted(by: value?.bytes) == form)
  }

  @Test func events() {
    var output: [UInt8] = []
    StreamForm.events.append(Array(#"{"a":1}"#.utf8), ordinal: 7, to: &output)
    #expect(text(output) == "event: message\nid: 7\ndata: {\"a\":1}\n\n")
    #expect(text(StreamForm.events.end) == "event: end\ndata: {}\n\n")
    #expect(text(StreamForm.events.failure(Array("{}".utf8))) == "event: error\ndata: {}\n\n")
    #expect(StreamForm.events.heartbeat.map(text) == ": \n\n")
  }

  @Test func lines() {
    var output: [UInt8] = []
    StreamForm.lines.append(Array(#"{"a":1}"#.utf8), ordinal: 7, to: &output)
    #expect(text(output) == "{\"a\":1}\n")
    #expect(StreamForm.lines.end.isEmpty)
    #expect(text(StreamForm.lines.failure(Array("{}".utf8))) == "{\"error\":{}}\n")
    #expect(StreamForm.lines.heartbeat == nil)
  }
}
