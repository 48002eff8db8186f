import EventLoop
import RPCCore
import Routing
import Testing

@testable import GatewayCore

/// `POST /rpc/{service}/{method}`: which methods have it, and what it does.
@Suite struct ImplicitRouteTests {
  private static let methods = """
    methods:
      Query: { id: 2/1, request: pool.Request, response: pool.Reply }
      Stop:  { id: 2/2 }
    """
  private static let routes = "\nroutes: { Query: { get: /query } }"

  /// What follows the methods, and the routes that there are.
  static let exposures: [(String, [String])] = [
    ("", ["POST /rpc/engine/Query", "POST /rpc/engine/Stop"]),
    ("\nexpose: all", ["POST /rpc/engine/Query", "POST /rpc/engine/Stop"]),
    ("\nexpose: routes", []),
    (routes, ["GET /query"]),
    (routes + "\nexpose: routes", ["GET /query"]),
    (routes + "\nexpose: all", ["GET /query", "POST /rpc/engine/Stop"]),
    // The prefix is for the routes that somebody wrote.
    (routes + "\nexpose: all\nprefix: /v1", ["GET /v1/query", "POST /rpc/engine/Stop"]),
  ]

  @Test(arguments: exposures) func exposure(_ rest: String, _ summaries: [String]) throws {
    let snapshot = try TestGateway(Self.methods + rest).gateway.snapshot
    #expect(snapshot.routes.map(\.summary) == summaries)
    #expect(snapshot.router.routes.map(\.summary) == summaries)
  }

  @Test func implicitRoutesTakeTheMessageAsBody() async throws {
    let gateway = try TestGateway(Self.methods)
    let answer = try await gateway.send(.json("POST", "/rpc/engine/Query", #"{"rank":3,"id":"x"}"#))
    #expect(answer.status == 200 && answer.body == "{}", "\(answer.body)")
    #expect(
      gateway.backend.calls.map { Wire.fields($0.body) } == [
        Wire.fields(Wire().text(1, "x").number(2, 3).bytes)
      ])
    #expect(gateway.backend.calls.map(\.deadline.instant.nanoseconds) == [31_000_000_000])
    #expect(try await gateway.send(TestRequest("POST", "/rpc/engine/Stop")).body == "{}")
    #expect(try await gateway.send(.json("POST", "/rpc/engine/Stop", "{}")).status == 400)
    #expect(
      try await gateway.send(TestRequest("GET", "/rpc/engine/Query")).headers["Allow"] == "POST, OPTIONS")
    #expect(try await gateway.send(TestRequest("POST", "/rpc/engine/query")).status == 404)
  }
}
