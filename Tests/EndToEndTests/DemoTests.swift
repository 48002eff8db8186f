import Foundation
import TestSupport
import Testing

/// The demo as a newcomer uses it: two processes, a real dRPC socket, and `curl`.
@Suite(.serialized) struct DemoTests {
  @Test func readsPools() throws {
    let demo = try DemoProcess()
    defer { demo.stop() }
    let list = try demo.response("/v1/pools")
    #expect(list.status == 200)
    #expect(list.headers["content-type"] == "application/json")
    #expect(
      list.body.hasPrefix(#"[{"uuid":"11111111-1111-4111-8111-111111111111","label":"tank""#), "\(list.body)")
    let tank = try demo.response("/v1/pools/tank")
    #expect(tank.status == 200)
    #expect(tank.json["label"] as? String == "tank")
    #expect(tank.json["total_targets"] as? Int == 32)
    let tiers = try #require(tank.json["tier_stats"] as? [[String: Any]])
    // Beyond 2^53 a JSON number would lose its last digits in most clients.
    #expect(tiers.compactMap { $0["total"] as? String } == ["562949953421312", "8444249301319681"])
    #expect(tiers[1]["media_type"] as? String == "NVME")
    let byUUID = try demo.response("/v1/pools/22222222-2222-4222-8222-222222222222")
    #expect(byUUID.json["label"] as? String == "scratch")
  }

  @Test func aDAOSFailureIsAProblem() throws {
    let demo = try DemoProcess()
    defer { demo.stop() }
    let nope = try demo.response("/v1/pools/nope")
    #expect(nope.status == 404)
    #expect(nope.headers["content-type"] == "application/problem+json")
    #expect(nope.body.contains(#""daos":{"status":-1005,"name":"DER_NONEXIST"}"#), "\(nope.body)")
    #expect(nope.json["type"] as? String == "urn:drawbridge:problem:body-status")
    #expect(nope.json["code"] as? String == "NOT_FOUND")
    #expect(nope.json["origin"] as? String == "backend")
    #expect(nope.json["instance"] as? String == "/v1/pools/nope")
    #expect(nope.json["request_id"] as? String == nope.headers["x-request-id"])
    #expect(nope.headers["cache-control"] == "no-store")
  }

  @Test func createsAndEchoes() throws {
    let demo = try DemoProcess()
    defer { demo.stop() }
    let body =
      #"{"label":"mine","total_bytes":"1099511627776","redundancy":"REDUNDANCY_RF1","tier_ratio":[0.06,0.94],"properties":{"ec":"2"},"num_ranks":0,"rank":3}"#
    let created = try demo.response("/v1/pools", ["--json", body])
    #expect(created.status == 201)
    #expect(created.json["tier_bytes"] as? [String] == ["68719476736", "1030792151040"])
    #expect(try demo.response("/v1/pools/mine").status == 200)
    let again = try demo.response("/v1/pools", ["--json", body])
    #expect(again.status == 409)
    #expect(again.body.contains(#""name":"DER_EXIST""#))
    let echo = #"{"text":"été \u00e9 \"","number":-9007199254740993,"data":"AP8=","list":["a",""]}"#
    #expect(
      try demo.curl("/v1/echo", ["--json", echo])
        == #"{"text":"été é \"","number":"-9007199254740993","data":"AP8=","list":["a",""]}"#)
    #expect(try demo.curl("/v1/echo", ["--json", "{}"]) == "{}")
    #expect(try demo.curl("/v1/echo", ["-X", "POST"]) == "{}")
  }

  static let wrongBodies: [(String, String, String, String)] = [
    ("wrong enum", #"{"label":"a","redundancy":"RF9"}"#, "/redundancy", "REDUNDANCY_RF1"),
    ("unknown field", #"{"label":"a","lable":"b"}"#, "/lable", "unknown field"),
    ("bad number", #"{"label":"a","total_bytes":"many"}"#, "/total_bytes", ""),
    ("fraction", #"{"total_bytes":1.5}"#, "/total_bytes", ""),
    ("negative", #"{"total_bytes":-1}"#, "/total_bytes", ""),
    ("duplicate key", #"{"label":"a","label":"b"}"#, "/label", "duplicate"),
    ("duplicate key under two names", #"{"total_bytes":1,"totalBytes":2}"#, "/totalBytes", ""),
    ("two of a oneof", #"{"rank":1,"fault_domain":"x"}"#, "/fault_domain", ""),
    ("wrong element", #"{"tier_ratio":[0.5,"x"]}"#, "/tier_ratio/1", ""),
    ("wrong type", #"{"properties":{"a":1}}"#, "/properties/a", ""),
  ]

  @Test func wrongBodiesAreLocated() throws {
    let demo = try DemoProcess()
    defer { demo.stop() }
    for (name, body, pointer, mention) in Self.wrongBodies {
      let response = try demo.response("/v1/pools", ["--json", body])
      #expect(response.status == 400, "\(name): \(response.body)")
      #expect(response.headers["content-type"] == "application/problem+json", "\(name)")
      #expect(response.pointers == [pointer], "\(name): \(response.body)")
      #expect(mention.isEmpty || response.body.contains(mention), "\(name): \(response.body)")
    }
    for broken in [#"{"label":"a""#, #"{"label":}"#, "[1]", "{} {}", "nul", "{\"a\":1,}"] {
      let response = try demo.response("/v1/pools", ["--json", broken])
      #expect(response.status == 400, "\(broken): \(response.body)")
      let errors = try #require(response.json["errors"] as? [[String: Any]], "\(broken)")
      #expect(errors[0]["source"] as? String == "body", "\(broken)")
      #expect(errors[0]["offset"] is Int, "\(broken): \(response.body)")
    }
  }

  @Test func whatIsNotThereSaysSo() throws {
    let demo = try DemoProcess()
    defer { demo.stop() }
    let unknown = try demo.response("/v1/pool")
    #expect(unknown.status == 404)
    #expect(unknown.json["type"] as? String == "urn:drawbridge:problem:route-not-found")
    let method = try demo.response("/v1/pools/tank", ["-X", "DELETE"])
    #expect(method.status == 405)
    #expect(method.headers["allow"] == "GET, HEAD, OPTIONS")
    #expect(method.json["type"] as? String == "urn:drawbridge:problem:method-not-allowed")
    let options = try demo.response("/v1/pools", ["-X", "OPTIONS"])
    #expect(options.status == 204)
    #expect(options.headers["allow"] == "GET, HEAD, POST, OPTIONS")
    let form = try demo.response("/v1/pools", ["-d", #"{"label":"a"}"#])
    #expect(form.status == 415)
    #expect(form.body.contains("send Content-Type: application/json (curl: --json)"))
    let query = try demo.response("/v1/pools/tank?query_mask=7&svc_ranks=1&svc_ranks=2")
    #expect(query.status == 200)
    let parameter = try demo.response("/v1/pools/tank?mask=7")
    #expect(parameter.status == 400)
    #expect((parameter.json["errors"] as? [[String: Any]])?.first?["source"] as? String == "query")
    let twice = try demo.response("/v1/pools/tank?id=other")
    #expect(twice.status == 400)
    #expect(twice.body.contains("path") && twice.body.contains("query"), "\(twice.body)")
    let body = try demo.response("/v1/pools/tank", ["-X", "GET", "--json", "{}"])
    #expect(body.status == 400)
    let accept = try demo.response("/v1/pools", ["-H", "Accept: text/html"])
    #expect(accept.status == 406)
    let head = try demo.response("/v1/pools/tank", ["-I"])
    #expect(head.status == 200)
    let badTimeout = try demo.response("/v1/pools", ["-H", "Request-Timeout: soon"])
    #expect(badTimeout.status == 400)
  }

  @Test func servicesEndWithAKilledDemo() async throws {
    let demo = try DemoProcess()
    defer { demo.stop() }
    #expect(kill(demo.servicesProcessID, 0) == 0)
    demo.process.signal(SIGKILL)
    #expect(await eventually { Self.hasEnded(demo.servicesProcessID) })
  }

  /// Also one that nobody has asked for its status.
  private static func hasEnded(_ process: Int32) -> Bool {
    let line = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ") Z"
    return line.split(separator: ")").last?.hasPrefix(" Z") ?? true
  }

  @Test func servicesMayStopAndComeBack() throws {
    let demo = try DemoProcess()
    defer { demo.stop() }
    #expect(try demo.response("/v1/pools").status == 200)
    kill(demo.servicesProcessID, SIGTERM)
    // The process leaves its socket behind only when it is killed; either way nobody listens.
    let stopped = try demo.response("/v1/pools", until: { $0.status != 200 })
    #expect(stopped.status == 503)
    #expect(stopped.headers["retry-after"] != nil)
    #expect(stopped.json["retryable"] as? Bool == true)
    #expect(stopped.json["type"] as? String == "urn:drawbridge:problem:backend-unavailable")
    let services = try demo.startServices()
    #expect(try demo.response("/v1/pools").status == 200)
    // Killed without a chance to clean up: the socket file stays.
    services.signal(SIGKILL)
    _ = services.wait()
    #expect(try demo.response("/v1/pools").status == 503)
    let again = try demo.startServices()
    #expect(try demo.response("/v1/pools").status == 200)
    again.stop()
  }

  @Test func aPortInUseIsSaidClearly() throws {
    let demo = try DemoProcess()
    defer { demo.stop() }
    // In the same folder, from which the first demo's services may be started again.
    let second = try Finished.run(
      TestPaths.drawbridge, ["demo"],
      environment: ["PORT": "\(demo.port)", "XDG_RUNTIME_DIR": demo.folder.path])
    #expect(second.status == 2)
    #expect(second.errors.contains("cannot listen on 127.0.0.1:\(demo.port)"), "\(second.errors)")
    #expect(second.errors.contains("another process listens there"), "\(second.errors)")
    kill(demo.servicesProcessID, SIGTERM)
    #expect(try demo.response("/v1/pools", until: { $0.status != 200 }).status == 503)
    let services = try demo.startServices()
    defer { services.stop() }
    #expect(try demo.response("/v1/robot/speed", until: { $0.status == 200 }).status == 200)
  }

  @Test func embeddedDescriptorSetIsWhatProtocMakes() throws {
    let folder = TestPaths.package.appendingPathComponent("Sources/drawbridge/Demo")
    let output = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).binpb")
    defer { try? FileManager.default.removeItem(at: output) }
    let run = try Finished.run(
      "/usr/bin/env",
      [
        "protoc", "--proto_path=\(folder.path)",
        "--proto_path=\(TestPaths.package.appending(path: "Sources/ProtobufSchema/Protos").path)",
        "--include_imports",
        "--descriptor_set_out=\(output.path)", "demo.proto",
      ])
    #expect(run.status == 0, "\(run.errors)")
    #expect(try Data(contentsOf: output) == Data(contentsOf: folder.appendingPathComponent("demo.binpb")))
  }
}
