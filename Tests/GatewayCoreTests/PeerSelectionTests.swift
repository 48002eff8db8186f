import RPCCore
import Testing

@testable import GatewayCore

/// `select: "{engine}"` — the path names the server.
@Suite struct PeerSelectionTests {
  static let service = """
    methods: { Query: { id: 2/1, request: pool.Request, response: pool.Reply } }
    prefix: "/engines/{engine}"
    routes: { Query: { get: "/pools/{id}" } }
    """
  static let drpc = #"sockets: { 0: /a, 1: /b, "x y": /c }, select: "{engine}""#

  @Test(arguments: [("0", "0"), ("1", "1"), ("x%20y", "x y")])
  func theVariableIsTheTarget(_ written: String, _ name: String) async throws {
    let gateway = try TestGateway(Self.service, drpc: Self.drpc)
    #expect(try await gateway.send(TestRequest("GET", "/engines/\(written)/pools/tank")).status == 200)
    let call = try #require(gateway.backend.calls.first)
    #expect(call.target == .named(name))
    // The variable is no field of the request.
    #expect(call.body == Wire().text(1, "tank").bytes)
  }

  @Test func anUnknownNameIs404() async throws {
    let gateway = try TestGateway(Self.service, drpc: Self.drpc)
    let answer = try await gateway.send(TestRequest("GET", "/engines/2/pools/tank"))
    #expect(answer.status == 404 && answer.problem == "route-not-found", "\(answer.body)")
    #expect(answer.detail.contains("it has 0, 1, x y"), "\(answer.detail)")
    #expect(gateway.backend.calls.isEmpty)
  }

  @Test func implicitRoutesHaveTheVariable() async throws {
    let gateway = try TestGateway(
      "methods: { Query: { id: 2/1, request: pool.Request, response: pool.Reply } }", drpc: Self.drpc)
    let answer = try await gateway.send(TestRequest.json("POST", "/rpc/engine/1/Query", #"{"id":"a"}"#))
    #expect(answer.status == 200, "\(answer.body)")
    #expect(gateway.backend.calls.map(\.target) == [.named("1")])
  }

  @Test func withoutTheVariableInThePathLoadingFails() throws {
    let service = """
      methods: { Query: { id: 2/1, request: pool.Request, response: pool.Reply } }
      routes: { Query: { get: "/pools/{id}" } }
      """
    #expect(throws: TestGateway.Refused.self) { try TestGateway(service, drpc: Self.drpc) }
  }
}
