import EventLoop
import RPCCore
import SchemaModel
import Testing

@testable import GatewayCore

/// `lookup:` — a call before the route's own, whose reply gives fields.
@Suite struct LookupTests {
  static let service = """
    body_status: { field: status, codes: daos }
    methods:
      Query: { id: 2/1, request: pool.Request, response: pool.Reply }
      Find:  { id: 2/2, request: pool.Request, response: pool.Reply }
      Ranks: { id: 2/3, request: pool.Request, response: pool.Report }
    errors: { -1005: 410 }
    routes:
      Query:
        get: "/pools/{id}"
        default: { list: [9] }
        lookup:
          - { method: Ranks, when: { id: uuid }, set: { id: "{id}", rank: 3 }, take: { list: lines } }
          - { method: engine.Find, when: { id: not-uuid }, set: { spec: { label: "{id}" } }, take: { id: uuid } }
      Find: { get: "/find/{id}" }
    """

  static let uuid = "11111111-2222-4333-8444-55555555ABCD"
  /// `Find` knows a pool `tank`; `Ranks` gives 7 and 8.
  static let script: ScriptedBackend.Script = { call in
    switch call.method.rawValue {
    case 1:
      call.body == Wire().message(4, Wire().text(1, "tank")).bytes
        ? (Wire().text(2, uuid).bytes, .ok) : (Wire().number(1, -1005).bytes, .ok)
    case 2: (Wire().text(2, "7").text(2, "8").bytes, .ok)
    default: ([], .ok)
    }
  }

  private func sent(_ path: String) async throws -> (answer: TestAnswer, calls: [[[UInt8]]]) {
    let gateway = try TestGateway(Self.service, script: Self.script)
    let answer = try await gateway.send(TestRequest("GET", path))
    return (answer, gateway.backend.calls.map { Wire.fields($0.body) })
  }

  @Test func aLabelBecomesTheUUIDOfTheReply() async throws {
    let (answer, calls) = try await sent("/pools/tank")
    #expect(answer.status == 200, "\(answer.body)")
    #expect(calls.count == 2)
    #expect(calls.last == Wire.fields(Wire().text(1, Self.uuid).message(5, Wire(bytes: [9])).bytes))
  }

  @Test func aUUIDStaysAndGetsItsRanks() async throws {
    let (answer, calls) = try await sent("/pools/\(Self.uuid)")
    #expect(answer.status == 200, "\(answer.body)")
    #expect(calls.first == Wire.fields(Wire().text(1, Self.uuid).number(2, 3).bytes))
    // The default has yielded.
    #expect(calls.last == Wire.fields(Wire().text(1, Self.uuid).message(5, Wire(bytes: [7, 8])).bytes))
  }

  /// A server that turns out to want another wire form gets either request once more in that.
  @Test func aRequestIsWrittenAnew() async throws {
    let prefix = Lock<[UInt8]>([])
    let gateway = try TestGateway(Self.service, prefix: prefix) { call in
      let isFind = call.method.rawValue == 1
      // The field 15, which is nobody's.
      let wanted: [UInt8] = [0x78, isFind ? 1 : 2]
      if call.body.starts(with: wanted) {
        return (isFind ? Wire().text(2, Self.uuid).bytes : [], .ok)
      }
      prefix.withLock { $0 = wanted }
      return (nil, .transport(.absent, sent: false, "the server takes another form"))
    }
    let answer = try await gateway.send(TestRequest("GET", "/pools/tank"))
    #expect(answer.status == 200, "\(answer.body)")
    #expect(gateway.backend.calls.map(\.method.rawValue) == [1, 1, 0, 0])
  }

  @Test func aFailureOfTheLookupIsTheAnswer() async throws {
    let (answer, calls) = try await sent("/pools/nope")
    #expect(calls.count == 1)
    #expect(answer.status == 410 && answer.problem == "body-status", "\(answer.body)")
    #expect(answer.detail.contains("engine.Find"))
  }

  @Test func aRouteWithoutLookupMakesOneCall() async throws {
    let (answer, calls) = try await sent("/find/tank")
    #expect(answer.status == 410)
    #expect(calls == [Wire.fields(Wire().text(1, "tank").bytes)])
  }

  /// What the lookup gives is not the client's to give.
  @Test func aClientThatGivesTheFieldGets400() async throws {
    let (answer, calls) = try await sent("/pools/\(Self.uuid)?list=1")
    #expect(answer.status == 400 && answer.pointers == ["/list"], "\(answer.body)")
    #expect(answer.detail.contains("query") && answer.detail.contains("configuration"))
    #expect(calls.isEmpty)
  }

