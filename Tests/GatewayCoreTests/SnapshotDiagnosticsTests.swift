import Foundation
import RPCCore
import SchemaModel
import Testing

@testable import GatewayCore

/// What only the schema can say about a configuration: names that do not exist, routes that collide.
@Suite struct SnapshotDiagnosticsTests {
  /// Line 5 of the file is the first of `lines`, which stand below the service.
  private func diagnostics(_ lines: String) throws -> [String] {
    var diagnostics = Diagnostics()
    let text = TestGateway.configuration(lines, limits: "{}", protobuf: "names: json")
    let backend = ScriptedBackend { _ in (nil, .ok) }
    let (configuration, snapshot) = try TestGateway.build(text, backend: backend, &diagnostics)
    #expect(configuration != nil)
    #expect((snapshot == nil) == diagnostics.hasErrors)
    let folder = try PoolSchema.folder.get().path
    return diagnostics.all.map { $0.description.replacing(folder + "/", with: "") }
  }

  @Test func anAdminAddressIsSaidNotToBeServed() throws {
    var diagnostics = Diagnostics()
    let text = TestGateway.configuration("expose: all", limits: "{}", protobuf: "names: json")
    let (_, snapshot) = try TestGateway.build(
      "admin: 127.0.0.1:9901\n" + text, backend: ScriptedBackend { _ in (nil, .ok) }, &diagnostics)
    #expect(snapshot != nil)
    #expect(diagnostics.all.map(\.code) == ["not-available"])
    #expect(diagnostics.all.map(\.severity) == [.warning])
  }

  private static let methods =
    "methods: { Query: { id: 2/1, request: pool.Request, response: pool.Reply } }\n"

  /// Lines from the sixth of the file on, and what is said about them.
  static let cases: [(String, String, [String])] = [
    ("nothing", "routes: { Query: { get: /a } }", []),
    (
      "a constant that does not fit", "routes: { Query: { get: /a, set: { rank: x } } }",
      [
        "c.yaml:7:40: error: 'set' field 'rank': expected an integer from 0 to 4294967295 [invalid-value]"
      ]
    ),
    (
      "a default that does not fit", "routes: { Query: { get: /a, default: { list: [1, -1] } } }",
      [
        "c.yaml:7:44: error: 'default' field 'list': expected an integer from 0 to 4294967295 [invalid-value]"
      ]
    ),
    (
      "an empty list", "routes: { Query: { get: /a, set: { list: [] } } }",
      [
        "c.yaml:7:40: error: 'set' field 'list': an empty list gives nothing [empty-list]; leave it out"
      ]
    ),
    (
      "a header field to a field that is not there",
      "routes: { Query: { get: /a, request_headers: { X-A: rnk } } }",
      [
        "c.yaml:7:57: error: header field 'X-A' to 'rnk': pool.Request has no field 'rnk' [unknown-field]; did you mean 'rank'?"
      ]
    ),
    (
      "a header field to what the path gives",
      "routes: { Query: { get: \"/{id}\", request_headers: { X-A: id } } }",
      [
        "c.yaml:7:62: error: 'id' is given by the path, by the body, by 'set' or by another header field [field-bound-twice]"
      ]
    ),
    (
      "a header field to what the body gives",
      "routes: { Query: { post: /a, body: spec, request_headers: { X-A: spec.label } } }",
      [
        "c.yaml:7:70: error: 'spec.label' is given by the path, by the body, by 'set' or by another header field [field-bound-twice]"
      ]
    ),
    (
      "a header field from a message", "routes: { Query: { get: /a, response_headers: { X-A: spec } } }",
      [
        "c.yaml:7:58: error: 'spec' is not a single value [not-a-scalar]"
      ]
    ),
    (
      "raw beside a variable", "routes: { Query: { post: \"/{id}\", raw: true } }",
      [
        "c.yaml:7:15: error: 'raw' is for routes whose request is the body alone: no path variables, 'set', 'default', 'lookup' or 'request_headers' [raw-not-possible]"
      ]
    ),
    (
      "raw for a part", "routes: { Query: { post: /a, body: spec, raw: true } }",
      [
        "c.yaml:7:15: error: 'raw' needs 'body: \"*\"' [raw-not-possible]"
      ]
    ),
    (
      "unknown method", "routes: { Qery: { get: /a } }",
      ["c.yaml:7:15: error: service 'engine' has no method 'Qery' [unknown-method]; did you mean 'Query'?"]
    ),
    (
      "unknown method, nothing like it", "routes:\n  Elsewhere: { get: /a }",
      [
        "c.yaml:8:7: error: service 'engine' has no method 'Elsewhere' [unknown-method]; name it under 'methods'"
      ]
    ),
    (
      "unknown field as body", "routes: { Query: { post: /a, body: spek } }",
      [
        "c.yaml:7:40: error: body 'spek': pool.Request has no field 'spek' [unknown-field]; did you mean 'spec'?"
      ]
    ),
    (
      "unknown field in a field as body", "routes: { Query: { post: /a, body: spec.labl } }",
      [
        "c.yaml:7:40: error: body 'spec.labl': pool.Spec has no field 'labl' [unknown-field]; did you mean 'label'?"
      ]
    ),
    (
      "unknown response field", "routes: { Query: { get: /a, response_body: pools } }",
      ["c.yaml:7:48: error: response_body 'pools': pool.Reply has no field 'pools' [unknown-field]"]
    ),
    (
      "unknown path variable", "routes: { Query: { get: \"/a/{idd}\" } }",
      [
        "c.yaml:7:29: error: path variable 'idd': pool.Request has no field 'idd' [unknown-field]; did you mean 'id'?"
      ]
    ),
    (
      "unknown fixed field", "routes: { Query: { get: /a, set: { syss: x } } }",
      [
        "c.yaml:7:40: error: 'set' field 'syss': pool.Request has no field 'syss' [unknown-field]; did you mean 'sys'?"
      ]
    ),
    (
      "unknown default field", "routes: { Query: { get: /a, default: { rank: 1, spec: { labl: x } } } }",
      [
        "c.yaml:7:61: error: 'default' field 'spec.labl': pool.Spec has no field 'labl' [unknown-field]; did you mean 'label'?"
      ]
    ),
    (
      "a variable that is also fixed", "routes: { Query: { get: \"/a/{id}\", set: { id: x } } }",
      ["c.yaml:7:47: error: 'set' field 'id' is given by the path or by 'set' as well [field-bound-twice]"]
    ),
    (
      "a list for one value", "routes: { Query: { get: /a, set: { rank: [1, 2] } } }",
      ["c.yaml:7:40: error: 'set' field 'rank' takes one value, not a list [not-a-list]"]
    ),
    (
      "ambiguous routes", "routes:\n  Query:\n    - { get: \"/a/{id}\" }\n    - { get: \"/a/{sys}\" }",
      [
        "c.yaml:10:18: error: 'GET /a/{sys}' of engine.Query takes the same requests as "
          + "'GET /a/{id}' of engine.Query (c.yaml:9:18) [ambiguous-route]; "
          + "change the path or the method of one of them"
      ]
    ),
    (
      "all of them at once",
      "routes:\n  Query:\n    - { get: /a, response_body: x, set: { y: 1 } }\n    - { put: \"/b/{z}\", body: w }\n  Gone: { get: /c }",
      [
        "c.yaml:9:37: error: response_body 'x': pool.Reply has no field 'x' [unknown-field]",
        "c.yaml:9:47: error: 'set' field 'y': pool.Request has no field 'y' [unknown-field]",
        "c.yaml:10:18: error: path variable 'z': pool.Request has no field 'z' [unknown-field]",
        "c.yaml:10:34: error: body 'w': pool.Request has no field 'w' [unknown-field]",
        "c.yaml:11:7: error: service 'engine' has no method 'Gone' [unknown-method]; name it under 'methods'",
      ]
    ),
  ]

