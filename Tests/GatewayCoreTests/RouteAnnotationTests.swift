import Foundation
import RPCCore
import SchemaModel
import TestSupport
import Testing

@testable import GatewayCore

/// Routes that schemas state: `google.api.http` and drawbridge/drpc.proto, `@http` in IDL.
@Suite struct RouteAnnotationTests {
  private struct Refused: Error { let diagnostics: [String] }

  private func snapshot(_ service: String, name: String = "engine") throws -> Snapshot {
    let folder = try PoolSchema.folder.get()
    for file in ["annotated.proto", "annotated.idl"] {
      let copy = folder.appending(path: file)
      if FileManager.default.fileExists(atPath: copy.path) { continue }
      try FileManager.default.copyItem(at: Fixture.folder.appending(path: file), to: copy)
    }
    var diagnostics = Diagnostics()
    let text = "services:\n  \(name):\n" + service.split(separator: "\n").map { "    \($0)\n" }.joined()
    let configuration = ConfigurationLoader.load(
      text: text, path: folder.appending(path: "c.yaml").path, environment: [:], diagnostics: &diagnostics)
    let snapshot = configuration.flatMap {
      SnapshotBuilder.build($0, diagnostics: &diagnostics) { plan, _ in UnconnectedBackend(plan) }
    }
    guard let snapshot else { throw Refused(diagnostics: diagnostics.all.map(\.description)) }
    return snapshot
  }

  private static let protobuf = """
    drpc: { sockets: /x }
    protobuf: { files: [annotated.proto] }

    """
  private static let idl = """
    dds: { domain: 0 }
    idl: { files: [annotated.idl] }

    """

  private func summaries(_ snapshot: Snapshot) -> [String] {
    snapshot.routes.map { "\($0.summary) \($0.operation) \($0.source.rawValue)" }
  }

