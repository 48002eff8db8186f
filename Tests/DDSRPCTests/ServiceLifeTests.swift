import EventLoop
import Foundation
import RPCCore
import SchemaModel
import TestSupport
import Testing

@testable import DDSRPC

/// Servers that come, go and stop while calls are made.
@Suite(.serialized) struct ServiceLifeTests {
  /// Nobody is waited for: refused at once, nothing sent. The default is a second for each.
  @Test func noPatienceForServers() async throws {
    let harness = try RequesterHarness(freshNetwork()) { $0.matchTimeout = .zero }
    let begin = ContinuousClock.now
    for _ in 0..<20 {
      let refused = await harness.call(Robot.getSpeed)
      #expect(refused.status.failure == .absent && !refused.status.sent)
    }
    #expect(ContinuousClock.now - begin < .seconds(20))
    #expect(harness.backend.counters.requests == 0)
    await harness.stop()
  }

  /// What calls come to while a server ends by SIGTERM and starts again: one outcome each, none lost, none twice.
  @Test(arguments: [StartOrderSoakTests.Peer.cyclone, .fastDDS])
  func restartUnderLoad(_ peer: StartOrderSoakTests.Peer) async throws {
    let program = try peer == .cyclone ? CompiledPeer.idlc() : CompiledPeer.fastDDS()
    let network = freshNetwork(isTagged: false)
    let first = try startPeer(program, ["serve", "\(network.domain)"])
    let harness = try RequesterHarness(network) { $0.matchTimeout = .milliseconds(100) }
    try await harness.untilServed()
    let baseline = harness.backend.counters
    let isOver = Lock(false)
    let load = (0..<8).map { _ in
      Task {
        var outcomes: [String: Int] = [:]
        while !isOver.withLock({ $0 }) {
          let answer = await harness.call(Robot.getSpeed, seconds: 5)
          let outcome = answer.status.code == .ok ? "ok" : answer.status.failure?.rawValue ?? "other"
          outcomes[outcome, default: 0] += 1
        }
        return outcomes
      }
    }
    func calls() -> Int { harness.backend.counters.replies }
    try #require(await eventually { calls() >= 200 })
    first.stop()
    try #require(await eventually { harness.backend.counters.absences >= 8 })
    let before = calls()
    let second = try startPeer(program, ["serve", "\(network.domain)"])
    defer { second.stop() }
    try #require(await eventually { calls() >= before + 200 })
    isOver.withLock { $0 = true }
    var outcomes: [String: Int] = [:]
    for task in load { outcomes.merge(await task.value, uniquingKeysWith: +) }
    // A request may have left as the server ended: its caller waits for the deadline.
    let counters = harness.backend.counters
    #expect(Set(outcomes.keys).isSubset(of: ["ok", "absent", "deadline"]), "\(outcomes)")
    #expect(outcomes["ok", default: 0] >= 400)
    #expect(outcomes["absent", default: 0] == counters.absences - baseline.absences)
    #expect(counters.replies + counters.deadlines == counters.requests, "\(counters)")
    #expect(counters.lateReplies == 0 && counters.foreignReplies == 0)
    await harness.stop()
  }

  /// 64 calls wait for a service whose server is stopped; another service of the same participant answers all of its.
  @Test func aStoppedServiceHoldsNobodyUp() async throws {
    let network = freshNetwork(isTagged: false)
    let stopped = try startPeer(try CompiledPeer.idlc(), ["serve", "\(network.domain)", "lab"])
    defer { stopped.stop() }
    let healthy = try DDSPeer.server(network)
    defer { healthy.stop() }
    let robot = try RequesterHarness(network) { $0.matchTimeout = .seconds(20) }
    let lab = try RequesterHarness(network, table: Self.labBase) { $0.matchTimeout = .seconds(20) }
    #expect(await lab.call(Self.ping, bytes(UInt32(41))).message == bytes(UInt32(42)))
    #expect(await robot.call(Robot.getSpeed).status == .ok)
    stopped.signal(SIGSTOP)
    let waiting = (0..<64).map { _ in
      lab.start(Self.ping, bytes(UInt32(0)), seconds: 60, abandonable: true)
    }
    try #require(await eventually { lab.backend.counters.requests >= 65 })
    for round in 0..<20 {
      let calls = (0..<64).map { _ in robot.start(Robot.setSpeed, bytes(Float(1)), seconds: 10) }
      for call in calls { #expect(await call.value.status == .ok, "round \(round)") }
    }
    stopped.signal(SIGCONT)
    // Those that waited are answered, unless the lease has ended in between.
    for call in waiting { call.cancel() }
    for call in waiting { _ = await call.value }
    await lab.stop()
    await robot.stop()
  }

  private static let ping = MethodID(rawValue: 0)
  private static let labBase: DDSRPCTable = {
    var table = DDSRPCTable()
    table.interfaces = [
      DDSInterfaceWire(
        name: "lab::Base", requestTopic: "lab_Base_Service_Request", replyTopic: "lab_Base_Service_Reply",
        requestTypeName: "lab::Base_Request", replyTypeName: "lab::Base_Reply")
    ]
    table.operations = [DDSOperationWire(interface: 0, label: 18_846_175)]
    return table
  }()
}

/// A compiled peer that runs until its input ends.
func startPeer(_ program: String, _ arguments: [String]) throws -> ChildProcess {
  let pipe = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
  // A pipe that is open at both ends has no end.
  let peer = try ChildProcess(
    "/bin/sh", ["-c", "mkfifo \(pipe) && exec \"$@\" <> \(pipe)", "sh", program] + arguments)
  defer { try? FileManager.default.removeItem(atPath: pipe) }
  guard peer.lines.wait(seconds: 60, where: { $0 == "ready" }) != nil else {
    peer.stop()
    throw DDSPeer.Failure(description: "the peer said \(peer.lines.all)")
  }
  return peer
}
