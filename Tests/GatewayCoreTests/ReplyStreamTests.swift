import EventLoop
import Foundation
import RPCCore
import SchemaModel
import Testing

@testable import GatewayCore

/// Calls with several replies, from configuration text to the bytes of the stream, without sockets.
@Suite struct ReplyStreamTests {
  /// Gives what it is told to, until the sink has enough.
  final class SeriesBackend: RPCBackend {
    let bodies: [[UInt8]]
    let status: RPCStatus
    private let received = Lock([RPCCall]())
    private let given = Lock(0)

    init(_ bodies: [[UInt8]], _ status: RPCStatus) {
      self.bodies = bodies
      self.status = status
    }

    var calls: [RPCCall] { received.withLock { $0 } }
    var taken: Int { given.withLock { $0 } }

    func call(_ call: RPCCall, sink: any ReplySink) async -> RPCStatus {
      received.withLock { $0.append(call) }
      for body in bodies {
        given.withLock { $0 += 1 }
        if sink.receive(ReplyBody(body, start: 4)) == .enough { return .ok }
      }
      return status
    }

    func requestPrefix(for method: MethodID, target: RPCTarget) -> [UInt8] { [0, 1, 0, 0] }
    var readiness: Readiness { .ready }
    func shutDown(by deadline: Deadline) async {}
  }

  /// Plain CDR, little-endian: a number, a phase, whether it is the last.
  static func reply(_ number: UInt8, phase: UInt8 = 0, done: Bool = false) -> [UInt8] {
    [0, 1, 0, 0, number, 0, 0, 0, phase, 0, 0, 0, done ? 1 : 0]
  }

  static let idl = """
    enum Phase { FIRST, LAST };
    struct Info { boolean done; };
    interface Arm {
      void calibrate(in string arm, out unsigned long step, out Phase phase, out Info info);
      oneway void forget();
    };
    """

