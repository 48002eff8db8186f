import Foundation
import RPCCore
import SchemaModel
import TestSupport
import Testing

@testable import DDSRPC

/// The first call after a start, in every order of requester, server and call: its reply is never lost.
///
/// `make soak` does it fifty times each.
@Suite(.serialized) struct StartOrderSoakTests {
  enum Order: CaseIterable {
    /// The server stands before the requester does.
    case serverFirst
    /// The requester stands, nobody calls, the server starts.
    case requesterFirst
    /// A call waits for the server.
    case callFirst
    /// Both at once.
    case together
  }

  enum Peer: CaseIterable { case cyclone, fastDDS }

  private static let rounds =
    ProcessInfo.processInfo.environment["DRAWBRIDGE_SOAK"] == nil ? 2 : 50

  @Test(arguments: Peer.allCases, Order.allCases)
  func theFirstReplyIsNotLost(_ peer: Peer, _ order: Order) async throws {
    let program = try peer == .cyclone ? CompiledPeer.idlc() : CompiledPeer.fastDDS()
    for round in 0..<Self.rounds {
      let network = freshNetwork()
      @Sendable func startServer() throws -> ChildProcess {
        try startPeer(program, ["serve", "\(network.domain)"])
      }
      func startRequester() throws -> RequesterHarness {
        try RequesterHarness(network) { $0.matchTimeout = .seconds(20) }
      }
      let harness: RequesterHarness
      let server: ChildProcess
      let answer: Answer
      switch order {
      case .serverFirst:
        server = try startServer()
        harness = try startRequester()
        answer = await harness.call(Robot.setSpeed, bytes(Float(3)))
      case .requesterFirst:
        harness = try startRequester()
        server = try startServer()
        answer = await harness.call(Robot.setSpeed, bytes(Float(3)))
      case .callFirst:
        harness = try startRequester()
        let call = harness.start(Robot.setSpeed, bytes(Float(3)), seconds: 30)
        server = try startServer()
        answer = await call.value
      case .together:
        async let starting = Task.detached { try startServer() }.value
        harness = try startRequester()
        answer = await harness.call(Robot.setSpeed, bytes(Float(3)), seconds: 30)
        server = try await starting
      }
      #expect(answer.status == .ok, "round \(round): \(answer.status)")
      #expect(answer.message == bytes(Float(3)))
      #expect(harness.backend.counters.requests == 1)
      server.stop()
      await harness.stop()
    }
  }
}