  /// The route's own call was not sent, whatever became of the lookup.
  @Test(arguments: [
    (RPCStatus.transport(.absent, sent: false, "nobody"), 503, true),
    (.transport(.deadline, sent: true, "no reply"), 503, true),
    (.transport(.protocolViolation, sent: true, "out of order"), 503, true),
    (.transport(.overloaded, sent: false, "full"), 503, true),
    (AnswerTests.drpc(2, .unknown), 502, false), (AnswerTests.drpc(4, .unimplemented), 501, false),
  ])
  func aLookupThatIsNotAnswered(_ status: RPCStatus, _ http: Int, _ retryable: Bool) async throws {
    let gateway = try TestGateway(Self.service) { _ in (nil, status) }
    let answer = try await gateway.send(TestRequest("GET", "/pools/tank"))
    #expect(gateway.backend.calls.count == 1)
    #expect(answer.status == http, "\(answer.body)")
    #expect(answer.json["retryable"] as? Bool == retryable)
    #expect(answer.detail.contains("engine.Find"), "\(answer.detail)")
    #expect((answer.headers["Retry-After"] != nil) == (http == 503))
  }

  @Test(arguments: [Wire().bytes, Wire().number(4, 5).bytes, Wire().text(2, "").bytes])
  func aReplyWithoutTheField(_ reply: [UInt8]) async throws {
    let gateway = try TestGateway(Self.service) { _ in (reply, .ok) }
    let answer = try await gateway.send(TestRequest("GET", "/pools/tank"))
    #expect(answer.status == 502 && answer.problem == "bad-reply", "\(answer.body)")
    #expect(answer.detail.contains("'uuid'") && answer.json["retryable"] as? Bool == false)
    #expect(gateway.backend.calls.count == 1)
  }

  @Test func aReplyThatCannotBeRead() async throws {
    let gateway = try TestGateway(Self.service) { _ in ([0xff], .ok) }
    let answer = try await gateway.send(TestRequest("GET", "/pools/tank"))
    #expect(answer.status == 502 && answer.problem == "bad-reply", "\(answer.body)")
  }

  /// Both calls have one deadline.
  @Test func theDeadlineIsShared() async throws {
    let gateway = try TestGateway(Self.service, script: Self.script)
    try await gateway.send(TestRequest("GET", "/pools/tank", [("Request-Timeout", "5s")]))
    let deadlines = Set(gateway.backend.calls.map(\.deadline))
    #expect(deadlines.count == 1)
  }

  @Test(arguments: [
    ("11111111-2222-4333-8444-55555555abcd", true), ("11111111-2222-4333-8444-55555555abc", false),
    ("11111111-2222-4333-8444-55555555abcg", false), ("11111111222-2-4333-8444-55555555abcd", false),
    ("----11111111222243338444555555555555", false), ("tank", false), ("", false),
  ])
  func whatAUUIDIs(_ text: String, _ expected: Bool) {
    #expect(Lookup.isUUID(Array(text.utf8)) == expected)
  }

  // MARK: Loading

  static let mistakes: [(String, String)] = [
    ("{ method: Fnd, take: { id: uuid } }", "service 'engine' has no method 'Fnd' [unknown-method]"),
    ("{ method: other.Find, take: { id: uuid } }", "there is no service 'other' [unknown-service]"),
    ("{ method: Find, take: { idd: uuid } }", "'take' field 'idd': pool.Request has no field 'idd'"),
    ("{ method: Find, take: { id: uid } }", "field of the reply 'uid': pool.Reply has no field 'uid'"),
    ("{ method: Find, take: { id: spec } }", "field of the reply 'spec' is not a single value"),
    ("{ method: Ranks, take: { id: lines } }", "'lines' is a list, and 'id' takes one value"),
    ("{ method: Find, take: { sys: uuid } }", "'take' field 'sys' is given by 'set' as well"),
    ("{ method: Find, when: { name: uuid }, take: { id: uuid } }", "the path has no variable '{name}'"),
    ("{ method: Find, set: { id: \"{name}\" }, take: { id: uuid } }", "the path has no variable '{name}'"),
    ("{ method: Find, set: { idd: a }, take: { id: uuid } }", "'set' field 'idd'"),
    ("{ method: Destroy, take: { id: uuid } }", "changes the state of the storage system and is off"),
  ]

  @Test(arguments: mistakes)
  func mistakesAreFoundAtLoad(_ lookup: String, _ message: String) throws {
    do {
      _ = try TestGateway(
        """
        methods:
          Query: { id: 2/1, request: pool.Request, response: pool.Reply }
          Find:  { id: 2/2, request: pool.Request, response: pool.Reply }
          Ranks: { id: 2/3, request: pool.Request, response: pool.Report }
          Destroy: { id: 2/208, request: pool.Request, response: pool.Reply }
        routes:
          Query: { get: "/pools/{id}", set: { sys: daos }, lookup: \(lookup) }
        """)
      Issue.record("taken: \(lookup)")
    } catch let refused as TestGateway.Refused {
      #expect(refused.diagnostics.contains { $0.contains(message) }, "\(refused.diagnostics)")
    }
  }
}
