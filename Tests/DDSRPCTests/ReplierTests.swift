import EventLoop
import Foundation
import RPCCore
import SchemaModel
import TestSupport
import Testing

@testable import DDSRPC

/// The replier against a client that is not ours, and against our requester.
@Suite(.serialized) struct ReplierTests {
  /// A robot as the interface has it.
  static func robot(
    _ network: DDSNetwork, instance: String = "", limits: DDSReplier.Limits = .init(),
    representation: DDSRepresentation = .xcdr1
  ) throws -> DDSService {
    let speed = Lock(Float(0))
    let robot = DDSService(
      interface: "robot::RobotControl", network: network, instanceName: instance,
      representation: representation,
      limits: limits)
    try robot.register("command") { request, _ in
      var parameters = request.reader()
      guard (0...1).contains(try parameters.readInt32()) else { throw DDSRemoteException.invalidArgument }
    }
    try robot.register("setSpeed") { request, reply in
      var parameters = request.reader()
      let wanted = try parameters.readFloat()
      guard wanted <= 10 else { throw DDSException("robot::TooFast") }
      speed.withLock { $0 = wanted }
      reply.write(wanted)
    }
    try robot.register("getSpeed") { _, reply in reply.write(speed.withLock { $0 }) }
    try robot.register("getStatus") { _, reply in
      reply.write("running at \(speed.withLock { $0 })")
    }
    return robot
  }

