import EventLoop
import RPCCore
import SchemaModel
import Testing
import Transcoding

@testable import GatewayCore

/// What comes of a request once it is admitted: the call, the reply, the answer.
@Suite struct AnswerTests {
  static let service = """
    body_status: { field: status, codes: daos }
    methods:
      Query:  { id: 2/1, request: pool.Request, response: pool.Reply }
      Create: { id: 2/2, request: pool.Request, response: pool.Reply }
      Stop:   { id: 2/3, request: pool.Request }
      Report: { id: 2/4, request: pool.Request, response: pool.Report }
      Wide:   { id: 2/5, request: pool.Request, response: pool.WideReply }
    errors: { -1004: 410, FAILURE: 500 }
    routes:
      Query:
        - { get: "/pools/{id}", set: { sys: daos }, default: { rank: 7 } }
        - { get: "/pools/{id}/spec", response_body: spec }
        - { get: "/pools/{id}/label", response_body: spec.label }
      Create:
        - { post: /pools, success: 201, errors: { FAILURE: 504, bad-reply: 500, overloaded: 429 } }
        - { put: "/pools/{id}", success: 204 }
        - { patch: "/pools/{id}/spec", body: spec, unknown_fields: ignore }
      Stop:   { post: /stop }
      Report: { get: /report }
      Wide:   { get: /wide }
    """

  static let reply = Wire().text(2, "u").message(3, Wire().text(1, "tank").number(2, 3)).number(4, 1 << 60)
    .bytes
  static let drpcSuccess = drpc(0, .ok)
  static let drpcSubmitted = drpc(1, .ok)

  static func drpc(_ number: Int32, _ code: RPCCode) -> RPCStatus {
    RPCStatus(
      code: code, origin: .backend, sent: true, detail: .drpc(module: 2, method: 1, status: number))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var request: TestRequest
    var reply: [UInt8]? = AnswerTests.reply
    var outcome = AnswerTests.drpcSuccess
    var status: Int
    /// The whole body, of a problem nothing.
    var body = ""
    var problem = ""

    var testDescription: String { "\(request.method) \(request.target) \(reply?.count ?? -1) \(status)" }
  }

  static let whole = #"{"uuid":"u","spec":{"label":"tank","ranks":3},"size":"1152921504606846976"}"#

