import Foundation
import RPCCore
import SchemaModel
import TestSupport
import Testing

@testable import DDSRPC

/// Servers that come and go, and those that cannot be matched.
@Suite(.serialized) struct MatchingTests {
  @Test func noServer() async throws {
    let network = freshNetwork()
    let harness = try RequesterHarness(network) { $0.matchTimeout = .milliseconds(100) }
    let answer = await harness.call(Robot.getSpeed)
    #expect(answer.status.failure == .absent)
    #expect(!answer.status.sent)
    #expect(
      answer.status.message == "no server of robot::RobotControl in DDS domain \(network.domain): "
        + "nobody else is in the domain, as far as interface, multicast and peers reach")
    #expect(harness.backend.readiness == .down([answer.status.message]))
    #expect(harness.backend.counters.absences == 1)
    // The deadline is shorter than the wait.
    let begin = Date()
    #expect(await harness.call(Robot.getSpeed, seconds: 0.02).status.failure == .absent)
    #expect(Date().timeIntervalSince(begin) < 5)
    // A caller that leaves does not wait.
    let leaving = harness.start(Robot.getSpeed, seconds: 60, abandonable: true)
    leaving.cancel()
    #expect(await leaving.value.status.sent == false)
    await harness.stop()
  }

  /// The call waits for the server that is just starting.
  @Test func callsBeforeTheServer() async throws {
    let network = freshNetwork()
    let harness = try RequesterHarness(network) { $0.matchTimeout = .seconds(20) }
    let calls = (0..<3).map { _ in harness.start(Robot.getSpeed, seconds: 20) }
    let server = try DDSPeer.server(network)
    defer { server.stop() }
    for call in calls { #expect(await call.value.status == .ok) }
    await harness.stop()
  }

  @Test func stoppedKilledStartedAgain() async throws {
    let network = freshNetwork()
    let server = try DDSPeer.server(network)
    let harness = try RequesterHarness(network) { $0.matchTimeout = .milliseconds(200) }
    try await harness.untilServed()

    // In an orderly way: known at once.
    server.stop()
    let stopped = await harness.call(Robot.getSpeed)
    #expect(stopped.status.failure == .absent)
    #expect(!stopped.status.sent)

    // Started again: served, with nothing done here.
    let second = try DDSPeer.server(network)
    try await harness.untilServed()

    // Killed: matched until its lease ends.
    second.signal(SIGKILL)
    let dead = ContinuousClock.now
    second.waitUntilExit()
    let killed = await harness.call(Robot.getSpeed, seconds: 0.2)
    #expect(killed.status.failure == .deadline)
    #expect(killed.status.sent)
    #expect(
      await eventually { await harness.call(Robot.getSpeed, seconds: 0.2).status.failure != .deadline },
      "a dead server stays matched")
    #expect(await harness.call(Robot.getSpeed).status.failure == .absent)
    // Its lease is 2 s; a lease is 10 s when nobody sets it.
    #expect(ContinuousClock.now - dead < .seconds(9))

    // A successor is called while its predecessor counts as alive, and perhaps before it is heard, as the other is.
    let third = try DDSPeer.server(network, "--lease", "100s")
    try await harness.untilServed()
    third.signal(SIGKILL)
    third.waitUntilExit()
    let fourth = try DDSPeer.server(network)
    defer { fourth.stop() }
    #expect(await eventually { await harness.call(Robot.getSpeed, seconds: 0.2).status == .ok })
    #expect(await eventually { harness.backend.servers == 2 })
    await harness.stop()
  }

  @Test func severalServers() async throws {
    let network = freshNetwork()
    let servers = try ["one", "two"].map {
      try DDSPeer.server(network, "--name", $0, "--behaviour", "report")
    }
    let harness = try RequesterHarness(network)
    let strict = try RequesterHarness(network) { $0.requireSingle = true }
    try await harness.untilServed()
    try #require(await eventually { harness.backend.servers == 2 && strict.backend.servers == 2 })
    let before = harness.backend.counters
    #expect(await harness.call(Robot.getSpeed).status == .ok)
    try #require(await eventually { harness.backend.counters.lateReplies > before.lateReplies })
    let refused = await strict.call(Robot.getSpeed)
    #expect(refused.status.failure == .absent)
    #expect(!refused.status.sent)
    #expect(refused.status.message.hasPrefix("2 servers"))
    #expect(strict.backend.readiness == .down([refused.status.message]))
    servers[0].stop()
    try #require(await eventually { strict.backend.servers == 1 })
    #expect(await strict.call(Robot.getSpeed).status == .ok)
    servers[1].stop()
    await strict.stop()
    await harness.stop()
  }

  /// One that does not know of our reader yet carries requests out all the same.
  @Test func aSecondServerCountsBeforeItIsReady() async throws {
    let network = freshNetwork(isTagged: false)
    let first = try DDSPeer.server(network)
    defer { first.stop() }
    let strict = try RequesterHarness(network) {
      $0.requireSingle = true
      $0.settle = .seconds(600)
    }
    try await strict.untilServed()
    // Those of Fast DDS are mostly not heard before they have settled.
    let second = try startPeer(CompiledPeer.fastDDS(), ["serve", "\(network.domain)"])
    defer { second.stop() }
    var last = RPCStatus.ok
    let isRefused = await eventually {
      last = await strict.call(Robot.getSpeed).status
      return last.message.hasPrefix("2 servers")
    }
    #expect(isRefused, "\(last)")
    #expect(!last.sent)
    await strict.stop()
  }

  @Test(arguments: [
    (
      "wrong-type",
      "topic robot_RobotControl_Service_Request exists with type robot::Something_Else, we expect robot::RobotControl_Request"
    ),
    ("durable", "a server's reader of requests wants another durability"),
    ("reader-only", "no server of robot::RobotControl in DDS domain"),
  ])
  func serversThatCannotBeMatched(_ behaviour: String, _ reason: String) async throws {
    let network = freshNetwork()
    let server = try DDSPeer.server(network, "--behaviour", behaviour)
    defer { server.stop() }
    let harness = try RequesterHarness(network) { $0.matchTimeout = .milliseconds(100) }
    #expect(await eventually { await harness.call(Robot.getSpeed).status.message.contains(reason) })
    #expect(harness.backend.counters.requests == 0)
    await harness.stop()
  }

  /// What decides about servers: a heartbeat is seen, by a reader that comes second, too.
  @Test func heartbeatsAreSeen() async throws {
    let network = freshNetwork()
    let server = try DDSPeer.server(network)
    defer { server.stop() }
    let domain = try SharedDomain.open(network)
    let signal = MatchSignal()
    let wire = Robot.interface()
    var readers: [TopicReader] = []
    for _ in 0..<2 {
      let reader = try TopicReader(
        domain, topic: wire.replyTopic, type: wire.replyTypeName, qos: EndpointQoS(),
        listener: WriterListener(signal))
      try #require(await eventually { reader.peers.first?.wasHeard == true }, "\(reader.peers)")
      #expect(reader.peers.count == 1)
      #expect(reader.peers.first?.endpoint.isCyclone == true)
      readers.append(reader)
    }
    for reader in readers { reader.close() }
    domain.close()
  }

  /// A writer of this process sends no heartbeats, and knows of a reader at once.
  @Test func ownWritersAreHeard() throws {
    let domain = try SharedDomain.open(freshNetwork())
    let listener = WriterListener(MatchSignal())
    let reader = try TopicReader(domain, topic: "own", type: "Own", qos: EndpointQoS(), listener: listener)
    let writer = try TopicWriter(
      domain, topic: "own", type: "Own", .xcdr1, qos: EndpointQoS(), listener: listener)
    #expect(reader.peers.map(\.wasHeard) == [true])
    writer.close()
    reader.close()
    domain.close()
  }
}
