import Foundation
import TestSupport
import Testing

/// `drawbridge call` as a process, for both backends.
@Suite(.serialized) struct CallCommandTests {
  /// A gateway is not needed: the services of the demo, and the demo's configuration.
  @Test func bothBackends() throws {
    let demo = try RealGateway()
    defer { demo.stop() }
    func call(_ arguments: String...) throws -> Finished { try demo.call(arguments) }

    let query = try call("pool.PoolQuery", "--json", #"{"id":"tank"}"#)
    #expect(query.status == 0, "\(query.errors)")
    #expect(query.output.hasPrefix(#"{"uuid":"11111111-1111-4111-8111-111111111111","label":"tank""#))
    let list = try call("pool.ListPools")
    #expect(list.status == 0 && list.output.contains("scratch"), "\(list.output)")
    let raw = try call("pool.Echo", "--json", #"{"text":"abc"}"#, "--raw")
    #expect(raw.output == "request 0a03616263\nreply   0a03616263\n{\"text\":\"abc\"}\n", "\(raw.output)")

    let speed = try call("robot.setSpeed", "--json", #"{"speed":2.5}"#)
    #expect(speed.status == 0 && speed.output.contains("2.5"), "\(speed.output) \(speed.errors)")
    let fast = try call("robot.setSpeed", "--json", #"{"speed":99}"#)
    #expect(fast.status == 1 && fast.output.isEmpty, "\(fast.output)")
    #expect(fast.errors.contains(#""exception":{"name":"robot::TooFast""#), "\(fast.errors)")
  }

  @Test func exitCodes() throws {
    let demo = try RealGateway()
    defer { demo.stop() }
    func call(_ arguments: String...) throws -> Finished { try demo.call(arguments) }
    // 1: the server failed.
    let nope = try call("pool.PoolQuery", "--json", #"{"id":"nope"}"#)
    #expect(nope.status == 1)
    #expect(nope.output.isEmpty && nope.errors.contains(#""name":"DER_NONEXIST""#), "\(nope.errors)")
    // 2: usage and configuration.
    for (arguments, message) in [
      (["pool.PoolQury"], "it has ListPools, PoolQuery"), (["pol.PoolQuery"], "there are pool, robot"),
      (["pool"], "SERVICE.METHOD"), (["pool.PoolQuery", "--json", "{"], "--json: "),
      (["pool.PoolQuery", "--json", #"{"idd":"a"}"#], "--json: /idd: "),
      (["pool.PoolQuery", "--json", "@/nonexistent"], "cannot read /nonexistent"),
      (["pool.PoolQuery", "--timeout", "soon"], "--timeout takes a time"),
    ] {
      let run = try demo.call(arguments)
      #expect(run.status == 2 && run.errors.contains(message), "\(arguments): \(run.status) \(run.errors)")
    }
    // 4: no reply in time.
    demo.services.signal(SIGSTOP)
    #expect(try call("pool.ListPools", "--timeout", "200ms").status == 4)
    demo.services.signal(SIGCONT)
    // 3: not sent.
    demo.services.stop()
    let absent = try call("pool.ListPools")
    #expect(absent.status == 3 && absent.errors.contains("backend-unavailable"), "\(absent.errors)")
    #expect(try call("robot.getSpeed", "--timeout", "5s").status == 3)
  }

  /// A named server, a method that is off, and a body from a file.
  @Test func serversByName() throws {
    let folder = try ServerDeathTests.folder()
    let socket = folder.file("peer.sock")
    let peer = try Peers.start("drpc_misbehaviour.py", socket)
    defer { peer.stop() }
    let configuration = try folder.write(
      "c.yaml",
      """
      services:
        echo:
          drpc: { sockets: { a: /nowhere, b: \(socket) }, select: "{name}" }
          protobuf: { files: [text.proto] }
          methods:
            Echo:    { id: 2/301, request: Text, response: Text }
            Destroy: { id: 2/208, request: Text, response: Text }
      """)
    func call(_ arguments: String...) throws -> Finished {
      try Finished.run(TestPaths.drawbridge, ["call", "-c", configuration] + arguments)
    }
    let body = try folder.write("body.json", #"{"text":"from a file"}"#)
    let named = try call("echo.Echo", "--to", "b", "--json", "@\(body)")
    #expect(named.status == 0 && named.output == "{\"text\":\"from a file\"}\n", "\(named.errors)")
    #expect(try call("echo.Echo", "--to", "a").status == 3)
    let unnamed = try call("echo.Echo")
    #expect(unnamed.status == 2 && unnamed.errors.contains("--to a or b"), "\(unnamed.errors)")
    let unknown = try call("echo.Echo", "--to", "c")
    #expect(unknown.status == 2 && unknown.errors.contains("'echo' has a, b"), "\(unknown.errors)")
    // The first that answers needs no name.
    let first = try folder.write(
      "first.yaml",
      try String(contentsOfFile: configuration, encoding: .utf8).replacing(", select: \"{name}\"", with: ""))
    let any = try call("echo.Echo", "--json", "@\(body)", "-c", first)
    #expect(any.status == 0 && any.output == "{\"text\":\"from a file\"}\n", "\(any.errors)")
    let needless = try call("echo.Echo", "--to", "b", "-c", first)
    #expect(needless.status == 2 && needless.errors.contains("not selected by name"), "\(needless.errors)")
    let off = try call("echo.Destroy", "--to", "b")
    #expect(off.status == 2 && off.errors.contains("allow: [Destroy]"), "\(off.errors)")
  }
}
