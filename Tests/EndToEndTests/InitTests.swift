import Foundation
import TestSupport
import Testing

/// `drawbridge init`: what it prints passes `check`, and a gateway with it answers before the demo's services.
@Suite(.serialized) struct InitTests {
  private static let robot = TestPaths.package.appending(path: "Tests/IDLSchemaTests/Corpus/robot.idl")
  private static let demo = TestPaths.package.appending(path: "Sources/drawbridge/Demo/demo.binpb")

  @Test func theDemosSchemasGiveAnAPIThatAnswers() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "in-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let servicesPort = freePort()
    let services = try ChildProcess(
      TestPaths.drawbridge, ["demo", "--services", "--port", "\(servicesPort)"],
      environment: ["XDG_RUNTIME_DIR": folder.path])
    defer { services.stop() }
    #expect(
      services.lines.wait(seconds: 60) { $0.contains("services: process") } != nil, "\(services.lines.all)")
    let demo = folder.appending(path: "drawbridge-demo-\(getuid())-\(servicesPort)")
    let domain = try String(contentsOf: demo.appending(path: "domain"), encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)

    let pools = try Self.serve(
      ["--descriptor-set", Self.demo.path, "--socket", demo.appending(path: "pool.sock").path], folder)
    defer { pools.gateway.stop() }
    let query = try Self.curl(pools.port, "/v1/service/pool-query", ["--json", #"{"id":"tank"}"#])
    #expect(query.status == 200 && query.json["label"] as? String == "tank", "\(query.body)")
    #expect(try Self.curl(pools.port, "/v1/service/list-pools", ["-X", "POST"]).status == 200)
    let nope = try Self.curl(pools.port, "/v1/service/pool-query", ["--json", #"{"id":"nope"}"#])
    #expect(nope.status == 404 && nope.body.contains("DER_NONEXIST"), "\(nope.body)")

    let robot = try Self.serve(
      ["--idl", Self.robot.path, "--interface", "robot::RobotControl", "--domain", domain, "--local"], folder)
    defer { robot.gateway.stop() }
    let path = "/v1/robot-control"
    let set = try Self.curl(robot.port, path + "/speed", ["-X", "PUT", "--json", #"{"speed":2.5}"#])
    #expect(set.status == 200 && set.body == #"{"return_":2.5}"#, "\(set.body)")
    #expect(try Self.curl(robot.port, path + "/speed").body == #"{"return_":2.5}"#)
    let status = try Self.curl(robot.port, path + "/get-status", ["-X", "POST"])
    #expect(status.body == #"{"status":{"msg":"running at 2.5"}}"#)
    let fast = try Self.curl(robot.port, path + "/speed", ["-X", "PUT", "--json", #"{"speed":99}"#])
    #expect(fast.status == 422, "\(fast.body)")
  }

  @Test func mistakesExitWith2() throws {
    for (arguments, message) in [
      ([], "either an IDL file"), (["--idl", "a", "--descriptor-set", "b"], "either an IDL file"),
      (["--idl", "/nonexistent.idl"], "/nonexistent.idl"),
      (["--descriptor-set", "/nonexistent.binpb"], "/nonexistent.binpb"),
      (
        ["--idl", Self.robot.path, "--interface", "robot::RobotContrl"], "did you mean 'robot::RobotControl'?"
      ),
      (["--idl", Self.robot.path, "--domain", "233"], "0 to 232"),
    ] {
      let run = try Finished.run(TestPaths.drawbridge, ["init"] + arguments)
      #expect(run.status == 2 && run.errors.contains(message), "\(arguments): \(run.errors)")
      #expect(run.output.isEmpty)
    }
  }

  /// Writes the configuration, checks it, and serves it on a free port.
  private static func serve(
    _ arguments: [String], _ folder: URL
  ) throws -> (gateway: ChildProcess, port: UInt16) {
    let run = try Finished.run(TestPaths.drawbridge, ["init"] + arguments)
    try #require(run.status == 0, "\(run.errors)")
    let path = folder.appending(path: "\(UUID().uuidString).yaml").path
    try run.output.replacingOccurrences(of: "127.0.0.1:8080", with: "127.0.0.1:0")
      .write(toFile: path, atomically: true, encoding: .utf8)
    let check = try Finished.run(TestPaths.drawbridge, ["check", "-c", path])
    #expect(check.status == 0 && !check.errors.contains("warning: "), "\(run.output) \(check.errors)")
    let gateway = try ChildProcess(TestPaths.drawbridge, ["serve", "-c", path, "--loops", "1"])
    let line = gateway.lines.wait(seconds: 60) { $0.contains(#""event":"serving""#) }
    let port = line?.components(separatedBy: "127.0.0.1:").last.flatMap {
      UInt16($0.prefix(while: \.isNumber))
    }
    return (gateway, try #require(port, "\(gateway.lines.all)"))
  }

  private static func curl(_ port: UInt16, _ path: String, _ arguments: [String] = []) throws -> CurlResponse
  {
    let run = try Finished.run(
      "/usr/bin/env",
      ["curl", "-s", "-i", "--max-time", "60"] + arguments + ["http://127.0.0.1:\(port)\(path)"])
    return CurlResponse(run.output)
  }
}

/// `drawbridge routes` and `drawbridge explain` as processes.
@Suite struct ExplainTests {
  private static func run(_ arguments: [String]) throws -> Finished {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ex-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let sources = TestPaths.package.appending(path: "Sources/drawbridge/Demo")
    for name in ["demo.binpb", "robot.idl", "calibration.idl", "demo.yaml"] {
      try FileManager.default.copyItem(at: sources.appending(path: name), to: folder.appending(path: name))
    }
    return try Finished.run(
      TestPaths.drawbridge, arguments + ["-c", folder.appending(path: "demo.yaml").path],
      environment: ["PORT": "0", "SOCKET": "/run/pool.sock", "DOMAIN": "7"])
  }

  @Test func routesAreJSONForPrograms() throws {
    let run = try Self.run(["routes", "--json"])
    #expect(run.status == 0, "\(run.errors)")
    let routes = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
    #expect(routes.count == 9)
    let create = try #require(routes.first { $0["operation"] as? String == "pool.PoolCreate" })
    #expect(create["method"] as? String == "POST" && create["path"] as? String == "/v1/pools")
    #expect(create["body"] as? String == "*" && create["success"] as? Int == 201)
    #expect(create["request"] as? String == "demo.PoolCreateReq")
    #expect(create["source"] as? String == "configuration" && create["timeout_ms"] as? Int == 30_000)
    #expect((create["location"] as? String)?.contains("demo.yaml:") == true)
    #expect(try Self.run(["routes"]).output.contains("GET /v1/pools/{id}"))
  }

  @Test func aRequestIsExplained() throws {
    let run = try Self.run(["explain", "GET", "/v1/pools/tank?svc_ranks=1&svc_ranks=2"])
    #expect(run.status == 0, "\(run.errors)")
    for part in [
      "route     GET /v1/pools/{id}  pool.PoolQuery (configuration, ",
      #"bound     id = "tank"  from the path"#, #"bound     svc_ranks = "1"  from the query"#,
      "request   10 bytes, demo.PoolQueryReq", "12 04 74 61 6e 6b 1a 02 01 02",
      "backend   dRPC module 2, method 223, /run/pool.sock",
    ] {
      #expect(run.output.contains(part), "\(part) in \(run.output)")
    }
  }

  @Test func bodiesHeadersAndRejectedRoutesAreExplained() throws {
    let create = try Self.run(["explain", "POST", "/v1/pools", "--json", #"{"label":"a","rank":3}"#])
    #expect(create.output.contains("rejected  GET /v1/pools  pool.ListPools"), "\(create.output)")
    #expect(create.output.contains(": takes GET"), "\(create.output)")
    #expect(create.output.contains("bound     label, rank  from the body"), "\(create.output)")
    let speed = try Self.run(["explain", "PUT", "/v1/robot/speed", "--json", #"{"speed":1}"#])
    #expect(speed.output.contains("00 01 00 00 00 00 80 3f"), "\(speed.output)")
    #expect(
      speed.output.contains("DDS-RPC domain 7, topics robot_RobotControl_Service_Request and"),
      "\(speed.output)")
  }

  @Test func refusalsAreExplained() throws {
    let twice = try Self.run(["explain", "GET", "/v1/pools/tank?id=x"])
    #expect(twice.output.contains("answer    400 invalid-field"), "\(twice.output)")
    #expect(twice.output.contains("given by the path as well as by the query"), "\(twice.output)")
    let unknown = try Self.run(["explain", "GET", "/v1/nothing"])
    #expect(unknown.output.contains("route     none"), "\(unknown.output)")
    #expect(unknown.output.contains("answer    404 route-not-found"), "\(unknown.output)")
    let accept = try Self.run(["explain", "GET", "/v1/pools", "-H", "Accept: text/html"])
    #expect(accept.output.contains("answer    406 not-acceptable"), "\(accept.output)")
    let method = try Self.run(["explain", "PATCH", "/v1/pools"])
    #expect(method.output.contains("Allow: GET, HEAD, POST, OPTIONS"), "\(method.output)")
    #expect(try Self.run(["explain", "GET", "/v1/pools", "-H", "nonsense"]).status == 2)
  }

  /// A schema with numbers, a socket, and nothing else.
  @Test func implicitRoutesAreLogged() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "im-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let set = TestPaths.package.appending(path: "Sources/drawbridge/Demo/demo.binpb").path
    let path = folder.appending(path: "c.yaml").path
    let text = """
      listen: [127.0.0.1:0]
      services: { pool: { drpc: { sockets: /nowhere }, protobuf: { files: ["\(set)"] } } }
      """
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let gateway = try ChildProcess(TestPaths.drawbridge, ["serve", "-c", path, "--loops", "1"])
    defer { gateway.stop() }
    let line = gateway.lines.wait(seconds: 60) { $0.contains("POST /rpc/pool/PoolQuery") }
    #expect(line?.contains("implicit route") == true, "\(gateway.lines.all)")
  }
}
