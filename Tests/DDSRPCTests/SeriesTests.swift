import EventLoop
import Foundation
import RPCCore
import TestSupport
import Testing

@testable import DDSRPC

/// Several replies to one request, from a server that is not ours.
@Suite(.serialized) struct SeriesTests {
  private static let second: UInt64 = 1_000_000_000

  private func served(
    _ behaviour: String, _ body: (RequesterHarness) async throws -> Void
  ) async throws {
    let network = freshNetwork()
    let server = try DDSPeer.server(network, "--behaviour", behaviour)
    defer { server.stop() }
    let harness = try RequesterHarness(network) { $0.matchTimeout = .seconds(20) }
    try await body(harness)
    await harness.stop()
  }

  private func speeds(_ count: Int) -> [[UInt8]] { (0..<count).map { bytes(Float($0)) } }

  /// The sink says when it has enough; what comes later is late.
  @Test func untilThereIsEnough() async throws {
    try await served("progress") { harness in
      let call = await harness.startSeries(Robot.getSpeed, .fails(after: 20 * Self.second), most: 3).value
      #expect(call.status == .ok)
      #expect(call.messages == speeds(3))
      // The others have come when a later call is answered.
      #expect(await harness.call(Robot.getStatus).status == .ok)
      #expect(harness.backend.counters.replies + harness.backend.counters.lateReplies == 6)
      // A call for one reply takes the first only.
      #expect(await harness.call(Robot.getSpeed).message == bytes(Float(0)))
    }
  }

  @Test func silenceEnds() async throws {
    try await served("progress") { harness in
      let call = await harness.startSeries(Robot.getSpeed, .ends(after: Self.second / 2)).value
      #expect(call.status == .ok)
      #expect(call.messages == speeds(5))
    }
  }

  @Test func silenceFails() async throws {
    try await served("progress-silent") { harness in
      let call = await harness.startSeries(Robot.getSpeed, .fails(after: Self.second / 2)).value
      #expect(call.status.failure == .deadline && call.status.sent)
      #expect(call.messages == speeds(2))
      #expect(harness.backend.counters.deadlines == 1)
    }
  }

  /// Before the first reply only the deadline counts, whatever the rule.
  @Test(arguments: [
    RPCReplies.Silence.unlimited, .ends(after: 20_000_000_000), .ends(after: 1), .fails(after: 1),
  ])
  func noReplyAtAll(_ silence: RPCReplies.Silence) async throws {
    try await served("silent") { harness in
      let call = await harness.startSeries(Robot.getSpeed, silence, seconds: 1).value
      #expect(call.status.failure == .deadline && call.status.sent)
      #expect(call.messages.isEmpty)
    }
  }

  @Test func anExceptionEnds() async throws {
    try await served("progress-fails") { harness in
      let call = await harness.startSeries(Robot.getSpeed, .unlimited).value
      #expect(call.status.detail == .remoteException(5))
      #expect(call.messages == speeds(2))
    }
  }

  /// A caller that leaves ends a call without end, and gives its place back.
  @Test func theCallerLeaves() async throws {
    try await served("progress-silent") { harness in
      let call = harness.startSeries(Robot.getSpeed, .unlimited)
      try #require(await eventually { harness.backend.counters.replies == 2 })
      call.cancel()
      let (status, _) = await call.value
      #expect(status.failure == .cancelled && status.sent)
      let late = harness.backend.counters.lateReplies
      #expect(await harness.call(Robot.getStatus).status == .ok)
      #expect(harness.backend.counters.lateReplies == late)
    }
  }

  @Test func mailboxBounds() async throws {
    let loop = try EventLoop()
    try loop.start()
    let mailbox = ReplyMailbox()
    for number in 0..<ReplyMailbox.maxReplies {
      #expect(mailbox.put([UInt8(truncatingIfNeeded: number)], remoteException: 0))
    }
    #expect(!mailbox.put([0], remoteException: 0))
    #expect(!mailbox.put([0], remoteException: 0))
    // What came before is given, then why there is no more.
    for number in 0..<ReplyMailbox.maxReplies {
      guard case .reply([UInt8(truncatingIfNeeded: number)], 0) = await mailbox.next(by: .current(), on: loop)
      else {
        Issue.record("reply \(number)")
        return
      }
    }
    guard case .overflow = await mailbox.next(by: .current(), on: loop) else {
      Issue.record("no overflow")
      return
    }
    // By bytes; one alone may be larger.
    let large = ReplyMailbox()
    #expect(large.put([UInt8](repeating: 0, count: ReplyMailbox.maxBytes + 1), remoteException: 0))
    #expect(!large.put([0], remoteException: 0))
    loop.stop()
    loop.join()
  }
}