  @Test func protobufOptionsAreRoutes() throws {
    let snapshot = try snapshot(Self.protobuf)
    #expect(
      summaries(snapshot) == [
        "GET /pools/{id} engine.Query schema", "POST /pools:query engine.Query schema",
        "LIST /pools engine.Query schema", "PATCH /pools/{id} engine.Update schema",
        "POST /touch engine.Touch schema",
      ])
    #expect(snapshot.routes[0].body == .none && snapshot.routes[1].body == .field([]))
    #expect(snapshot.routes[1].responsePath.count == 1 && snapshot.routes[4].body == .none)
    guard case .drpc(let addresses) = snapshot.services[0].plan.addresses else { return }
    let numbers = snapshot.routes.map { route in
      addresses[Int(route.method.rawValue)].map { "\($0.module)/\($0.method)" } ?? "-"
    }
    #expect(numbers == ["2/223", "2/223", "2/223", "2/0", "2/7"])
  }

  @Test func theConfigurationComesBeforeTheSchema() throws {
    let snapshot = try snapshot(
      Self.protobuf + """
        prefix: /v1
        expose: all
        methods: { Update: { id: 9/9, request: pool.Request, response: pool.Reply } }
        routes: { Query: { get: /q } }
        """)
    #expect(
      summaries(snapshot) == [
        "GET /v1/q engine.Query configuration", "PATCH /v1/pools/{id} engine.Update schema",
        "POST /v1/touch engine.Touch schema", "POST /rpc/engine/Bare engine.Bare implicit",
      ])
    guard case .drpc(let addresses) = snapshot.services[0].plan.addresses else { return }
    #expect(addresses[Int(snapshot.routes[1].method.rawValue)]?.module == 9)
  }

  @Test func aServiceOfTheSchemaMayBelongToOneOfTheConfiguration() throws {
    let snapshot = try snapshot(Self.protobuf, name: "other")
    #expect(summaries(snapshot).contains("GET /elsewhere other.Elsewhere schema"))
    #expect(!summaries(try self.snapshot(Self.protobuf)).contains { $0.contains("Elsewhere") })
  }

  @Test func idlAnnotationsAreRoutes() throws {
    let snapshot = try snapshot(Self.idl)
    #expect(
      summaries(snapshot) == [
        "PUT /speed engine.setSpeed schema", "GET /speed engine.getSpeed schema",
        "POST /speed:read engine.getSpeed schema", "POST /{id}/move engine.move schema",
        "GET /name engine.get_attribute_name schema", "PUT /name engine.set_attribute_name schema",
      ])
    #expect(snapshot.routes[0].body == .field([]) && snapshot.routes[1].body == .none)
    #expect(snapshot.routes[2].responsePath.count == 1)
    #expect(snapshot.routes[5].body == .field([]))
  }

  /// `@http_status`, which a configuration overrides.
  @Test func exceptionsMayStateTheirStatus() throws {
    func statuses(_ more: String) throws -> [Int] {
      let route = try snapshot(Self.idl + more).routes[0]
      return ["t::Busy", "t::Gone"].map { name in
        let status = RPCStatus(
          code: .failedPrecondition, origin: .backend, sent: true,
          detail: .userException(name: name, body: ReplyBody([])))
        return route.mapping.problem(for: status, operation: "x").status
      }
    }
    #expect(try statuses("") == [409, 422])
    #expect(try statuses(#"exceptions: { "t::Busy": 503, "t::Gone": 410 }"#) == [503, 410])
  }

  @Test(arguments: [
    (#"@http(path="/x") void f();"#, "'@http' needs 'method'"),
    (#"@http(method="GET") void f();"#, "'@http' needs 'path'"),
    (#"@http(method="GET", path="/x", bdy="*") void f();"#, "did you mean 'body'?"),
    (#"@http(method="GET", path="x") void f();"#, "a path starts with '/'"),
    (#"@http(method="G T", path="/x") void f();"#, "is not a method that can have a route"),
    (#"@http(method="TRACE", path="/x") void f();"#, "is not a method that can have a route"),
    (#"@http(method="GET", path="/{nope}") void f(long id);"#, "no field 'nope'"),
    (#"@http(method="PUT", path="/x", body="nope") void f(long id);"#, "no field 'nope'"),
  ])
  func mistakesInIDLAreFoundAtLoad(_ operation: String, _ message: String) throws {
    let folder = try PoolSchema.folder.get()
    let name = "\(UUID().uuidString).idl"
    try "interface I { \(operation) };".write(
      to: folder.appending(path: name), atomically: true, encoding: .utf8)
    let error = #expect(throws: Refused.self) {
      try snapshot("dds: { domain: 0 }\nidl: { files: [\(name)] }")
    }
    #expect(error?.diagnostics.contains { $0.contains(message) } == true, "\(error?.diagnostics ?? [])")
  }

  @Test(arguments: [
    ("option (drawbridge.drpc) = { method: 1 };", "has no module number"),
    ("option (drawbridge.drpc) = { module: 1 };", "has no method number"),
    ("option (drawbridge.drpc) = { module: -1, method: 1 };", "negative"),
    (
      "option (drawbridge.drpc) = { module: 1, method: 1 }; option (google.api.http) = { get: \"/x/{\" };",
      "character 5: expected a field name"
    ),
    (
      "option (drawbridge.drpc) = { module: 1, method: 1 }; option (google.api.http) = { get: \"/{nope}\" };",
      "no field 'nope'"
    ),
  ])
  func mistakesInProtobufAreFoundAtLoad(_ options: String, _ message: String) throws {
    let folder = try PoolSchema.folder.get()
    let name = "\(UUID().uuidString).proto"
    let text = """
      syntax = "proto3";
      import "drawbridge/drpc.proto";
      import "google/api/annotations.proto";
      message M { int32 id = 1; }
      service S { rpc F(M) returns (M) { \(options) } }
      """
    try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    let error = #expect(throws: Refused.self) {
      try snapshot("drpc: { sockets: /x }\nprotobuf: { files: [\(name)] }")
    }
    #expect(error?.diagnostics.contains { $0.contains(message) } == true, "\(error?.diagnostics ?? [])")
  }
}
