import EventLoop
import Foundation
import RPCCore
import TestSupport
import Testing

@testable import DDSRPC

/// Several replies to one request, from a server that is not ours.
@Suite(.serialized, .timeLimit(.minutes(2))) struct SeriesTests {
  private static let second: UInt64 = 1_000_000_000

  private func served(
    _ behaviour: String, _ body: (RequesterHarness, DDSPeer, DDSNetwork) async throws -> Void
  ) async throws {
    let network = freshNetwork()
    let server = try DDSPeer.server(network, "--behaviour", behaviour)
    defer { server.stop() }
    let harness = try RequesterHarness(network) { $0.matchTimeout = .seconds(20) }
    do {
      // Two would answer each call twice.
      try #require(await eventually { harness.backend.servers == 1 }, "\(harness.state)")
      try await body(harness, server, network)
    } catch {
      await harness.stop()
      throw error
    }
    await harness.stop()
  }

  private func served(_ behaviour: String, _ body: (RequesterHarness) async throws -> Void) async throws {
    try await served(behaviour) { harness, _, _ in
      try await body(harness)
      #expect(harness.backend.servers == 1)
    }
  }

  private func speeds(_ count: Int) -> [[UInt8]] { (0..<count).map { bytes(Float($0)) } }

  /// The sink says when it has enough; what comes later is late.
  @Test func untilThereIsEnough() async throws {
    try await served("progress") { harness in
      let call = await harness.series(Robot.getSpeed, .fails(after: 20 * Self.second), most: 3)
      #expect(call.status == .ok, "\(harness.state)")
      #expect(call.messages == speeds(3))
      // The others have come when a later call is answered.
      #expect(await harness.call(Robot.getStatus).status == .ok)
      let counters = harness.backend.counters
      #expect(counters.replies + counters.lateReplies == 6, "\(harness.state)")
      // A call for one reply takes the first only.
      #expect(await harness.call(Robot.getSpeed).message == bytes(Float(0)))
    }
  }

  @Test func silenceEnds() async throws {
    try await served("progress") { harness in
      let call = await harness.series(Robot.getSpeed, .ends(after: Self.second / 2))
      #expect(call.status == .ok, "\(harness.state)")
      #expect(call.messages == speeds(5), "\(harness.state)")
    }
  }

  @Test func silenceFails() async throws {
    try await served("progress-silent") { harness in
      let call = await harness.series(Robot.getSpeed, .fails(after: Self.second / 2))
      #expect(call.status.failure == .deadline && call.status.sent, "\(call.status), \(harness.state)")
      #expect(call.messages == speeds(2), "\(harness.state)")
      #expect(harness.backend.counters.deadlines == 1)
    }
  }

  /// Before the first reply only the deadline counts, whatever the rule.
  @Test(arguments: [
    RPCReplies.Silence.unlimited, .ends(after: 20_000_000_000), .ends(after: 1), .fails(after: 1),
  ])
  func noReplyAtAll(_ silence: RPCReplies.Silence) async throws {
    try await served("silent") { harness in
      let call = await harness.series(Robot.getSpeed, silence, seconds: 1)
      #expect(call.status.failure == .deadline && call.status.sent, "\(call.status), \(harness.state)")
      #expect(call.messages.isEmpty)
    }
  }

  @Test func anExceptionEnds() async throws {
    try await served("progress-fails") { harness in
      let call = await harness.series(Robot.getSpeed, .unlimited)
      #expect(call.status.detail == .remoteException(5), "\(call.status), \(harness.state)")
      #expect(call.messages == speeds(2), "\(harness.state)")
    }
  }

  /// A caller that leaves ends a call without end, and gives its place back.
  @Test func theCallerLeaves() async throws {
    try await served("progress-silent") { harness in
      let call = harness.startSeries(Robot.getSpeed, .unlimited)
      try #require(await eventually { harness.backend.counters.replies == 2 }, "\(harness.state)")
      call.cancel()
      let (status, _) = await call.value
      #expect(status.failure == .cancelled && status.sent)
      let late = harness.backend.counters.lateReplies
      #expect(await harness.call(Robot.getStatus).status == .ok)
      #expect(harness.backend.counters.lateReplies == late)
    }
  }

  enum Departure: CaseIterable { case orderly, terminated, killed }

  private func leave(_ departure: Departure, _ server: DDSPeer) {
    switch departure {
    case .orderly: server.stop()
    case .terminated: server.signal(SIGTERM)
    case .killed: server.signal(SIGKILL)
    }
  }

  /// There is always a server, and none that goes on: one that is started again has forgotten the call.
  @Test(arguments: Departure.allCases)
  func theServerIsReplaced(_ departure: Departure) async throws {
    try await served("progress-silent") { harness, server, network in
      let call = harness.startSeries(Robot.getSpeed, .unlimited)
      try #require(await eventually { harness.backend.counters.replies == 2 }, "\(harness.state)")
      let successor = try DDSPeer.server(network, "--behaviour", "silent")
      defer { successor.stop() }
      try #require(await eventually { harness.backend.servers == 2 }, "\(harness.state)")
      leave(departure, server)
      let (status, messages) = await harness.end(of: call)
      #expect(
        status
          == .transport(.closed, sent: true, "the server went away before the series had ended"),
        "\(harness.state)")
      #expect(messages == speeds(2))
      #expect(harness.backend.servers == 1 && harness.backend.counters.deadlines == 0)
    }
  }

  /// A server that goes ends a call without end: at once when it says so, otherwise with its lease of 2 s.
  @Test(arguments: Departure.allCases, [RPCReplies.Silence.unlimited, .ends(after: 1000 * second)])
  func theServerLeaves(_ departure: Departure, _ silence: RPCReplies.Silence) async throws {
    try await served("progress-silent") { harness, server, _ in
      let call = harness.startSeries(Robot.getSpeed, silence)
      try #require(await eventually { harness.backend.counters.replies == 2 }, "\(harness.state)")
      let begin = ContinuousClock.now
      leave(departure, server)
      let (status, messages) = await harness.end(of: call)
      #expect(ContinuousClock.now - begin < .seconds(20))
      #expect(
        status
          == .transport(.closed, sent: true, "the server went away before the series had ended"),
        "\(harness.state)")
      #expect(messages == speeds(2))
      #expect(harness.backend.servers == 0 && harness.backend.counters.deadlines == 0)
    }
  }

  /// What has not ended when the time of a shut-down is over ends then: calls and series that a server has.
  @Test func aShutDownHasAnEnd() async throws {
    try await served("progress-silent") { harness, _, _ in
      let series = harness.startSeries(Robot.getSpeed, .unlimited, seconds: 600)
      try #require(await eventually { harness.backend.counters.replies == 2 }, "\(harness.state)")
      await harness.backend.shutDown(by: Deadline(.current().advanced(nanoseconds: 50_000_000)))
      let (status, messages) = await harness.end(of: series)
      #expect(status.failure == .cancelled && status.sent && messages == speeds(2), "\(status)")
    }
    try await served("silent") { harness, _, _ in
      let call = harness.start(Robot.getSpeed, seconds: 600)
      try #require(await eventually { harness.backend.counters.requests == 1 }, "\(harness.state)")
      await harness.backend.shutDown(by: Deadline(.current().advanced(nanoseconds: 50_000_000)))
      let answer = await call.value
      #expect(answer.status.failure == .cancelled && answer.status.sent, "\(answer.status)")
    }
    // Without a server they wait for one.
    let harness = try RequesterHarness(freshNetwork()) { $0.matchTimeout = .seconds(600) }
    let waiting = harness.start(Robot.getSpeed, seconds: 600)
    for _ in 0..<1000 { await Task.yield() }
    await harness.backend.shutDown(by: Deadline(.current().advanced(nanoseconds: 50_000_000)))
    #expect(await waiting.value.status.sent == false)
    await harness.stop()
  }
}
