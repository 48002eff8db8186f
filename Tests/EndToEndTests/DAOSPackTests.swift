import Foundation
import TestSupport
import Testing

/// deploy/daos before a stand-in for a DAOS node: an agent, a server and two engines on the DRPC library, whose
/// messages are SwiftProtobuf's.
@Suite(.serialized) struct DAOSPackTests {
  static let pack = TestPaths.package.appending(path: "deploy/daos").path

  /// A stand-in and the gateway with the pack's own configuration before it.
  final class Node {
    let folder: TestFolder
    let node: ChildProcess
    let gateway: ChildProcess
    let port: UInt16

    /// `change` edits the configuration as an admin would.
    init(_ release: String, change: (String) -> String = { $0 }) throws {
      let folder = try TestFolder()
      let node = try ChildProcess(
        TestPaths.program("daos-stand-in"), ["--directory", folder.path, "--release", release])
      guard node.lines.wait(seconds: 60, where: { $0 == "ready" }) != nil else {
        throw ServingGateway.DidNotStart(lines: node.lines.all)
      }
      let engines = node.lines.all.filter { $0.contains("daos_engine_") }
      for name in ["daos-\(release).binpb", "daos-\(release).yaml"] {
        try FileManager.default.copyItem(atPath: "\(pack)/\(name)", toPath: folder.file(name))
      }
      let text = try String(contentsOfFile: folder.file("daos-\(release).yaml"), encoding: .utf8)
      let configuration = try folder.write("changed.yaml", change(text))
      let gateway = try ChildProcess(
        TestPaths.drawbridge, ["serve", "-c", configuration, "--loops", "1"],
        environment: [
          "DAOS_LISTEN": "127.0.0.1:0", "DAOS_AGENT": folder.file("daos_agent.sock"),
          "DAOS_SERVER": folder.file("daos_server.sock"), "DAOS_ENGINE": folder.file("daos_engine_*.sock"),
          "DAOS_ENGINE_0": engines.first ?? "", "DAOS_ENGINE_1": engines.last ?? "",
        ])
      guard let line = gateway.lines.wait(seconds: 60, where: { $0.contains(#""event":"serving""#) }),
        let port = line.components(separatedBy: "127.0.0.1:").last.flatMap({
          UInt16($0.prefix { $0.isNumber })
        })
      else {
        node.stop()
        gateway.stop()
        throw ServingGateway.DidNotStart(lines: gateway.lines.all)
      }
      (self.folder, self.node, self.gateway, self.port) = (folder, node, gateway, port)
    }

    func stop() {
      gateway.stop()
      node.stop()
    }

    func send(_ method: String, _ path: String, json: String? = nil) throws -> RawResponse {
      let client = try RawClient(port: port)
      client.send(ServingGateway.request(method, path, ["Connection: close"], json: json))
      guard let response = client.receiveResponse() else { throw ServingGateway.NoAnswer(path: path) }
      return response
    }
  }

  @Test(arguments: ["2.6", "2.8"]) func checkPasses(_ release: String) throws {
    let run = try Finished.run(TestPaths.drawbridge, ["check", "-c", "\(Self.pack)/daos-\(release).yaml"])
    #expect(run.status == 0, "\(run.errors)")
    #expect(!run.errors.contains("warning"), "\(run.errors)")
  }

  /// The descriptor sets are those of the `.proto` files beside them.
  @Test(arguments: ["2.6", "2.8"]) func theDescriptorSetsAreUpToDate(_ release: String) throws {
    let folder = try TestFolder()
    let run = try Finished.run(
      "/usr/bin/env",
      [
        "protoc", "--proto_path=\(Self.pack)/\(release)", "--include_imports",
        "--descriptor_set_out=\(folder.file("set"))", "mgmt.proto", "prop.proto", "ctl.proto",
        "srv.proto",
      ])
    #expect(run.status == 0, "\(run.errors)")
    #expect(
      FileManager.default.contentsEqual(
        atPath: folder.file("set"), andPath: "\(Self.pack)/daos-\(release).binpb"),
      "make daos-schemas")
  }

  /// What is called first and what it gives; the route's own request cannot be known before.
  @Test(arguments: [
    (
      "/v1/pools/tank",
      """
      lookup    server.PoolFindByLabel is called first with 6 bytes
                0a 04 74 61 6e 6b
      bound     id = 'uuid' of the reply  from the lookup
      bound     svc_ranks = 'svcreps' of the reply  from the lookup
      request   mgmt.PoolQueryReq
      backend   dRPC module 2, method 223, /var/run/daos_server/daos_engine_*.sock

      """
    ),
    (
      "/v1/pools/\(tank)/acl",
      """
      lookup    server.GetPoolSvc is called first with 38 bytes
                0a 24 38 61 30 35 62 66 33 61 2d 61 30 38 38 2d
                34 61 37 37 2d 62 62 39 66 2d 64 66 39 38 39 66
                63 65 37 63 63 38
      bound     svc_ranks = 'svcreps' of the reply  from the lookup
      request   mgmt.GetACLReq
      backend   dRPC module 2, method 213, /var/run/daos_server/daos_engine_*.sock

      """
    ),
    (
      "/v1/engines/1/devices",
      """
      request   0 bytes, ctl.SmdDevReq
      backend   dRPC module 2, method 211, /run/drawbridge/engine-1.sock

      """
    ),
  ]) func explain(_ path: String, _ end: String) throws {
    let run = try Finished.run(
      TestPaths.drawbridge, ["explain", "-c", "\(Self.pack)/daos-2.8.yaml", "GET", path])
    #expect(run.status == 0 && run.output.hasSuffix(end), "\(run.output)\(run.errors)")
  }

  private static let tank = "8a05bf3a-a088-4a77-bb9f-df989fce7cc8"

  /// Path, status, and what the answer has in it, for both releases.
  static let reads: [(String, Int, [String])] = [
    (
      "/v1/system/attach-info", 200,
      [
        #""sys":"daos_server""#, #""rank_uris":[{"rank":0,"uri":"ofi+tcp;ofi_rxm://10.8.1.11:31416""#,
        #""ms_ranks":[0,2]"#, #""srv_srx_set":-1"#, #""secondary_rank_uris":[]"#, #""status":0"#,
      ]
    ),
    ("/v1/system/attach-info?all_ranks=true&interface=ib1", 200, [#""rank":3"#, #""interface":"ib1""#]),
    ("/v1/system/attach-info?sys=other", 400, ["DER_INVAL"]),
    (
      "/v1/pools/tank", 200,
      [
        // Neither a label nor a state of the pool: engines send none.
        #""uuid":"8a05bf3a-a088-4a77-bb9f-df989fce7cc8","total_targets":32,"active_targets":31"#,
        #""state":"DONE""#, #""objects":"1207""#, #""query_mask":"11""#, #""disabled_ranks":"""#,
        #""media_type":"NVME""#, #""total":"50577534877696""#,
        #""upgrade_layout_ver":4,"svc_ldr":0,"svc_reps":[0,1,2]"#,
      ]
    ),
    ("/v1/pools/\(tank)", 200, [#""uuid":"\#(tank)""#, #""svc_reps":[0,1,2]"#]),
    ("/v1/pools/\(tank.uppercased())", 200, [#""uuid":"\#(tank)""#]),
    ("/v1/pools/scratch", 200, [#""total":"9007199254740993""#, #""svc_reps":[0]"#]),
    (
      "/v1/pools/tank?query_mask=4", 200,
      [#""enabled_ranks":"0-3""#, #""active_targets":0"#, #""total":"0""#]
    ),
    ("/v1/pools/nope", 404, [#""name":"DER_NONEXIST""#, "server.PoolFindByLabel"]),
    (
      "/v1/pools/00000000-0000-4000-8000-000000000000", 404, [#""name":"DER_NONEXIST""#, "server.GetPoolSvc"]
    ),
    ("/v1/pools/tank?svc_ranks=3", 400, [#""pointer":"/svc_ranks""#]),
    ("/v1/pools/tank?sys=other", 400, [#""pointer":"/sys""#]),
    (
      "/v1/pools/tank/containers", 200, [#""containers":[{"uuid":"30e5d364-62c9-4ddf-9284-1021359455f2"},"#]
    ),
    ("/v1/pools/scratch/containers", 200, [#""containers":[]"#]),
    (
      "/v1/pools/tank/acl", 200,
      [#"{"entries":["A::OWNER@:rwdtTaAo","A:G:GROUP@:rwtT","A::lucy@:r"],"owner_user":"daos_admin@""#]
    ),
    (
      "/v1/pools/tank/ranks/1/targets?targets=0&targets=5", 200,
      [#""state":"DOWN""#, #""state":"UP_IN""#, #""media_type":"SCM""#]
    ),
    ("/v1/pools/tank/ranks/9/targets?targets=0", 404, ["DER_NONEXIST"]),
    ("/v1/pools/\(tank)/replicas", 200, [#""svcreps":[0,1,2]"#]),
    // To daos_server a wrong request is a failure like any other.
    ("/v1/pools/tank/replicas", 502, [#""status":"FAILURE""#]),
    ("/v1/labels/tank", 200, [#""uuid":"\#(tank)","svcreps":[0,1,2]"#]),
    ("/v1/labels/nope", 404, ["DER_NONEXIST"]),
    (
      "/v1/engines/0/devices", 200,
      [
        #""pci_addr":"0000:5e:00.0""#, #""dev_state":"NORMAL""#, #""led_state":"OFF""#,
        #""tgt_ids":[0,1,2,3]"#, #""total_bytes":"3840755982336""#,
      ]
    ),
    ("/v1/engines/1/devices", 200, [#""pci_addr":"0000:d8:00.0""#, #""rank":1"#]),
    ("/v1/engines/2/devices", 404, ["route-not-found", "no server '2'; it has 0, 1"]),
    (
      "/v1/engines/1/devices/a2f0c0de-0000-4000-8000-000000010001/health", 200,
      [
        #""temperature":311"#, #""temp_warn":false"#, #""power_on_hours":"21114""#,
        #""media_wear_raw":"1893""#, #""cluster_size":"33554432""#,
      ]
    ),
    ("/v1/engines/0/devices/A2F0C0DE-0000-4000-8000-000000000001/health", 200, [#""temperature":311"#]),
    ("/v1/engines/0/devices/\(tank)/health", 404, ["DER_NONEXIST"]),
    ("/v1/engines/0/devices/nope/health", 400, ["DER_INVAL"]),
    ("/v1/engines/0/pools", 200, [#""blobs":["4294967404""#]),
    ("/v1/engines/1/ping", 200, [#"{"status":0}"#]),
    (
      "/v1/pools/tank/properties/1", 200, [#"{"status":0,"properties":[{"number":1,"strval":"tank"}]}"#]
    ),
    ("/v1/pools/tank/properties/4", 200, [#""properties":[{"number":4,"numval":"3"}]"#]),
    ("/v1/pools/tank/properties/0", 404, ["DER_PROTO"]),
    ("/v1/pools/tank/properties/99", 404, ["DER_PROTO"]),
    ("/v1/pools/tank/properties/2", 400, ["DER_INVAL"]),
    // Never an empty list, at which an engine ends itself.
    ("/v1/pools/tank/properties/", 404, ["route-not-found"]),
    ("/v1/pools/tank/properties", 404, ["route-not-found"]),
  ]

  @Test(arguments: ["2.6", "2.8"]) func theAPIWorks(_ release: String) throws {
    // A server of 2.6 speaks raw only; this one would take chunks, too.
    let node = try Node(release) { text in
      release == "2.8"
        ? text
        : text.replacing("connections: 4", with: "connections: 4, framing: raw")
          .replacing("connections: 2", with: "connections: 2\n      framing: raw")
    }
    defer { node.stop() }
    for (path, status, parts) in Self.reads {
      let response = try node.send("GET", path)
      #expect(response.status == status, "\(path): \(response.body)")
      for part in parts { #expect(response.body.contains(part), "\(path): no \(part) in \(response.body)") }
    }
    // Lists came with 2.8.
    let list = try node.send("GET", "/v1/pools")
    let system = try node.send("GET", "/v1/system/properties?keys=daos_version")
    if release == "2.8" {
      #expect(
        list.body.hasPrefix(#"{"pools":[{"uuid":"\#(Self.tank)","label":"tank","svcreps":[0,1,2]},"#),
        "\(list.body)")
      #expect(list.body.contains(#""label":"attic""#), "\(list.body)")
      let ready = try node.send("GET", "/v1/pools?include_all=false")
      #expect(ready.status == 200 && !ready.body.contains("attic"), "\(ready.body)")
      #expect(system.body == #"{"properties":{"daos_version":"2.8.0"}}"#, "\(system.body)")
      let unknown = try node.send("GET", "/v1/system/properties?keys=nope")
      #expect(unknown.status == 502 && unknown.body.contains("FAILURE"), "\(unknown.body)")
    } else {
      #expect(list.status == 404 && system.status == 404)
    }
  }

  // MARK: What is off

  /// Without a switch there is no such route; with its name there is.
  @Test func privilegedMethodsAreOff() throws {
    let changes: [(String, String, String)] = [
      ("PATCH", "/v1/pools/tank/properties/4", #"{"property":{"numval":"1"}}"#),
      ("POST", "/v1/pools/tank:evict", "{}"),
      ("DELETE", "/v1/pools/tank/acl/u:lucy@", ""),
      ("PUT", "/v1/pools/tank/acl", #"{"entries":[]}"#), ("PATCH", "/v1/pools/tank/acl", #"{"entries":[]}"#),
      ("POST", "/v1/pools/tank:upgrade", "{}"),
      ("POST", "/v1/engines/0/devices/a2f0c0de-0000-4000-8000-000000000001:set-faulty", "{}"),
      ("POST", "/v1/engines/0/devices/a2f0c0de-0000-4000-8000-000000000001:replace", "{}"),
      ("POST", "/v1/engines/0/devices/a2f0c0de-0000-4000-8000-000000000001:led", "{}"),
    ]
    let closed = try Node("2.8")
    defer { closed.stop() }
    for (method, path, body) in changes {
      let response = try closed.send(method, path, json: body.isEmpty ? nil : body)
      #expect(response.status == 404 || response.status == 405, "\(path): \(response.body)")
    }
    let open = try Node("2.8") { text in
      text.replacing(
        "allow: []                          # [PoolEvict", with: "allow: [PoolSetProp] # [PoolEvict")
    }
    defer { open.stop() }
    #expect(try open.send(changes[0].0, changes[0].1, json: changes[0].2).status == 200)
    let after = try open.send("GET", "/v1/pools/tank/properties/4")
    #expect(after.body.contains(#"{"number":4,"numval":"1"}"#), "\(after.body)")
    #expect(try open.send(changes[1].0, changes[1].1, json: changes[1].2).status != 200)
  }

  /// Each of them, once its name is there.
  @Test(arguments: ["2.6", "2.8"]) func whatIsAllowedWorks(_ release: String) throws {
    let node = try Node(release) { text in
      text.replacing(/allow: \[\] +# \[Pool.*/) { _ in
        "allow: [PoolSetProp, PoolEvict, PoolUpgrade, PoolOverwriteACL, PoolUpdateACL, PoolDeleteACL]"
      }
      .replacing(/allow: \[\] +# \[Dev.*/) { _ in "allow: [DevSetFaulty, DevReplace, LedManage]" }
    }
    defer { node.stop() }
    let device = "/v1/engines/0/devices/a2f0c0de-0000-4000-8000-000000000001"
    let changes: [(String, String, String?, Int, String)] = [
      ("PATCH", "/v1/pools/tank/properties/4", #"{"property":{"numval":"1"}}"#, 200, #"{"status":0}"#),
      ("PATCH", "/v1/pools/tank/properties/4", "{}", 400, "DER_INVAL"),
      (
        "DELETE", "/v1/pools/tank/acl/u:lucy@", nil, 200,
        #"{"entries":["A::OWNER@:rwdtTaAo","A:G:GROUP@:rwtT"]"#
      ),
      ("PUT", "/v1/pools/tank/acl", #"{"entries":["A::OWNER@:rw"]}"#, 200, #"{"entries":["A::OWNER@:rw"]"#),
      (
        "PATCH", "/v1/pools/tank/acl", #"{"entries":["A::lucy@:r"]}"#, 200,
        #"{"entries":["A::OWNER@:rw","A::lucy@:r"]"#
      ),
      ("POST", "/v1/pools/tank:evict", "{}", 200, #""count":12"#),
      ("POST", "/v1/pools/tank:upgrade", "{}", 200, #"{"status":0}"#),
      ("POST", "\(device):set-faulty", "{}", 200, #""dev_state":"EVICTED""#),
      (
        "POST", "\(device):replace", #"{"new_dev_uuid":"a2f0c0de-0000-4000-8000-000000000001"}"#, 200,
        #""dev_state":"NORMAL""#
      ),
      (
        "POST", "/v1/engines/0/devices/0000:5e:00.0:led", #"{"led_action":"SET"}"#, 200, #""led_state":"OFF""#
      ),
      ("POST", "\(device):led", "{}", 404, "DER_NONEXIST"),
    ]
    for (method, path, body, status, part) in changes {
      let response = try node.send(method, path, json: body)
      #expect(response.status == status && response.body.contains(part), "\(path): \(response.body)")
    }
    #expect(try node.send("GET", "/v1/pools/tank/properties/4").body.contains(#"{"number":4,"numval":"1"}"#))
  }

  /// What changes something goes on without its client, who is gone before the engine has looked at it.
  @Test func aChangeGoesOnWithoutItsClient() async throws {
    let node = try Node("2.8") { $0.replacing(/allow: \[\] +# \[Dev.*/) { _ in "allow: [DevSetFaulty]" } }
    defer { node.stop() }
    let devices = "/v1/engines/0/devices"
    #expect(try !node.send("GET", devices).body.contains("EVICTED"))
    node.node.signal(SIGSTOP)
    let client = try RawClient(port: node.port)
    client.send(
      ServingGateway.request(
        "POST", "\(devices)/a2f0c0de-0000-4000-8000-000000000001:set-faulty", [], json: "{}"))
    // The one loop has taken the request up when it answers a later one.
    #expect(try node.send("GET", "/nowhere").status == 404)
    client.abort()
    #expect(node.gateway.lines.wait(seconds: 60) { $0.contains("client-left") } != nil)
    node.node.signal(SIGCONT)
    #expect(
      try await eventually { try node.send("GET", devices).body.contains(#""dev_state":"EVICTED""#) })
  }

  /// An engine ends itself at a request without a property; nobody can send one, `call` neither.
  @Test func aPropertyIsNamed() throws {
    let node = try Node("2.8")
    defer { node.stop() }
    let run = try Finished.run(
      TestPaths.drawbridge,
      [
        "call", "-c", "\(Self.pack)/daos-2.8.yaml", "pool.PoolGetProp", "--json",
        #"{"sys":"daos_server","id":"\#(Self.tank)","svc_ranks":[0,1,2]}"#,
      ],
      environment: ["DAOS_ENGINE": node.folder.file("daos_engine_*.sock")])
    #expect(run.status == 2 && run.errors.contains("/property"), "\(run.errors)")
  }

  /// A configuration that names a credential method does not have it either, unless it allows it.
  @Test func credentialMethodsAreOff() throws {
    func node(allowing allow: String) throws -> Node {
      try Node("2.8") { text in
        text.replacing(
          "connections: 4 }\n    protobuf: &schema", with: "connections: 4\(allow) }\n    protobuf: &schema"
        )
        .replacing(
          "mgmt.GetAttachInfoResp }\n",
          with: "mgmt.GetAttachInfoResp }\n      Credentials: { id: 1/101, response: mgmt.DaosResp }\n"
        )
        .replacing(
          "      GetAttachInfo: { get",
          with:
            "      Credentials: { get: /credentials, errors: { body-status: 500 } }\n      GetAttachInfo: { get"
        )
      }
    }
    let closed = try node(allowing: "")
    defer { closed.stop() }
    #expect(try closed.send("GET", "/v1/credentials").status == 404)
    #expect(closed.gateway.lines.all.contains { $0.contains("off are Credentials (1/101)") })
    let open = try node(allowing: ", allow: [Credentials]")
    defer { open.stop() }
    // They are those of the gateway's user, whoever asks.
    #expect(try open.send("GET", "/v1/credentials").body == #"{"status":\#(geteuid())}"#)
  }

  // MARK: An engine that restarts

  @Test func aRestartedEngineHasANewSocket() throws {
    let node = try Node("2.8")
    defer { node.stop() }
    #expect(try node.send("GET", "/v1/pools/tank").status == 200)
    node.node.signal(SIGKILL)
    _ = node.node.wait()
    let down = try node.send("GET", "/v1/pools/tank")
    #expect(down.status == 503 && down.json["retryable"] as? Bool == true, "\(down.body)")
    #expect(down.detail.contains("server.PoolFindByLabel, which is called first"), "\(down.detail)")
    let next = try ChildProcess(TestPaths.program("daos-stand-in"), ["--directory", node.folder.path])
    defer { next.stop() }
    #expect(next.lines.wait(seconds: 60) { $0 == "ready" } != nil)
    #expect(try node.send("GET", "/v1/pools/tank").status == 200)
  }
}
