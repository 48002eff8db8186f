import EventLoop
import RPCCore
import Testing

@testable import GatewayCore

/// What the head of a request decides.
///
/// Fronts are tested with sockets; here stands what is the same behind each of them.
@Suite struct AdmissionTests {
  static let service = """
    timeout: 10s
    methods:
      Query:  { id: 2/1, request: pool.Request, response: pool.Reply }
      Create: { id: 2/2, request: pool.Request, response: pool.Reply }
      Stop:   { id: 2/3 }
    prefix: /v1
    routes:
      Query:  { get: "/pools/{id}", additional_bindings: [{ custom: { kind: LIST, path: "/pools" } }] }
      Create: { post: /pools, timeout: 2s, errors: { invalid-field: 422, unsupported-media-type: 400 } }
      Stop:   { post: /stop }
    """

  struct Case: Sendable, CustomTestStringConvertible {
    var request: TestRequest
    var status: Int
    var problem = ""
    var headers: [String: String] = [:]
    /// A part of the detail.
    var detail = ""

    var testDescription: String { "\(request.method) \(request.target) \(request.headers)" }
  }

  static let json = [("Content-Type", "application/json")]

  static let cases: [Case] = [
    Case(request: TestRequest("GET", "/v1/pools/a"), status: 200),
    Case(request: TestRequest("HEAD", "/v1/pools/a"), status: 200),
    Case(request: TestRequest("LIST", "/v1/pools"), status: 200),
    Case(request: TestRequest("POST", "/v1/stop"), status: 200),
    // Paths and methods.
    Case(
      request: TestRequest("GET", "/"), status: 404, problem: "route-not-found",
      detail: "no route has this path"),
    Case(request: TestRequest("GET", "/v1/pools/a/b"), status: 404, problem: "route-not-found"),
    Case(request: TestRequest("GET", "/v1/pools/a/"), status: 404, problem: "route-not-found"),
    Case(request: TestRequest("GET", "/v1/pools/"), status: 404, problem: "route-not-found"),
    Case(request: TestRequest("OPTIONS", "/nowhere"), status: 404, problem: "route-not-found"),
    Case(
      request: TestRequest("DELETE", "/v1/pools/a"), status: 405, problem: "method-not-allowed",
      headers: ["Allow": "GET, HEAD, OPTIONS"], detail: "no DELETE; it has GET, HEAD, OPTIONS"),
    Case(
      request: TestRequest("get", "/v1/pools/a"), status: 405, problem: "method-not-allowed",
      headers: ["Allow": "GET, HEAD, OPTIONS"]),
    Case(
      request: TestRequest("GET", "/v1/pools"), status: 405, problem: "method-not-allowed",
      headers: ["Allow": "LIST, POST, OPTIONS"]),
    Case(
      request: TestRequest("OPTIONS", "/v1/pools/a"), status: 204, headers: ["Allow": "GET, HEAD, OPTIONS"]),
    Case(request: TestRequest("OPTIONS", "*"), status: 204),
    Case(request: TestRequest("GET", "*"), status: 400, problem: "malformed-request"),
    Case(
      request: TestRequest("GET", "/v1/pools/%zz"), status: 400, problem: "malformed-request",
      detail: "broken percent-encoding"),
    Case(request: TestRequest("GET", "/v1/pools/%00"), status: 400, problem: "malformed-request"),
    // Targets in absolute form (RFC 9112 section 3.2.2).
    Case(request: TestRequest("GET", "http://a.b:80/v1/pools/a"), status: 200),
    Case(request: TestRequest("GET", "HTTPS://a/v1/pools/a?sys=x"), status: 200),
    Case(
      request: TestRequest("OPTIONS", "http://a/v1/pools/a"), status: 204,
      headers: ["Allow": "GET, HEAD, OPTIONS"]),
    Case(
      request: TestRequest("GET", "http://a"), status: 400, problem: "malformed-request", detail: "not a path"
    ),
    Case(request: TestRequest("GET", "http://"), status: 400, problem: "malformed-request"),
    Case(request: TestRequest("GET", "http://a?x=/v1/pools/a"), status: 400, problem: "malformed-request"),
    Case(request: TestRequest("GET", "ftp://a/v1/pools/a"), status: 400, problem: "malformed-request"),
    Case(request: TestRequest("GET", "http:\u{0f}/a/v1/pools/a"), status: 400, problem: "malformed-request"),
    Case(request: TestRequest("GET", "v1/pools/a"), status: 400, problem: "malformed-request"),
    Case(request: TestRequest("GET", "?x"), status: 400, problem: "malformed-request"),
    Case(request: TestRequest("GET", ""), status: 400, problem: "malformed-request"),
    // Accept.
    Case(request: TestRequest("GET", "/v1/pools/a", [("Accept", "*/*")]), status: 200),
    Case(request: TestRequest("GET", "/v1/pools/a", [("Accept", "")]), status: 200),
    Case(
      request: TestRequest("GET", "/v1/pools/a", [("Accept", "text/html")]), status: 406,
      problem: "not-acceptable", detail: "application/json"),
    Case(
      request: TestRequest("GET", "/v1/pools/a", [("Accept", "application/json"), ("Accept", "text/html")]),
      status: 200),
    // Content-Type.
    Case(request: TestRequest("POST", "/v1/pools", json, body: "{}"), status: 200),
    Case(
      request: TestRequest("POST", "/v1/pools", [("Content-Type", "application/x+json; a=b")], body: "{}"),
      status: 200),
    Case(request: TestRequest("POST", "/v1/pools"), status: 200),
    Case(
      request: TestRequest("LIST", "/v1/pools", [], body: "a=b"), status: 400, problem: "malformed-request",
      detail: "LIST /v1/pools takes no body"),
    Case(
      request: TestRequest("GET", "/v1/pools/a", json, body: "{}"), status: 400, problem: "malformed-request",
      detail: "GET /v1/pools/{id} takes no body"),
    // A method without a request message takes none either.
    Case(
      request: TestRequest("POST", "/v1/stop", json, body: "{}"), status: 400, problem: "malformed-request",
      detail: "takes no body"),
    // Query.
    Case(
      request: TestRequest("GET", "/v1/pools/a?rnk=1"), status: 400, problem: "invalid-field",
      detail: "unknown parameter 'rnk'"),
    Case(
      request: TestRequest("GET", "/v1/pools/a?id=b"), status: 400, problem: "invalid-field", detail: "/id"),
    Case(request: TestRequest("GET", "/v1/pools/a?"), status: 200),
    // Timeouts.
    Case(
      request: TestRequest("GET", "/v1/pools/a", [("Request-Timeout", "soon")]), status: 400,
      problem: "malformed-request", detail: "Request-Timeout is not a time such as 2.5s"),
    Case(
      request: TestRequest("GET", "/v1/pools/a", [("grpc-timeout", "123456789S")]), status: 400,
      problem: "malformed-request", detail: "Grpc-Timeout"),
  ]

