import EventLoop
import Foundation
import RPCCore
import Routing
import SchemaModel
import Testing
import Transcoding

@testable import GatewayCore

/// A backend that answers what the test tells it to. The wire of real ones is tested with them.
final class ScriptedBackend: RPCBackend {
  typealias Script = @Sendable (RPCCall) -> (reply: [UInt8]?, status: RPCStatus)

  private let script: Script
  private let received = Lock([RPCCall]())
  /// Suspends each call until the test lets it go; nil to answer at once.
  private let gate: Gate?
  /// What stands before the message of each request; a script may change it.
  private let prefix: Lock<[UInt8]>

  init(gate: Gate? = nil, prefix: Lock<[UInt8]> = Lock([]), _ script: @escaping Script) {
    self.gate = gate
    self.prefix = prefix
    self.script = script
  }

  var calls: [RPCCall] { received.withLock { $0 } }

  func call(_ call: RPCCall, sink: any ReplySink) async -> RPCStatus {
    received.withLock { $0.append(call) }
    await gate?.pass()
    let (reply, status) = script(call)
    if let reply { sink.receive(ReplyBody(reply)) }
    return status
  }

  func requestPrefix(for method: MethodID, target: RPCTarget) -> [UInt8] { prefix.withLock { $0 } }

  var readiness: Readiness { .ready }

  func shutDown(by deadline: Deadline) async {}
}

/// Holds callers until it is opened.
actor Gate {
  private var isOpen = false
  private var held: [CheckedContinuation<Void, Never>] = []
  private var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

  func pass() async {
    if isOpen { return }
    await withCheckedContinuation { continuation in
      held.append(continuation)
      let count = held.count
      for watcher in watchers where watcher.count <= count { watcher.continuation.resume() }
      watchers.removeAll { $0.count <= count }
    }
  }

  /// Returns when `count` callers are held.
  func waitForCallers(_ count: Int) async {
    if held.count >= count { return }
    await withCheckedContinuation { watchers.append((count, $0)) }
  }

  func open() {
    isOpen = true
    for continuation in held { continuation.resume() }
    held.removeAll()
  }
}

/// A gateway over one service `engine`, from configuration text to answers, without sockets.
final class TestGateway: Sendable {
  let gateway: Gateway
  let backend: ScriptedBackend

  /// `service` is YAML below the service's name; the schema and the socket are there already.
  init(
    _ service: String, limits: String = "{}", drpc: String = "sockets: /nowhere",
    protobuf: String = "names: original", gate: Gate? = nil, prefix: Lock<[UInt8]> = Lock([]),
    script: @escaping ScriptedBackend.Script = { _ in ([], .ok) }
  ) throws {
    let backend = ScriptedBackend(gate: gate, prefix: prefix, script)
    var diagnostics = Diagnostics()
    let text = Self.configuration(service, limits: limits, drpc: drpc, protobuf: protobuf)
    let (configuration, snapshot) = try Self.build(text, backend: backend, &diagnostics)
    guard let configuration, let snapshot else {
      throw Refused(diagnostics: diagnostics.all.map(\.description))
    }
    var silent = LogConfiguration()
    silent.access = false
    gateway = Gateway(snapshot: snapshot, log: Log(silent), limits: configuration.limits)
    self.backend = backend
  }

  struct Refused: Error { let diagnostics: [String] }

  static func configuration(
    _ service: String, limits: String, drpc: String = "sockets: /nowhere", protobuf: String
  ) -> String {
    """
    limits: \(limits)
    services:
      engine:
        drpc: { \(drpc) }
        protobuf: { files: [pool.binpb], \(protobuf) }
    \(service.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }.joined(separator: "\n"))
    """
  }

  /// Reads `text` as `c.yaml` beside the compiled schema.
  static func build(
    _ text: String, backend: ScriptedBackend, _ diagnostics: inout Diagnostics
  ) throws -> (Configuration?, Snapshot?) {
    let path = try PoolSchema.folder.get().appending(path: "c.yaml").path
    guard
      let configuration = ConfigurationLoader.load(
        text: text, path: path, environment: [:], diagnostics: &diagnostics)
    else { return (nil, nil) }
    let snapshot = SnapshotBuilder.build(configuration, diagnostics: &diagnostics) { _, _ in backend }
    return (configuration, snapshot)
  }

