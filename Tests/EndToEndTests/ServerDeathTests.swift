import Foundation
import TestSupport
import Testing

/// The real gateway under load while its dRPC server dies, stalls, or while descriptors run out.
@Suite(.serialized) struct ServerDeathTests {
  /// A service `name` with `POST /{name}`, which echoes; indented for `services:`.
  static func echoService(_ name: String, _ socket: String, _ settings: String = "") -> String {
    """
      \(name):
        drpc: { sockets: \(socket)\(settings) }
        protobuf: { files: [text.binpb] }
        methods: { Echo: { id: 2/301, request: Text, response: Text } }
        routes: { Echo: { post: /\(name) } }
    """
  }

  static func folder() throws -> TestFolder {
    let folder = try TestFolder()
    try folder.write("text.proto", "syntax = \"proto3\";\nmessage Text { string text = 1; }\n")
    let set = folder.file("text.binpb")
    let compiled = try Finished.run(
      "/usr/bin/env", ["protoc", "--proto_path=\(folder.path)", "--descriptor_set_out=\(set)", "text.proto"])
    guard compiled.status == 0 else { throw ServingGateway.DidNotStart(lines: [compiled.errors]) }
    return folder
  }

  private static func post(_ path: String, _ text: String) -> String {
    ServingGateway.request("POST", path, [], json: #"{"text":"\#(text)"}"#)
  }

  // MARK: Killed

  /// The sanitizers take ten times as long.
  private static let kills = isSanitized ? 100 : 1000

  /// 64 clients; every request gets one answer, its own or a 502 or 503, and the first calls after each return are
  /// served. Half of the deaths leave the socket file behind.
  @Test(arguments: ["chunked", "raw"])
  func killedInTheMiddleOfCalls(_ framing: String) throws {
    let (folder, clients) = (try Self.folder(), 64)
    let socket = folder.file("peer.sock")
    let peer = try Peers.start(
      "drpc_killed.py", socket, "--kills", "\(Self.kills)", "--framing", framing)
    defer { peer.stop() }
    let gateway = try ServingGateway(folder, services: Self.echoService("echo", socket), loops: 2)
    defer { gateway.stop() }
    #expect(try gateway.send("POST", "/echo", json: "{}").status == 200)
    let idle = gateway.openDescriptors
    let statuses = Event<Int>()
    let wrong = Event<String>()
    let finished = onThreads(clients, seconds: 600) { number in
      guard let client = try? RawClient(port: gateway.port) else { return wrong.set("no connection") }
      var counts: [Int: Int] = [:]
      var turn = 0
      while !peer.lines.all.contains(where: { $0.hasPrefix("done") }) {
        let text = "\(number)-\(turn)"
        client.send(Self.post("/echo", text))
        guard let answer = client.receiveResponse() else { return wrong.set("closed without an answer") }
        if answer.status == 200, answer.body != #"{"text":"\#(text)"}"# { wrong.set(answer.body) }
        counts[answer.status, default: 0] += 1
        turn += 1
      }
      // Nothing more than what was asked for, and the server is back.
      client.send(Self.post("/echo", "end"))
      if client.receiveResponse()?.body != #"{"text":"end"}"# { wrong.set("not served after the return") }
      client.finish()
      if !client.receive().isEmpty { wrong.set("an answer too many") }
      for status in counts.keys { statuses.set(status) }
    }
    #expect(finished)
    #expect(wrong.all.isEmpty, "\(wrong.all.prefix(5))")
    let seen = Set(statuses.all)
    #expect(seen.isSubset(of: [200, 502, 503]) && seen.contains(200) && seen.contains(502), "\(seen)")
    // The connections of the service stay: eight at most.
    let late = SoakTests.resting(atMost: idle + 8) { gateway.openDescriptors }
    #expect(late <= idle + 8, "\(idle) descriptors, then \(late)")
    let done = try #require(peer.lines.all.first { $0.hasPrefix("done") })
    let longest = try #require(Int(done.split(separator: " ").last ?? ""))
    // A pause between attempts is 100 ms at most; the rest is the machine's.
    #expect(longest < (isSanitized ? 10_000 : 1_000), "first call \(longest) ms after listening")
    print(
      "killed \(Self.kills) times, \(framing): served at most \(longest) ms after the return; \(idle) descriptors, then \(late)"
    )
  }

  // MARK: Stalled

  /// One service takes calls and never answers, with more clients than it has connections and queue; the other one
  /// does not notice.
  @Test func aStalledServiceSlowsNoOther() throws {
    let folder = try Self.folder()
    let sockets = ["stalled", "healthy"].map { folder.file("\($0).sock") }
    let peers = try sockets.map { try Peers.start("drpc_misbehaviour.py", $0) }
    defer { for peer in peers { peer.stop() } }
    let gateway = try ServingGateway(
      folder,
      services: Self.echoService("stalled", sockets[0], ", connections: 4, queue: 40") + "\n"
        + Self.echoService("healthy", sockets[1], ", connections: 4"))
    defer { gateway.stop() }
    for name in ["stalled", "healthy"] {
      #expect(try gateway.send("POST", "/\(name)", json: "{}").status == 200)
    }
    peers[0].signal(SIGSTOP)
    defer { peers[0].signal(SIGCONT) }
    let waiting = try (0..<64).map { _ in try RawClient(port: gateway.port) }
    for client in waiting { client.send(Self.post("/stalled", "x")) }
    // 4 are with the server and 40 in the queue; the others are told at once.
    var refused = 0
    let right = Event<Int>()
    let finished = onThreads(8) { number in
      guard let client = try? RawClient(port: gateway.port) else { return }
      for turn in 0..<100 {
        let text = "\(number)-\(turn)"
        client.send(Self.post("/healthy", text))
        if client.receiveResponse()?.body == #"{"text":"\#(text)"}"# { right.set(turn) }
      }
    }
    #expect(finished)
    #expect(right.all.count == 800)
    peers[0].signal(SIGCONT)
    for client in waiting {
      switch client.receiveResponse()?.status {
      case 200: break
      case 503: refused += 1
      case let status: Issue.record("\(status ?? 0)")
      }
    }
    #expect(refused == 64 - 44)
  }

  // MARK: Without descriptors

  /// A call that finds no descriptor for another connection waits for one that is there.
  @Test func withoutDescriptorsAWarmConnectionServes() throws {
    let folder = try Self.folder()
    let socket = folder.file("peer.sock")
    let peer = try Peers.start("drpc_misbehaviour.py", socket)
    defer { peer.stop() }
    let gateway = try ServingGateway(
      folder, services: Self.echoService("echo", socket), descriptors: 40)
    defer { gateway.stop() }
    let kept = try (0..<6).map { _ in try RawClient(port: gateway.port) }
    // One connection to the service is open.
    kept[0].send(Self.post("/echo", "first"))
    #expect(kept[0].receiveResponse()?.status == 200)
    // All are accepted, by a request that needs no service.
    for client in kept {
      client.send("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(client.receiveResponse()?.status == 404)
    }
    let crowd = try (0..<60).map { _ in try RawClient(port: gateway.port) }
    for client in crowd { client.send("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n") }
    #expect(gateway.process.lines.wait { $0.contains("cannot accept") } != nil)
    peer.signal(SIGSTOP)
    for (number, client) in kept.enumerated() { client.send(Self.post("/echo", "\(number)")) }
    // They have come in when this has been answered.
    crowd[0].send("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(crowd[0].receiveResponses(2).count == 2)
    peer.signal(SIGCONT)
    for (number, client) in kept.enumerated() {
      let answer = client.receiveResponse()
      #expect(answer?.body == #"{"text":"\#(number)"}"#, "\(answer?.status ?? 0) \(answer?.body ?? "")")
    }
  }
}