  @Test func servesAPythonClient() async throws {
    let network = freshNetwork()
    let robot = try Self.robot(network)
    try robot.start()
    let client = try DDSPeer("client", network, isServer: false)
    #expect(
      client.finish() == [
        "[-22164451, 0, {\"dummy\": 0}]", "[1289593851, 0, {\"return_\": 3.5}]",
        "[-1829179668, 0, {\"return_\": 3.5}]", "[1289593851, 1771042172, {\"dummy\": 0}]",
        "[-2104359938, 0, {\"status\": {\"msg\": \"running at 3.5\"}}]", "[\"UNKNOWN_OPERATION\", -1, 0]",
      ])
    let counters = try #require(robot.counters)
    #expect(counters.requests == 6 && counters.replies == 6 && counters.unknownOperations == 1)
    await robot.stop()
  }

  /// Requests in XCDR2 are read, and replies written in it.
  @Test func servesInXCDR2() async throws {
    let network = freshNetwork()
    let robot = try Self.robot(network, representation: .xcdr2)
    try robot.start()
    let client = try DDSPeer("client", network, ["--xcdr2"], isServer: false)
    #expect(client.finish()[1] == "[1289593851, 0, {\"return_\": 3.5}]")
    await robot.stop()
  }

  @Test func instances() async throws {
    let network = freshNetwork()
    let robot = try Self.robot(network, instance: "left")
    try robot.start()
    let named = try DDSPeer("client", network, ["--instance", "left"], isServer: false)
    #expect(named.finish()[2] == "[-1829179668, 0, {\"return_\": 3.5}]")
    let other = try DDSPeer(
      "client", network, ["--instance", "right", "--behaviour", "impatient"], isServer: false)
    #expect(other.finish().allSatisfy { $0 == "[\"nothing\"]" })
    #expect(robot.counters?.otherInstances == 6)
    await robot.stop()
  }

  /// The gateway's requester and a replier in one process share the participant.
  @Test func inOneProcess() async throws {
    let network = freshNetwork()
    let robot = try Self.robot(network, instance: "left")
    try robot.start()
    let harness = try RequesterHarness(network, loops: 2)
    try await harness.untilServed()
    #expect(await harness.call(Robot.setSpeed, bytes(Float(7))).message == bytes(Float(7)))
    #expect(await harness.call(Robot.getSpeed, target: .named("left")).message == bytes(Float(7)))
    let other = await harness.call(Robot.getSpeed, seconds: 0.1, target: .named("right"))
    #expect(other.status.failure == .deadline)
    #expect(robot.counters?.otherInstances == 1)
    guard
      case .userException("robot::TooFast", _) = await harness.call(Robot.setSpeed, bytes(Float(99))).status
        .detail
    else {
      Issue.record("no exception")
      return
    }
    #expect(await harness.call(Robot.command, bytes(UInt32(7))).status.detail == .remoteException(2))
    // Parameters that end too early.
    #expect(await harness.call(Robot.setSpeed, [0]).status.detail == .remoteException(2))
    let calls = (0..<200).map { harness.start(Robot.setSpeed, bytes(Float($0 % 10)), on: $0 % 2) }
    for (number, call) in calls.enumerated() {
      #expect(await call.value.message == bytes(Float(number % 10)))
    }
    await robot.stop()
    #expect(await harness.call(Robot.getSpeed, seconds: 0.5).status.failure == .absent)
    await harness.stop()
  }

  /// Memory and descriptors of the process, requester and replier in one.
  @Test func nothingAccumulates() async throws {
    let network = freshNetwork()
    let robot = try Self.robot(network)
    try robot.start()
    let harness = try RequesterHarness(network)
    try await harness.untilServed()
    func calls(_ count: Int) async {
      for _ in 0..<count / 50 {
        let batch = (0..<50).map { _ in harness.start(Robot.setSpeed, bytes(Float(1))) }
        for call in batch { #expect(await call.value.status == .ok) }
      }
    }
    await calls(5000)
    let before = Self.resources()
    await calls(10_000)
    let after = Self.resources()
    #expect(after.descriptors == before.descriptors)
    // A request that stays takes more than 400 bytes at each end.
    if !isSanitized { #expect(after.pages - before.pages < 1000, "\(before) \(after)") }
    await harness.stop()
    await robot.stop()
  }

  private static func resources() -> (pages: Int, descriptors: Int) {
    let memory = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    return (Int(memory.split(separator: " ").dropFirst().first ?? "") ?? 0, open?.count ?? 0)
  }

  @Test func boundsAndGrace() async throws {
    let network = freshNetwork()
    let begun = Event<Void>()
    let (gate, open) = AsyncStream<Void>.makeStream()
    let robot = DDSService(
      interface: "robot::RobotControl", network: network, limits: .init(maxRequests: 2, maxRequest: 4096))
    try robot.register("setSpeed") { _, reply in
      begun.set(())
      for await _ in gate { break }
      reply.write(Float(1))
    }
    try robot.register("getSpeed") { _, _ in throw CancellationError() }
    try robot.start()
    let harness = try RequesterHarness(network)
    try #require(await eventually { await harness.call(Robot.getSpeed).status.detail == .remoteException(5) })
    let large = await harness.call(Robot.getSpeed, [UInt8](repeating: 0, count: 5000), seconds: 0.1)
    #expect(large.status.failure == .deadline)
    #expect(robot.counters?.droppedRequests == 1)

    let pending = (0..<2).map { _ in harness.start(Robot.setSpeed, bytes(Float(1))) }
    try #require(await eventually { begun.all.count == 2 })
    let refused = await harness.call(Robot.getSpeed)
    #expect(refused.status.detail == .remoteException(3))
    #expect(refused.status.code == .resourceExhausted)
    #expect(robot.counters?.refusedRequests == 1)

    // One is let go while the service stops; the other is cancelled when the grace is over. Both are answered.
    async let stopped: Void = robot.stop(grace: .milliseconds(300))
    open.yield()
    for call in pending { #expect(await call.value.status == .ok) }
    await stopped
    await harness.stop()
  }

  @Test func mistakes() throws {
    let robot = DDSService(interface: "a::B", network: freshNetwork())
    try robot.register("one") { _, _ in }
    #expect(throws: DDSError.self) { try robot.register("one") { _, _ in } }
    let names = DDSContract.interface("a::b::C", service: "S")
    #expect(names.requestTopic == "a_b_C_S_Request" && names.replyTopic == "a_b_C_S_Reply")
    #expect(names.requestType == "a::b::C_Request" && names.replyType == "a::b::C_Reply")
    // A name that Cyclone does not take.
    let broken = DDSService(interface: "a-b", network: freshNetwork())
    #expect(throws: DDSError.self) { try broken.start() }
  }

  /// The table of the specification's vectors.
  @Test(
    arguments: [
      ("command", -22_164_451), ("setSpeed", 1_289_593_851), ("getSpeed", -1_829_179_668),
      ("getStatus", -2_104_359_938), ("TooFast", -1_861_167_746), ("robot::TooFast", 1_771_042_172),
      ("get_attribute_speed", 852_386_801), ("getTypes", -779_988_269),
    ] as [(String, Int32)])
  func hashes(_ name: String, _ hash: Int32) { #expect(DDSContract.interface("a::B").label(name) == hash) }

  /// A service that nobody holds any more leaves the network.
  @Test func dropped() async throws {
    let network = freshNetwork()
    let harness = try RequesterHarness(network) { $0.matchTimeout = .milliseconds(200) }
    do {
      let robot = try Self.robot(network)
      try robot.start()
      try await harness.untilServed()
      _ = robot.interface
    }
    let end = Date(timeIntervalSinceNow: 20)
    while await harness.call(Robot.getSpeed, seconds: 0.2).status.failure != .absent {
      try #require(Date() < end)
    }
    await harness.stop()
  }
}