  @Test(arguments: cases) func heads(_ row: Case) async throws {
    let gateway = try TestGateway(Self.service)
    let answer = try await gateway.send(row.request)
    #expect(answer.status == row.status, "\(answer.body)")
    #expect(answer.problem == row.problem, "\(answer.body)")
    #expect(answer.detail.contains(row.detail), "\(answer.body)")
    for (name, value) in row.headers { #expect(answer.headers[name] == value, "\(name)") }
    #expect((answer.headers["Allow"] != nil) == (row.headers["Allow"] != nil))
    if answer.status == 204 { #expect(answer.body.isEmpty && answer.contentType.isEmpty) }
    if answer.status >= 400 { #expect(gateway.backend.calls.isEmpty) }
  }

  /// What the route's own table says about a problem that the gateway found.
  @Test func routesOverrideTheGatewaysOwnProblems() async throws {
    let gateway = try TestGateway(Self.service)
    let form = try await gateway.send(
      TestRequest("POST", "/v1/pools", [("Content-Type", "text/plain")], body: "{}"))
    #expect(form.status == 400 && form.problem == "unsupported-media-type")
    #expect(form.detail == "send Content-Type: application/json (curl: --json)")
    let field = try await gateway.send(.json("POST", "/v1/pools", #"{"rank":-1}"#))
    #expect(field.status == 422 && field.problem == "invalid-field" && field.pointers == ["/rank"])
    let query = try await gateway.send(.json("POST", "/v1/pools?x=1", "{}"))
    #expect(query.status == 422 && query.problem == "invalid-field")
    #expect(try await gateway.send(TestRequest("GET", "/v1/pools/a?x=1")).status == 400)
  }

  @Test func bodiesWithoutATypeAreRefused() async throws {
    let gateway = try TestGateway(
      Self.service.replacing("unsupported-media-type: 400", with: "internal: 500"))
    for type in [
      nil, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx",
    ] {
      let headers = type.map { [("Content-Type", $0)] } ?? []
      let answer = try await gateway.send(TestRequest("POST", "/v1/pools", headers, body: "{}"))
      #expect(answer.status == 415 && answer.problem == "unsupported-media-type", "\(type ?? "none")")
    }
  }

  // MARK: Deadlines

  /// Headers and what is left of ten seconds.
  static let timeouts: [([(String, String)], UInt64)] = [
    ([], 10_000),
    ([("Request-Timeout", "2.5s")], 2_500),
    ([("request-timeout", "500ms")], 500),
    ([("grpc-timeout", "3S")], 3_000),
    ([("Request-Timeout", "4s"), ("grpc-timeout", "3S")], 3_000),
    ([("Request-Timeout", "2s"), ("grpc-timeout", "3S")], 2_000),
    ([("Request-Timeout", "11s")], 10_000),
    ([("Request-Timeout", "18446744073s")], 10_000),
    ([("grpc-timeout", "99999999S")], 10_000),
    ([("Request-Timeout", "0")], 0),
  ]

  @Test(arguments: timeouts)
  func headersLowerTheDeadlineAndNeverRaiseIt(_ headers: [(String, String)], _ milliseconds: UInt64)
    async throws
  {
    let gateway = try TestGateway(Self.service)
    try await gateway.send(TestRequest("GET", "/v1/pools/a", headers))
    #expect(
      gateway.backend.calls.map(\.deadline.instant.nanoseconds) == [1_000_000_000 + milliseconds * 1_000_000])
  }

  @Test func aRoutesTimeoutComesBeforeTheServices() async throws {
    let gateway = try TestGateway(Self.service)
    try await gateway.send(TestRequest("POST", "/v1/pools"))
    #expect(gateway.backend.calls.map(\.deadline.instant.nanoseconds) == [3_000_000_000])
  }

  // MARK: Request ids

  static let requestIDs: [(String, Bool)] = [
    ("abc-123", true), ("!~{}\"", true), (String(repeating: "x", count: 128), true),
    (String(repeating: "x", count: 129), false), ("", false), ("a b", false), ("a\tb", false),
    ("a\u{7f}", false), ("ü", false), ("a\nb", false),
  ]

  @Test(arguments: requestIDs) func requestIDsAreEchoedOrReplaced(_ given: String, _ isTaken: Bool)
    async throws
  {
    let gateway = try TestGateway(Self.service)
    for target in ["/v1/pools/a", "/nowhere"] {
      let answer = try await gateway.send(TestRequest("GET", target, [("X-Request-Id", given)]))
      let id = try #require(answer.headers["X-Request-Id"])
      #expect((id == given) == isTaken)
      if !isTaken { #expect(id.utf8.count == 13) }
    }
  }

  @Test func aFrontRefusesThroughTheGateway() throws {
    let gateway = try TestGateway(Self.service)
    let exchange = try TestRequest("GET", "/v1?x", [("X-Request-Id", "mine")]).exchange()
    gateway.gateway.refuse(exchange, as: .headTooLarge, detail: "too long")
    let answer = TestAnswer(exchange)
    #expect(answer.status == 431 && answer.problem == "head-too-large")
    #expect(answer.json["request_id"] as? String == "mine" && answer.json["instance"] as? String == "/v1")
    try ProblemValidator.check(exchange.response.body)
  }
}