  static let cases: [Case] = [
    Case(request: TestRequest("GET", "/pools/a"), status: 200, body: whole),
    Case(request: TestRequest("HEAD", "/pools/a"), status: 200, body: whole),
    Case(request: TestRequest("GET", "/pools/a"), reply: [], status: 200, body: "{}"),
    // dRPC SUCCESS may come without a body.
    Case(request: TestRequest("GET", "/pools/a"), reply: nil, status: 200, body: "{}"),
    Case(request: TestRequest("GET", "/pools/a"), outcome: drpcSubmitted, status: 202, body: whole),
    // `response_body`
    Case(request: TestRequest("GET", "/pools/a/spec"), status: 200, body: #"{"label":"tank","ranks":3}"#),
    Case(request: TestRequest("GET", "/pools/a/label"), status: 200, body: #""tank""#),
    Case(request: TestRequest("GET", "/pools/a/label"), reply: [], status: 200, body: #""""#),
    // `success`
    Case(request: .json("POST", "/pools", "{}"), status: 201, body: whole),
    Case(request: .json("POST", "/pools", "{}"), outcome: drpcSubmitted, status: 202, body: whole),
    Case(request: .json("PUT", "/pools/a", "{}"), status: 204),
    // A method without a response has nothing to read in what comes back.
    Case(request: TestRequest("POST", "/stop"), reply: [0xff, 0xff], status: 200, body: "{}"),
    // The reply's own status: only negative numbers, only in an int32 of that name.
    Case(
      request: TestRequest("GET", "/pools/a"), reply: Wire().number(1, -1005).bytes, status: 404,
      problem: "body-status"),
    Case(
      request: TestRequest("GET", "/pools/a"), reply: Wire().number(1, -1004).bytes, status: 410,
      problem: "body-status"),
    Case(
      request: .json("PUT", "/pools/a", "{}"), reply: Wire().number(1, -2_147_483_648).bytes, status: 500,
      problem: "body-status"),
    Case(
      request: TestRequest("GET", "/pools/a"), reply: Wire().number(1, -1005).bytes, outcome: drpcSubmitted,
      status: 404, problem: "body-status"),
    Case(
      request: TestRequest("GET", "/pools/a"), reply: Wire().number(1, 5).bytes, status: 200,
      body: #"{"status":5}"#),
    Case(
      request: TestRequest("GET", "/report"), reply: Wire().text(1, "-1005").bytes, status: 200,
      body: #"{"status":"-1005"}"#),
    Case(
      request: TestRequest("GET", "/wide"), reply: Wire().number(1, -1005).bytes, status: 200,
      body: #"{"status":"-1005"}"#),
    // Replies that cannot be read.
    Case(request: TestRequest("GET", "/pools/a"), reply: [0x12], status: 502, problem: "bad-reply"),
    Case(request: TestRequest("GET", "/pools/a"), reply: [0x12, 5, 0x61], status: 502, problem: "bad-reply"),
    Case(request: TestRequest("GET", "/pools/a"), reply: [0x12, 1, 0xff], status: 502, problem: "bad-reply"),
    Case(request: .json("POST", "/pools", "{}"), reply: [0x12], status: 500, problem: "bad-reply"),
    // What the backend says instead of a reply.
    Case(
      request: TestRequest("GET", "/pools/a"), reply: nil, outcome: drpc(2, .unknown), status: 500,
      problem: "backend-failed"),
    Case(
      request: .json("POST", "/pools", "{}"), reply: nil, outcome: drpc(2, .unknown), status: 504,
      problem: "backend-failed"),
    Case(
      request: TestRequest("GET", "/pools/a"), reply: nil, outcome: drpc(4, .unimplemented), status: 501,
      problem: "not-implemented"),
    Case(
      request: TestRequest("GET", "/pools/a"), reply: nil,
      outcome: .transport(.deadline, sent: true, "no reply in 30 s"), status: 504,
      problem: "deadline-exceeded"),
  ]

  @Test(arguments: cases) func answers(_ row: Case) async throws {
    let gateway = try TestGateway(Self.service) { _ in (row.reply, row.outcome) }
    let answer = try await gateway.send(row.request)
    #expect(answer.status == row.status, "\(answer.body)")
    #expect(answer.problem == row.problem, "\(answer.body)")
    if row.problem.isEmpty {
      #expect(answer.body == row.body)
      #expect(answer.contentType == (row.status == 204 ? "" : "application/json"))
      // Answers to unsafe methods are not to be kept.
      let isRead = ["GET", "HEAD"].contains(row.request.method)
      #expect(answer.headers["Cache-Control"] == (isRead ? nil : "no-store"))
    } else {
      #expect(answer.headers["Retry-After"] == nil)
      #expect(answer.json["retryable"] as? Bool == false)
      #expect(!answer.body.contains("tank"))
    }
    #expect(gateway.backend.calls.count == 1)
  }

  /// A reply cut off anywhere is read, or is a 502; nothing of it is left in the body of the problem.
  @Test func cutReplies() async throws {
    for length in 0..<Self.reply.count {
      let gateway = try TestGateway(Self.service) { _ in (Array(Self.reply[..<length]), Self.drpcSuccess) }
      let answer = try await gateway.send(TestRequest("GET", "/pools/a"))
      #expect(answer.status == 200 || answer.status == 502, "\(length)")
      if answer.status == 502 { #expect(!answer.pointers.isEmpty) }
    }
  }

  @Test func aBodyStatusNamesItsCall() async throws {
    let gateway = try TestGateway(Self.service) { _ in (Wire().number(1, -1012).bytes, Self.drpcSuccess) }
    let answer = try await gateway.send(TestRequest("GET", "/pools/a"))
    #expect(answer.status == 503 && answer.headers["Retry-After"] == "1")
    #expect(answer.json["retryable"] as? Bool == true && answer.json["title"] as? String == "DER_BUSY")
    #expect(answer.body.contains(#""daos":{"status":-1012,"name":"DER_BUSY"}"#))
    #expect(answer.body.contains(#""drpc":{"module":2,"method":1,"status":"SUCCESS"}"#))
  }

  /// `codes: none`: any number but 0 is a failure, and has no name.
  @Test(arguments: [(0, 200), (1, 500), (-1005, 500)] as [(Int64, Int)])
  func bareBodyStatus(_ number: Int64, _ status: Int) async throws {
    let gateway = try TestGateway(Self.service.replacing("codes: daos", with: "codes: none")) { _ in
      (Wire().number(1, number).bytes, Self.drpcSuccess)
    }
    let answer = try await gateway.send(TestRequest("GET", "/pools/a"))
    #expect(answer.status == status, "\(answer.body)")
    #expect(answer.json["daos"] == nil)
    if status == 500 { #expect(answer.detail == "status \(number), reported by engine.Query") }
  }

  // MARK: What the backend gets

  static let bodies: [(TestRequest, [UInt8])] = [
    (
      TestRequest("GET", "/pools/a%20b?list=1"),
      Wire().text(1, "a b").number(2, 7).text(3, "daos").message(5, Wire(bytes: [1])).bytes
    ),
    (TestRequest("GET", "/pools/a?rank=3"), Wire().text(1, "a").number(2, 3).text(3, "daos").bytes),
    (TestRequest("POST", "/pools"), []),
    (.json("POST", "/pools", #"{"rank":3}"#), Wire().number(2, 3).bytes),
    (.json("PUT", "/pools/a", #"{"rank":3}"#), Wire().text(1, "a").number(2, 3).bytes),
    (
      .json("PATCH", "/pools/a/spec?rank=1", #"{"label":"x"}"#),
      Wire().text(1, "a").number(2, 1).message(4, Wire().text(1, "x")).bytes
    ),
  ]

  @Test(arguments: bodies) func theCallIsTheRequestsMessage(_ request: TestRequest, _ wire: [UInt8])
    async throws
  {
    let gateway = try TestGateway(Self.service)
    let answer = try await gateway.send(request)
    #expect(answer.status < 300, "\(answer.body)")
    let call = try #require(gateway.backend.calls.first)
    #expect(Wire.fields(call.body) == Wire.fields(wire))
    #expect(call.abandonable == (request.method == "GET"))
    #expect(call.target == .any)
  }

  /// A request, the status, the problem and the pointers.
  static let mistakes: [(TestRequest, String, [String])] = [
    (.json("POST", "/pools", "{"), "malformed-request", [""]),
    (.json("POST", "/pools", "[]"), "malformed-request", [""]),
    (.json("POST", "/pools", "{} x"), "malformed-request", [""]),
    (.json("POST", "/pools", #"{"rank":-1}"#), "invalid-field", ["/rank"]),
    (.json("POST", "/pools", #"{"nope":1}"#), "invalid-field", ["/nope"]),
    (.json("PUT", "/pools/a", #"{"id":"b"}"#), "invalid-field", ["/id"]),
    (TestRequest("GET", "/pools/a?sys=other"), "invalid-field", ["/sys"]),
    (TestRequest("GET", "/pools/a?rank=x"), "invalid-field", ["/rank"]),
    (TestRequest("GET", "/pools/a?rank=1&rank=2"), "invalid-field", ["/rank"]),
    (TestRequest("GET", "/pools/a?nope=1"), "invalid-field", [""]),
  ]

  @Test(arguments: mistakes)
  func mistakesNeverReachTheBackend(_ request: TestRequest, _ problem: String, _ pointers: [String])
    async throws
  {
    let gateway = try TestGateway(Self.service)
    let answer = try await gateway.send(request)
    #expect(
      answer.status == 400 && answer.problem == problem && answer.pointers == pointers, "\(answer.body)")
    #expect(gateway.backend.calls.isEmpty)
  }

  // MARK: unknown_fields

  @Test func ignoredParametersAreNamed() async throws {
    let gateway = try TestGateway(Self.service)
    let answer = try await gateway.send(
      .json("PATCH", "/pools/a/spec?x=1&rank=2&y%0d.z=3&x=4", #"{"label":"l"}"#))
    #expect(answer.status == 200, "\(answer.body)")
    #expect(answer.headers["Drawbridge-Ignored-Fields"] == "x, y%0d.z, x")
    let sent = Wire().text(1, "a").number(2, 2).message(4, Wire().text(1, "l")).bytes
    #expect(gateway.backend.calls.map { Wire.fields($0.body) } == [Wire.fields(sent)])
    let none = try await gateway.send(.json("PATCH", "/pools/a/spec?rank=2", "{}"))
    #expect(none.headers["Drawbridge-Ignored-Fields"] == nil)
  }

  /// The route's word goes before the schema's, for the body as for the query.
  @Test func ignoringIsARoutesOwn() async throws {
    let body = #"{"label":"l","nope":[1,{"a":2}]}"#
    let strict = try TestGateway(Self.service)
    #expect(try await strict.send(.json("PATCH", "/pools/a/spec", body)).status == 200)
    #expect(try await strict.send(.json("POST", "/pools?nope=1", "{}")).status == 400)
    #expect(try await strict.send(.json("POST", "/pools", #"{"nope":1}"#)).status == 400)
    let loose = try TestGateway(
      Self.service.replacing("unknown_fields: ignore", with: "unknown_fields: error"),
      protobuf: "unknown_fields: ignore")
    #expect(try await loose.send(.json("PATCH", "/pools/a/spec", body)).status == 400)
    #expect(try await loose.send(.json("POST", "/pools?nope=1", #"{"nope":1}"#)).status == 201)
  }

  // MARK: Limits and clients that go

  @Test func moreThanTheLimitInFlightIs503() async throws {
    let gate = Gate()
    let gateway = try TestGateway(Self.service, limits: "{ in_flight: 2 }", gate: gate)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<2 { group.addTask { try await gateway.send(TestRequest("GET", "/pools/a")).status } }
      await gate.waitForCallers(2)
      let refused = try await gateway.send(TestRequest("GET", "/pools/a"))
      #expect(refused.status == 503 && refused.problem == "overloaded")
      #expect(refused.headers["Retry-After"] == "1" && refused.json["retryable"] as? Bool == true)
      #expect(refused.json["code"] as? String == "RESOURCE_EXHAUSTED")
      // A route may want another status for it, and then there is no Retry-After.
      let other = try await gateway.send(.json("POST", "/pools", "{}"))
      #expect(other.status == 429 && other.problem == "overloaded" && other.headers["Retry-After"] == nil)
      #expect(gateway.backend.calls.count == 2)
      await gate.open()
      for try await status in group { #expect(status == 200) }
    }
    #expect(try await gateway.send(TestRequest("GET", "/pools/a")).status == 200)
  }

  /// Every way out gives its place back.
  @Test func placesAreGivenBack() async throws {
    let gateway = try TestGateway(Self.service, limits: "{ in_flight: 1 }") { _ in ([0x12], .ok) }
    for _ in 0..<3 {
      #expect(try await gateway.send(.json("PUT", "/pools/a", "{")).status == 400)
      #expect(try await gateway.send(TestRequest("GET", "/pools/a")).status == 502)
    }
  }

  @Test func nothingIsMadeForAClientThatLeft() async throws {
    let gate = Gate()
    let gateway = try TestGateway(Self.service, gate: gate) { _ in ([0x12], .ok) }
    let exchange = try TestRequest("GET", "/pools/a").exchange()
    guard case .proceed = gateway.gateway.admit(exchange) else {
      Issue.record("not admitted: \(text(exchange.response.body))")
      return
    }
    async let answer: Void = gateway.gateway.answered(exchange)
    await gate.waitForCallers(1)
    exchange.clientLeft()
    await gate.open()
    await answer
    #expect(
      exchange.response.body.isEmpty && exchange.response.requestID.isEmpty && exchange.problemName.isEmpty)
  }

  @Test func anExchangeIsReused() async throws {
    let gateway = try TestGateway(Self.service) { _ in (Self.reply, Self.drpcSuccess) }
    let exchange = try TestRequest("GET", "/nowhere", [("X-Request-Id", "first")]).exchange()
    #expect(TestAnswer(exchange).status == 200)
    guard case .respond = gateway.gateway.admit(exchange) else {
      Issue.record("a path without a route is admitted")
      return
    }
    #expect(exchange.response.status == 404)
    exchange.reset()
    exchange.target = Array("/pools/b".utf8)
    guard case .proceed = gateway.gateway.admit(exchange) else {
      Issue.record("not admitted: \(text(exchange.response.body))")
      return
    }
    await gateway.gateway.answered(exchange)
    #expect(exchange.response.status == 200 && text(exchange.response.body) == Self.whole)
    #expect(
      exchange.requestID != "first" && exchange.routeName == "engine.Query" && exchange.problemName.isEmpty)
  }
}