  static func build(
    _ replies: String, backend: any RPCBackend, limits: String = "{}", prefix: String = "/v1"
  ) throws -> (Gateway?, [String]) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "replies-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try idl.write(to: folder.appending(path: "arm.idl"), atomically: true, encoding: .utf8)
    let text = """
      limits: \(limits)
      services:
        arm:
          dds: { instance: "{robot}", instance_header: true }
          idl: { files: [arm.idl] }
          prefix: "\(prefix)"
          routes:
            calibrate: { post: "/{robot}/{arm}", replies: \(replies) }
      """
    var diagnostics = Diagnostics()
    let path = folder.appending(path: "c.yaml").path
    let configuration = ConfigurationLoader.load(
      text: text, path: path, environment: [:], diagnostics: &diagnostics)
    let snapshot = configuration.flatMap {
      SnapshotBuilder.build($0, diagnostics: &diagnostics) { _, _ in backend }
    }
    let messages = diagnostics.all.map(\.message)
    guard let configuration, let snapshot else { return (nil, messages) }
    var silent = LogConfiguration()
    silent.access = false
    return (Gateway(snapshot: snapshot, log: Log(silent), limits: configuration.limits), messages)
  }

  /// The answer as a client of this form gets it, and the exchange.
  static func ask(
    _ replies: String, _ backend: SeriesBackend, accept: String = "*/*", limits: String = "{}",
    target: String = "/v1/left%20one/a", headers: [(String, String)] = []
  ) async throws -> (body: String, exchange: HTTPExchange) {
    let gateway = try #require(try build(replies, backend: backend, limits: limits).0)
    let request = TestRequest("POST", target, [("Accept", accept)] + headers)
    let exchange = try request.exchange()
    guard case .proceed = gateway.admit(exchange) else { return (text(exchange.response.body), exchange) }
    await gateway.answered(exchange)
    guard let stream = exchange.response.stream else { return (text(exchange.response.body), exchange) }
    #expect(stream.state != .open)
    return (text(stream.pending), exchange)
  }

  private static func line(_ number: Int, _ phase: String = "FIRST", _ done: Bool = false) -> String {
    #"{"step":\#(number),"phase":"\#(phase)","info":{"done":\#(done)}}"#
  }

  @Test(arguments: [
    ("{ until: { member: info.done, equals: true } }", 2), ("{ until: { member: step, equals: 3 } }", 3),
    ("{ until: { member: phase, equals: LAST } }", 2), ("{ until: { member: phase, equals: 1 } }", 2),
    ("{ count: 1 }", 1), ("{ count: 3 }", 3), ("{ idle: 2s }", 4), ("open", 4),
  ])
  func ends(_ rule: String, _ count: Int) async throws {
    let backend = SeriesBackend(
      [Self.reply(1), Self.reply(2, phase: 1, done: true), Self.reply(3), Self.reply(4)], .ok)
    let (body, exchange) = try await Self.ask(rule, backend)
    let lines = [Self.line(1), Self.line(2, "LAST", true), Self.line(3), Self.line(4)]
    #expect(body == lines.prefix(count).map { $0 + "\n" }.joined())
    #expect(backend.taken == count)
    #expect(exchange.response.status == 200 && exchange.problemName.isEmpty)
    #expect(exchange.response.contentType == .lines)
    let expected: RPCReplies =
      rule.contains("idle")
      ? .several(.ends(after: 2_000_000_000))
      : rule == "open" ? .several(.unlimited) : .several(.fails(after: 30_000_000_000))
    #expect(backend.calls[0].replies == expected)
    #expect(backend.calls[0].abandonable)
  }

  @Test func failuresBeforeAndAfterTheFirstReply() async throws {
    let failure = RPCStatus(
      code: .unknown, origin: .backend, sent: true, detail: .remoteException(5))
    let (alone, refused) = try await Self.ask("open", SeriesBackend([], failure))
    #expect(refused.response.status == 500)
    #expect(refused.response.contentType == .problem && refused.response.stream == nil)
    #expect(alone.contains("remote-exception"))

    let (lines, exchange) = try await Self.ask("open", SeriesBackend([Self.reply(1)], failure))
    #expect(exchange.response.status == 200 && exchange.problemName == "remote-exception")
    #expect(
      lines.hasPrefix(Self.line(1) + "\n{\"error\":{\"type\":\"urn:drawbridge:problem:remote-exception\""))
    #expect(lines.hasSuffix("}}\n"))

    let (events, _) = try await Self.ask(
      "open", SeriesBackend([Self.reply(1)], failure), accept: "text/event-stream")
    #expect(
      events.hasPrefix(
        "event: message\nid: 1\ndata: \(Self.line(1))\n\nevent: error\ndata: {\"type\":\"urn:drawbridge"))
  }

  @Test func events() async throws {
    let (events, exchange) = try await Self.ask(
      "{ count: 2 }", SeriesBackend([Self.reply(1), Self.reply(2)], .ok), accept: "text/event-stream")
    #expect(
      events
        == "event: message\nid: 1\ndata: \(Self.line(1))\n\nevent: message\nid: 2\ndata: \(Self.line(2))\n\n"
        + "event: end\ndata: {}\n\n")
    #expect(exchange.response.contentType == .eventStream)
    let (empty, none) = try await Self.ask("open", SeriesBackend([], .ok), accept: "text/event-stream")
    #expect(empty == "event: end\ndata: {}\n\n" && none.response.stream == nil)
  }

  @Test func brokenReplies() async throws {
    let broken = Array(Self.reply(1).dropLast())
    let (alone, refused) = try await Self.ask("open", SeriesBackend([broken], .ok))
    #expect(refused.response.status == 502 && alone.contains("bad-reply"))
    let (later, exchange) = try await Self.ask("open", SeriesBackend([Self.reply(1), broken], .ok))
    #expect(exchange.response.status == 200 && exchange.problemName == "bad-reply")
    #expect(later.contains("\n{\"error\":{\"type\":\"urn:drawbridge:problem:bad-reply\""))
  }

  @Test func bounds() async throws {
    let many = SeriesBackend((0..<20).map { Self.reply($0) }, .ok)
    let (lines, _) = try await Self.ask("open", many, limits: "{ replies: 3 }")
    #expect(lines.split(separator: "\n").count == 4)
    #expect(lines.contains("more than 3 replies"))
    #expect(many.taken == 4)
    // Nobody reads: the stream fails when the buffer is full.
    let slow = SeriesBackend((0..<200).map { Self.reply($0) }, .ok)
    let (_, exchange) = try await Self.ask("open", slow, limits: "{ stream: 1KiB }")
    #expect(exchange.response.stream?.state == .failed)
    #expect(slow.taken == 1024 / (Self.line(10).utf8.count + 1) + 1)
    #expect(exchange.problemName == "overloaded")
  }

  @Test func acceptThatExcludesBothForms() async throws {
    let backend = SeriesBackend([], .ok)
    let (body, exchange) = try await Self.ask("open", backend, accept: "text/html")
    #expect(exchange.response.status == 406 && body.contains("text/event-stream"))
    #expect(backend.calls.isEmpty)
  }

  /// `instance:` by path and by header.
  @Test func instances() async throws {
    let backend = SeriesBackend([Self.reply(1)], .ok)
    _ = try await Self.ask("open", backend)
    _ = try await Self.ask("open", backend, headers: [("Drawbridge-Instance", "right")])
    let twice = [("Drawbridge-Instance", "a"), ("Drawbridge-Instance", "b")]
    for headers in [twice, [("Drawbridge-Instance", "")]] {
      #expect(try await Self.ask("open", backend, headers: headers).exchange.response.status == 400)
    }
    #expect(try await Self.ask("open", backend, target: "/v1/%FF/a").exchange.response.status == 400)
    #expect(backend.calls.map(\.target) == [.named("left one"), .named("right")])
    // The variable is no parameter: the other one is.
    #expect(backend.calls[0].body == [0, 1, 0, 0, 2, 0, 0, 0, UInt8(ascii: "a"), 0])
  }

  @Test(arguments: [
    (
      "{ until: { member: nowhere, equals: 1 } }",
      "member 'nowhere': Arm_calibrate_Out has no field 'nowhere'"
    ),
    ("{ until: { member: info, equals: 1 } }", "'info' is never '1'"),
    ("{ until: { member: info.done, equals: yes } }", "'info.done' is never 'yes'"),
    ("{ until: { member: phase, equals: THIRD } }", "'phase' is never 'THIRD'"),
    ("{ until: { member: step, equals: first } }", "'step' is never 'first'"),
    ("{ until: { member: step } }", "'equals' is missing"),
    ("{ count: 1, idle: 1s }", "'replies' has one of 'until', 'idle' and 'count'"),
    ("{}", "'replies' has one of 'until', 'idle' and 'count'"),
    ("{ count: 0 }", "'count': '0' is not a number from 1 to 1000000000"),
    ("several", "'replies': 'several' is not one of one, open"),
    ("open, success: 204", "'success: 204' drops the replies that 'replies' asks for"),
  ])
  func mistakes(_ rule: String, _ message: String) throws {
    let (gateway, messages) = try Self.build(rule, backend: SeriesBackend([], .ok))
    #expect(gateway == nil)
    #expect(messages.contains(message), "\(messages)")
  }

  @Test func everyPathNeedsTheVariable() throws {
    let (gateway, messages) = try Self.build(
      "one }\n      forget: { post: /forget", backend: SeriesBackend([], .ok))
    #expect(gateway == nil)
    #expect(messages == ["service 'arm' selects its server by '{robot}', which this path lacks"])
    let (oneway, reasons) = try Self.build(
      "one }\n      forget: { post: \"/{robot}/forget\", replies: open", backend: SeriesBackend([], .ok))
    #expect(oneway == nil)
    #expect(reasons == ["'forget' has no reply: it is oneway"])
  }
}