  /// Serves one request as a front would, and checks what holds for every answer.
  @discardableResult func send(
    _ request: TestRequest, _ place: Testing.SourceLocation = #_sourceLocation
  ) async throws -> TestAnswer {
    let exchange = try request.exchange()
    if case .proceed = gateway.admit(exchange) {
      exchange.input.body += Array(request.body.utf8)
      await gateway.answered(exchange)
    }
    gateway.finished(exchange, status: exchange.response.status)
    let answer = TestAnswer(exchange)
    #expect(answer.headers["X-Request-Id"] == exchange.requestID, sourceLocation: place)
    #expect(answer.headers["X-Content-Type-Options"] == "nosniff", sourceLocation: place)
    #expect(
      answer.headers.count == answer.headerCount, "a header comes twice", sourceLocation: place)
    if answer.status >= 400 {
      #expect(answer.contentType == "application/problem+json", sourceLocation: place)
      #expect(answer.headers["Cache-Control"] == "no-store", sourceLocation: place)
      #expect(answer.json["status"] as? Int == answer.status, sourceLocation: place)
      #expect(answer.json["request_id"] as? String == exchange.requestID, sourceLocation: place)
      #expect(answer.problem == exchange.problemName, sourceLocation: place)
      try ProblemValidator.check(exchange.response.body, place)
    } else {
      #expect(exchange.problemName.isEmpty, sourceLocation: place)
    }
    return answer
  }
}

/// What the exchanges of all tests run on.
private enum RunningLoop {
  static let shared: Result<EventLoop, any Error> = Result {
    let loop = try EventLoop()
    try loop.start()
    return loop
  }
}

extension Gateway {
  /// Has a request answered as a front does, and waits for it.
  func answered(_ exchange: HTTPExchange) async {
    let front = WaitingFront()
    exchange.front = front
    await withCheckedContinuation { continuation in
      front.waiter = continuation
      exchange.loop.submit { self.answer(exchange) }
    }
    // ThreadSanitizer does not see what a continuation orders, but what a lock does.
    _ = front.isDone.withLock { $0 }
    exchange.front = nil
  }
}

/// Waits for an answer.
private final class WaitingFront: HTTPExchangeFront {
  var waiter: CheckedContinuation<Void, Never>?
  let isDone = Lock(false)

  func answered(_ exchange: HTTPExchange) {
    isDone.withLock { $0 = true }
    waiter?.resume()
    waiter = nil
  }

  func headerValues(named name: String) -> [[UInt8]] { [] }
  func streamBegins(_ exchange: HTTPExchange) {}
  func streamChanged(_ stream: ResponseStream) {}
}

/// One request.
struct TestRequest: Sendable {
  var method: String
  var target: String
  var headers: [(String, String)] = []
  var body = ""
  /// Whether the head announces a body, which may be empty; nil: when there is one.
  var announcesBody: Bool?
  /// When the head was complete.
  var arrival = MonotonicInstant(nanoseconds: 1_000_000_000)

  init(_ method: String, _ target: String, _ headers: [(String, String)] = [], body: String = "") {
    (self.method, self.target, self.headers, self.body) = (method, target, headers, body)
  }

  /// A request with a JSON body.
  static func json(_ method: String, _ target: String, _ body: String) -> TestRequest {
    TestRequest(method, target, [("Content-Type", "application/json")], body: body)
  }

  func exchange() throws -> HTTPExchange {
    let exchange = HTTPExchange(context: LoopContext(loop: try RunningLoop.shared.get()), peer: "test")
    exchange.method = HTTPMethod(Array(method.utf8).span)
    exchange.target = Array(target.utf8)
    for (name, value) in headers {
      exchange.headers.add(name: Array(name.utf8).span, value: Array(value.utf8).span)
    }
    if announcesBody ?? !body.isEmpty { exchange.bodyLength = .chunked }
    exchange.arrival = arrival
    return exchange
  }
}

/// What the gateway left in the exchange.
struct TestAnswer {
  let status: Int
  let contentType: String
  let headers: [String: String]
  /// Fields as they are sent, repeated ones counted.
  let headerCount: Int
  let body: String
  /// The object in the body; empty when there is none.
  let json: [String: Any]

  init(_ exchange: HTTPExchange) {
    status = exchange.response.status
    contentType = exchange.response.contentType.rawValue
    var headers: [String: String] = [:]
    var count = 0
    exchange.response.forEachHeader { name, value in
      headers["\(name)"] = value
      count += 1
    }
    headerCount = count
    self.headers = headers
    body = text(exchange.response.body)
    json = (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
  }

  /// The problem type's name.
  var problem: String {
    (json["type"] as? String ?? "").replacing("urn:drawbridge:problem:", with: "")
  }

  var detail: String { json["detail"] as? String ?? "" }
  var pointers: [String] {
    (json["errors"] as? [[String: Any]] ?? []).compactMap { $0["pointer"] as? String }
  }
}
