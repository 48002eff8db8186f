import Foundation
import TestSupport
import Testing

/// The real gateway before a dRPC server that breaks the rules (Tests/Peers/drpc_misbehaviour.py: Google's protobuf,
/// framing of its own): each misbehaviour and what an HTTP client gets.
@Suite(.serialized) struct MisbehaviourTests {
  struct Expectation: Sendable {
    let behaviour: String
    let status: Int
    /// Part of the body: of the detail, or of the reply.
    let mention: String
    let problem: String
    let retryable: Bool?

    init(
      _ behaviour: String, _ status: Int, _ mention: String, problem: String = "bad-reply",
      retryable: Bool? = false
    ) {
      (self.behaviour, self.status, self.mention) = (behaviour, status, mention)
      self.problem = status < 400 ? "" : problem
      self.retryable = status < 400 ? nil : retryable
    }
  }

  static let chunked = [
    Expectation("echo", 200, #"{"text":"hello"}"#),
    Expectation("stale_reply_first", 502, "carries sequence"),
    Expectation("wrong_sequence", 502, "carries sequence"),
    Expectation("sequence_zero", 502, "carries sequence 0"),
    Expectation("foreign_chunks", 502, "out of order"),
    Expectation("foreign_chunks_of_one_size", 502, "out of order"),
    Expectation("close_before_reply", 502, "without a reply"),
    Expectation("close_in_reply", 502, "in the middle of its reply"),
    Expectation("never", 504, "finishes the work", problem: "deadline-exceeded"),
    Expectation("no_response", 502, "no dRPC Response"),
    Expectation("unknown_status", 502, "does not define"),
    Expectation("reply_and_more", 200, #"{"text":"hello"}"#),
    Expectation("five_megabytes", 200, String(repeating: "x", count: 5_000_000)),
    Expectation("over_the_limit", 502, "a message of 67108865 bytes is over the limit"),
    Expectation("short_packet", 502, "too short for a chunk header"),
    Expectation("longer_than_said", 502, "packet's length differ"),
    Expectation("shorter_than_said", 502, "packet's length differ"),
    Expectation("no_chunks", 502, "says 0 chunks"),
    Expectation("index_not_zero", 502, "out of order"),
    Expectation("index_skipped", 502, "out of order"),
    Expectation("index_repeated", 502, "out of order"),
    Expectation("total_changes", 502, "do not agree"),
    Expectation("count_changes", 502, "do not agree"),
    Expectation("total_over_data", 502, "do not agree"),
    Expectation("total_under_data", 502, "do not agree"),
    Expectation("empty_chunk", 502, "is empty"),
    Expectation("too_many_chunks", 502, "is empty"),
    Expectation("packet_too_large", 502, "packet's length differ"),
    Expectation("reads_no_more", 200, #"{"text":"hello"}"#),
  ]

  static let raw = [
    Expectation("raw_echo", 200, #"{"text":"hello"}"#),
    Expectation("raw_empty_packet", 502, "without a reply"),
    Expectation("raw_wrong_sequence", 502, "carries sequence"),
    Expectation("raw_no_response", 502, "no dRPC Response"),
    Expectation("close_before_reply", 502, "without a reply"),
    Expectation("never", 504, "finishes the work", problem: "deadline-exceeded"),
  ]

  /// A service with a route `POST /v1/{behaviour}` for each of a framing's misbehaviours.
  private static func gateway(
    _ folder: TestFolder, _ expectations: [Expectation], connections: Int = 1, user: UInt32? = nil
  ) throws -> ServingGateway {
    try folder.write("text.proto", "syntax = \"proto3\";\nmessage Text { string text = 1; }\n")
    var methods: [String] = []
    var routes: [String] = []
    for (number, expectation) in expectations.enumerated() {
      methods.append("\(expectation.behaviour): { id: 2/\(301 + number), request: Text, response: Text }")
      routes.append("\(expectation.behaviour): { post: /v1/\(expectation.behaviour) }")
    }
    return try ServingGateway(
      folder,
      services: """
          peer:
            drpc: { sockets: \(folder.file("peer.sock")), connections: \(connections) }
            protobuf: { files: [text.proto] }
            methods: { \(methods.joined(separator: ", ")) }
            routes: { \(routes.joined(separator: ", ")) }
        """, user: user)
  }

  /// The method numbers of the table are those of the peer.
  @Test func theTablesAreThePeers() throws {
    let listed = try Finished.run(Peers.python, [Peers.script("drpc_misbehaviour.py"), "--list"]).output
    let expected = [("chunked", Self.chunked), ("raw", Self.raw)].flatMap { framing, expectations in
      expectations.enumerated().map { "\(framing) \(301 + $0) \($1.behaviour)" }
    }
    #expect(listed.split(separator: "\n").map(String.init) == expected)
  }

  /// With one connection: after each misbehaviour the next call finds a clean one.
  @Test(arguments: [("chunked", chunked), ("raw", raw)])
  func eachMisbehaviourHasItsStatus(_ framing: String, _ expectations: [Expectation]) throws {
    let folder = try TestFolder()
    let peer = try Peers.start("drpc_misbehaviour.py", folder.file("peer.sock"), "--framing", framing)
    defer { peer.stop() }
    let gateway = try Self.gateway(folder, expectations)
    defer { gateway.stop() }
    let echo = "/v1/" + expectations[0].behaviour
    for expectation in expectations {
      let patience = expectation.status == 504 ? ["Request-Timeout: 300ms"] : []
      let path = "/v1/" + expectation.behaviour
      let response = try gateway.send("POST", path, patience, json: #"{"text":"hello"}"#)
      #expect(response.status == expectation.status, "\(expectation.behaviour): \(response.body.prefix(500))")
      #expect(
        response.body.contains(expectation.mention), "\(expectation.behaviour): \(response.body.prefix(500))")
      #expect(response.problem == expectation.problem, "\(expectation.behaviour)")
      #expect(response.json["retryable"] as? Bool == expectation.retryable, "\(expectation.behaviour)")
      if expectation.behaviour == "reads_no_more" {
        let unread = try gateway.send("POST", echo, json: "{}")
        #expect(unread.status == 503 && unread.problem == "backend-unavailable")
        #expect(unread.body.contains("before it had read the call"), "\(unread.body)")
        #expect(unread.json["retryable"] as? Bool == true && unread.headers["retry-after"] != nil)
      }
      let next = try gateway.send("POST", echo, json: #"{"text":"next"}"#)
      #expect(next.body == #"{"text":"next"}"#, "after \(expectation.behaviour): \(next.body)")
    }
    // Each broken connection was closed.
    #expect(gateway.openDescriptors < 40)
  }

  /// A serial server behind four connections and many clients: everybody gets the own answer.
  @Test func aSerialServer() throws {
    let folder = try TestFolder()
    let peer = try Peers.start("drpc_misbehaviour.py", folder.file("peer.sock"))
    defer { peer.stop() }
    let gateway = try Self.gateway(folder, Self.chunked, connections: 4)
    defer { gateway.stop() }
    let right = Event<Int>()
    let finished = onThreads(16) { client in
      for turn in 0..<20 {
        let text = #"{"text":"\#(client)-\#(turn)"}"#
        let response = try? gateway.send("POST", "/v1/echo", json: text)
        if response?.body == text { right.set(client) }
      }
    }
    #expect(finished)
    #expect(right.all.count == 16 * 20)
  }

  /// A new server on the same path may speak the other framing, and a socket may go and come back.
  @Test func restartsWithTheOtherFraming() throws {
    let folder = try TestFolder()
    let socket = folder.file("peer.sock")
    let gateway = try Self.gateway(folder, Self.chunked, connections: 2)
    defer { gateway.stop() }
    func echo() throws -> RawResponse { try gateway.send("POST", "/v1/echo", json: #"{"text":"a"}"#) }
    let absent = try echo()
    #expect(absent.status == 503 && absent.detail.contains("no such socket"), "\(absent.body)")
    for framing in ["chunked", "raw", "raw", "chunked", "chunked"] {
      let peer = try Peers.start("drpc_misbehaviour.py", socket, "--framing", framing)
      for _ in 0..<4 {
        let response = try echo()
        #expect(response.body == #"{"text":"a"}"#, "\(framing): \(response.status) \(response.body)")
      }
      peer.signal(SIGKILL)
      _ = peer.wait()
      // The file is still there.
      let refused = try echo()
      #expect(refused.status == 503 && refused.detail.contains("nobody listens"), "\(refused.body)")
      #expect(refused.json["retryable"] as? Bool == true && refused.headers["retry-after"] != nil)
    }
    try FileManager.default.removeItem(atPath: socket)
    let gone = try echo()
    #expect(gone.status == 503 && gone.detail.contains("no such socket"), "\(gone.body)")
    let peer = try Peers.start("drpc_misbehaviour.py", socket)
    defer { peer.stop() }
    #expect(try echo().status == 200)
  }

  /// The server is restarted while its connections are busy: those that come next are asked again.
  @Test func aRestartBehindBusyConnections() throws {
    let folder = try TestFolder()
    let socket = folder.file("peer.sock")
    let gateway = try Self.gateway(folder, Self.chunked, connections: 2)
    defer { gateway.stop() }
    var peer = try Peers.start("drpc_misbehaviour.py", socket, "--framing", "raw")
    #expect(try gateway.send("POST", "/v1/echo", json: "{}").status == 200)
    for framing in ["chunked", "raw", "chunked"] {
      peer.signal(SIGSTOP)
      let waiting = try (0..<2).map { _ in try RawClient(port: gateway.port) }
      for client in waiting { client.send(ServingGateway.request("POST", "/v1/echo", [], json: "{}")) }
      let old = peer
      // The old server holds its connections; the new one takes its path.
      peer = try Peers.start("drpc_misbehaviour.py", socket, "--framing", framing)
      old.signal(SIGKILL)
      for client in waiting {
        let status = client.receiveResponse()?.status
        #expect(status == 502 || status == 503 || status == 200)
      }
      #expect(try gateway.send("POST", "/v1/echo", json: "{}").status == 200, "\(framing)")
    }
    peer.stop()
  }

  // MARK: Sockets that cannot be used

  /// Whoever may not connect learns as which user, and of which mode and owner.
  @Test func noPermission() throws {
    let folder = try TestFolder()
    let socket = folder.file("peer.sock")
    let peer = try Peers.start("drpc_misbehaviour.py", socket)
    defer { peer.stop() }
    // No mode keeps root out, and owner bits bind everybody else.
    let isRoot = geteuid() == 0
    for path in [folder.path, socket] {
      let mode = path == socket ? (isRoot ? 0o600 : 0) : 0o755
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
    let gateway = try Self.gateway(folder, Self.chunked, user: isRoot ? 65534 : nil)
    defer { gateway.stop() }
    let response = try gateway.send("POST", "/v1/echo", json: "{}")
    #expect(response.status == 503 && response.problem == "backend-unavailable", "\(response.body)")
    let user = isRoot ? 65534 : geteuid()
    #expect(
      response.detail.hasPrefix("\(socket): user id \(user) may not connect (mode 0"), "\(response.detail)")
    #expect(response.detail.contains(", owner \(geteuid()), group "), "\(response.detail)")
    #expect(response.json["retryable"] as? Bool == true)
  }

  /// A call that is over what the server or the kernel takes is not sent: 413.
  @Test func aCallThatIsTooLarge() throws {
    let folder = try TestFolder()
    let socket = folder.file("peer.sock")
    let peer = try Peers.start("drpc_misbehaviour.py", socket, "--framing", "raw")
    defer { peer.stop() }
    try folder.write("text.proto", "syntax = \"proto3\";\nmessage Text { string text = 1; }\n")
    let gateway = try ServingGateway(
      folder,
      services: """
          engine:
            drpc: { sockets: \(socket), framing: raw }
            protobuf: { files: [text.proto] }
            methods: { Echo: { id: 2/301, request: Text, response: Text } }
            routes: { Echo: { post: /engine } }
          kernel:
            drpc: { sockets: \(socket), framing: raw, max_request: 1GiB }
            protobuf: { files: [text.proto] }
            methods: { Echo: { id: 2/301, request: Text, response: Text } }
            routes: { Echo: { post: /kernel } }
        """)
    defer { gateway.stop() }
    func send(_ path: String, _ size: Int) throws -> RawResponse {
      try gateway.send("POST", path, json: #"{"text":"\#(String(repeating: "x", count: size))"}"#)
    }
    #expect(try send("/engine", 131_000).status == 200)
    for (path, size, limit) in [("/engine", 131_072, "131072"), ("/kernel", 3_000_000, "212960")] {
      let response = try send(path, size)
      #expect(response.status == 413 && response.problem == "payload-too-large", "\(path): \(response.body)")
      #expect(response.detail.contains(limit), "\(path): \(response.detail)")
    }
    #expect(try send("/kernel", 200_000).status == 200)
  }
}