  @Test(arguments: cases) func names(_ name: String, _ routes: String, _ expected: [String]) throws {
    let found = try diagnostics(Self.methods + routes)
    #expect(found == expected, "\(name)")
  }

  @Test func unknownMessages() throws {
    let found = try diagnostics(
      """
      methods:
        A: { id: 2/1, request: pool.Reqest, response: pool.Reply }
        B: { id: 2/2, request: pool.Request, response: Reply }
      """)
    #expect(found.count == 2, "\(found)")
    #expect(
      found.first?.hasPrefix("c.yaml:7:30: error: ") == true && found.first?.contains("'pool.Reqest'") == true
    )
    #expect(found.first?.contains("did you mean 'pool.Request'?") == true, "\(found)")
    #expect(found.last?.hasPrefix("c.yaml:8:54: error: ") == true && found.last?.contains("'Reply'") == true)
  }

  @Test func aSchemaThatCannotBeReadIsNamed() throws {
    var diagnostics = Diagnostics()
    let text = "services: { a: { drpc: { sockets: /x }, protobuf: { files: [gone.binpb] } } }"
    let backend = ScriptedBackend { _ in (nil, .ok) }
    let (_, snapshot) = try TestGateway.build(text, backend: backend, &diagnostics)
    #expect(snapshot == nil)
    #expect(diagnostics.all.map(\.code) == ["unreadable-file"])
    #expect(diagnostics.all.first?.location?.file.hasSuffix("/gone.binpb") == true)
  }

  /// The same schema as a descriptor set and as a source that `protoc` is run for.
  @Test func protoFilesWorkToo() async throws {
    var diagnostics = Diagnostics()
    let text = TestGateway.configuration(Self.methods, limits: "{}", protobuf: "names: json")
      .replacing("pool.binpb", with: "pool.proto")
    let backend = ScriptedBackend { _ in (nil, .ok) }
    let (_, snapshot) = try TestGateway.build(text, backend: backend, &diagnostics)
    #expect(snapshot?.routes.map(\.summary) == ["POST /rpc/engine/Query"], "\(diagnostics.all)")
  }
}
