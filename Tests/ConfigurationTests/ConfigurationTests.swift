import Foundation
import Routing
import SchemaModel
import Testing

@testable import GatewayCore

@Suite struct ConfigurationTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private func load(_ text: String, path: String = "conf/c.yaml") throws -> Configuration {
    var diagnostics = Diagnostics()
    let configuration = ConfigurationLoader.load(
      text: text, path: path, environment: [:], diagnostics: &diagnostics)
    return try #require(configuration, "\(diagnostics.all)")
  }

  @Test func theDesignsExampleIsRead() throws {
    let configuration = try load(
      """
      listen:
        - 127.0.0.1:8080
        - { address: "unix:run/d.sock", mode: "0600", owner: "me:us" }
        - "[::1]:0"
      admin: 127.0.0.1:9901
      services:
        engine:
          drpc: { sockets: daos_engine_*.sock, select: first, framing: raw, connections: 4, queue: 5, allow: [A, 2/3] }
          protobuf: { files: [daos-2.8.binpb], names: original, emit_defaults: true, protoc: bin/protoc }
          body_status: { field: status, codes: daos }
          methods:
            PoolQuery: { id: 2/223, request: mgmt.PoolQueryReq, response: mgmt.PoolQueryResp }
          prefix: /v1
          routes:
            PoolQuery:
              - { get: "/pools/{id}", set: { sys: daos_server }, default: { svc_ranks: [0, 1], a: { b: 2 } }, timeout: 60s }
              - { post: /pools, body: spec, additional_bindings: [{ custom: { kind: LIST, path: /all }, response_body: x }],
                  success: 201, errors: { -1005: 410, FAILURE: 500, internal: 503 }, unknown_fields: ignore }
      """)
    #expect(configuration.listen.map(\.description) == ["127.0.0.1:8080", "unix:conf/run/d.sock", "[::1]:0"])
    #expect(
      configuration.listen[1].endpoint
        == .unix(.init(path: "conf/run/d.sock", mode: 0o600, user: "me", group: "us")))
    #expect(configuration.admin?.endpoint == .tcp(host: "127.0.0.1", port: 9901))
    let engine = try #require(configuration.services.first)
    #expect(engine.location == SourceLocation(file: "conf/c.yaml", line: 7, column: 3))
    #expect(engine.timeout == .seconds(30) && engine.expose == nil && engine.prefix.text == "/v1")
    guard case .drpc(let drpc) = engine.backend, case .protobuf(let protobuf) = engine.schema else { return }
    #expect(drpc.sockets.map(\.path.text) == ["conf/daos_engine_*.sock"])
    #expect(drpc.framing == .raw && drpc.connections == 4 && drpc.queue == 5 && drpc.maxRequest == nil)
    #expect(drpc.allow.map(\.text) == ["A", "2/3"])
    #expect(protobuf.files.map(\.text) == ["conf/daos-2.8.binpb"])
    #expect(protobuf.names == .original && protobuf.emitDefaults && protobuf.protoc == "conf/bin/protoc")
    #expect(engine.bodyStatus?.field.text == "status" && engine.bodyStatus?.codes == .daos)
    #expect(engine.methods.map(\.module) == [2] && engine.methods.map(\.method) == [223])
    #expect(engine.methods.first?.request?.text == "mgmt.PoolQueryReq")
    #expect(engine.routes.count == 2)
    let query = engine.routes[0]
    #expect(query.bindings.map(\.verb) == ["GET"] && query.bindings[0].body == .none)
    #expect(query.bindings[0].template.description == "/v1/pools/{id}")
    #expect(query.set.map(\.field.text) == ["sys"] && query.set[0].values == ["daos_server"])
    #expect(query.defaults.map(\.field.text) == ["svc_ranks", "a.b"])
    #expect(query.defaults.map(\.values) == [["0", "1"], ["2"]])
    #expect(query.timeout == .seconds(60))
    let create = engine.routes[1]
    #expect(create.bindings.map(\.verb) == ["POST", "LIST"] && create.success == 201)
    #expect(create.bindings[0].body == .field("spec") && create.bindings[1].body == .none)
    #expect(create.bindings[1].responseBody?.text == "x")
    #expect(create.errors.map(\.failure) == [.bodyStatus(-1005), .drpcStatus(2), .problem("internal")])
    #expect(create.unknownFields == .ignore)
  }

  @Test(arguments: [
    ("post", "POST"), ("put", "PUT"), ("patch", "PATCH"), ("get", "GET"), ("delete", "DELETE"),
  ])
  func theBodyIsTheMessageOnPostPutAndPatch(_ key: String, _ verb: String) throws {
    let routes = try load(
      """
      services: { a: { drpc: { sockets: /x }, protobuf: { files: [x] }, routes: { A: { \(key): /a } } } }
      """
    ).services.flatMap(\.routes)
    let expected: RouteConfiguration.Body = ["POST", "PUT", "PATCH"].contains(verb) ? .message : .none
    #expect(routes.map { $0.bindings[0].body } == [expected])
    #expect(routes.map { $0.bindings[0].verb } == [verb])
  }

  @Test func environmentVariablesAreSubstitutedInValues() throws {
    var diagnostics = Diagnostics()
    let configuration = ConfigurationLoader.load(
      text: """
        listen: ["127.0.0.1:${PORT}"]
        log: { format: "${EMPTY:-text}", level: "${NONE:-debug}" }
        services: { a: { drpc: { sockets: "/run/$$x/$y/${DIR}" }, protobuf: { files: [x] } } }
        """,
      path: "c.yaml", environment: ["PORT": "81", "EMPTY": "", "DIR": "a: [b]"], diagnostics: &diagnostics)
    #expect(configuration?.listen.map(\.description) == ["127.0.0.1:81"])
    #expect(configuration?.log.format == .text && configuration?.log.level == .debug)
    guard case .drpc(let drpc)? = configuration?.services.first?.backend else { return }
    #expect(drpc.sockets.map(\.path.text) == ["/run/$x/$y/a: [b]"])
  }

  /// What the reference says is the default is what the program does.
  @Test func statedDefaultsAreTheDefaults() throws {
    let minimal = "services: { a: { drpc: { sockets: /x }, protobuf: { files: [x] } } }"
    func stated(_ path: String) -> String {
      ConfigurationTable.rows.filter {
        $0.path.hasPrefix(path + ".") && $0.defaultText != nil && $0.available
      }
      .map { "\($0.name): \($0.defaultText ?? "")" }.joined(separator: ", ")
    }
    let full = try load(
      """
      listen: [127.0.0.1:8080]
      log: { \(stated("log")) }
      limits: { \(stated("limits")) }
      services:
        a:
          prefix: ""
          timeout: 30s
          drpc: { sockets: /x, \(stated("services.*.drpc")) }
          protobuf: { files: [x], \(stated("services.*.protobuf")) }
      """)
    let bare = try load(minimal)
    #expect(full.log == bare.log && full.log == LogConfiguration())
    #expect(full.limits == bare.limits && full.limits == LimitsConfiguration())
    #expect(full.listen.map(\.description) == bare.listen.map(\.description))
    #expect(withoutPlaces(full.services[0]) == withoutPlaces(bare.services[0]))
  }

  private func withoutPlaces(_ service: ServiceConfiguration) -> String {
    "\(service)".replacing(#/SourceLocation\(.*?\)|[\w/]*c\.yaml:\d+:\d+/#, with: "")
  }

  @Test func aMissingFileIsADiagnostic() {
    var diagnostics = Diagnostics()
    let configuration = ConfigurationLoader.load(
      path: "no/such/file.yaml", environment: [:], diagnostics: &diagnostics)
    #expect(configuration == nil)
    #expect(diagnostics.all.map(\.code) == ["unreadable-file"])
    #expect(diagnostics.all.first?.location == SourceLocation(file: "no/such/file.yaml"))
  }

  @Test func aFileIsBoundedAndUTF8() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "drawbridge-\(UUID()).yaml")
    defer { try? FileManager.default.removeItem(at: file) }
    for (data, message) in [
      (Data(repeating: 0x20, count: YAMLDocument.maxBytes + 1), "larger than 1048576 bytes"),
      (Data([0x61, 0xFF]), "is not UTF-8"),
    ] {
      try data.write(to: file)
      var diagnostics = Diagnostics()
      let configuration = ConfigurationLoader.load(
        path: file.path, environment: [:], diagnostics: &diagnostics)
      #expect(configuration == nil)
      #expect(diagnostics.all.map(\.message) == [message])
    }
  }

  @Test func socketsAreOneOrSeveralOrNamed() throws {
    func sockets(_ text: String) throws -> [String] {
      let service = try load(
        "services: { a: { drpc: { sockets: \(text) }, protobuf: { files: [x] } } }"
      ).services[0]
      guard case .drpc(let drpc) = service.backend else { return [] }
      return drpc.sockets.map { "\($0.key ?? "-") \($0.path.text)" }
    }
    #expect(try sockets("/x") == ["- /x"])
    #expect(try sockets("[/x, y*]") == ["- /x", "- conf/y*"])
    #expect(try sockets("{ rank0: /x, rank1: y }") == ["rank0 /x", "rank1 conf/y"])
  }

  /// Every beginning of a file, and every file without one byte, gives a configuration or diagnostics.
  @Test func brokenFilesNeverTrap() throws {
    let text = Array(try Data(contentsOf: Self.root.appending(path: "deploy/drawbridge.example.yaml")))
    for length in stride(from: 0, to: text.count, by: 7) {
      for bytes in [Array(text[..<length]), Array(text[..<length] + text[(length + 1)...])] {
        var diagnostics = Diagnostics()
        let configuration = ConfigurationLoader.load(
          text: String(decoding: bytes, as: UTF8.self), path: "c.yaml", environment: [:],
          diagnostics: &diagnostics)
        #expect((configuration == nil) == diagnostics.hasErrors)
      }
    }
  }

  @Test func theExampleIsCompleteAndWithoutMistakes() throws {
    let text = try String(
      contentsOf: Self.root.appending(path: "deploy/drawbridge.example.yaml"), encoding: .utf8)
    var diagnostics = Diagnostics()
    let configuration = ConfigurationLoader.load(
      text: text, path: "deploy/drawbridge.example.yaml", environment: [:], diagnostics: &diagnostics)
    #expect(configuration != nil)
    #expect(diagnostics.all.isEmpty, "\(diagnostics.all)")
    for row in ConfigurationTable.rows where row.name != "*" && !row.path.hasSuffix("[]") {
      #expect(text.contains("\(row.name):"), "\(row.path) is not in the example")
    }
  }

  @Test func theReferenceIsPrintedFromTheTable() throws {
    let file = Self.root.appending(path: "docs/configuration.md")
    if ProcessInfo.processInfo.environment["DRAWBRIDGE_WRITE_REFERENCE"] != nil {
      try ConfigurationReference.markdown.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == ConfigurationReference.markdown)
  }

  @Test func everyKeyHasOneRowBelowAMapping() {
    var seen: Set<String> = []
    for row in ConfigurationTable.rows {
      #expect(seen.insert(row.path).inserted, "\(row.path) has two rows")
      #expect(row.documentation.hasSuffix("."), "\(row.path)")
      if let dot = row.path.lastIndex(of: ".") {
        #expect(ConfigurationTable.byPath[String(row.path[..<dot])] != nil, "\(row.path) has no parent")
      }
    }
  }
}
