import Foundation
import RPCCore
import SchemaModel
import TestSupport
import Testing

@testable import DDSRPC

/// The first call after a start, in every order of requester, server and call: its reply is never lost.
///
/// `make soak` does it more often.
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

  private static let isSoak = ProcessInfo.processInfo.environment["DRAWBRIDGE_SOAK"] != nil
  private static let rounds = isSoak ? 50 : 2

  @Test(arguments: Peer.allCases, Order.allCases)
  func theFirstReplyIsNotLost(_ peer: Peer, _ order: Order) async throws {
    let program = try peer == .cyclone ? CompiledPeer.idlc() : CompiledPeer.fastDDS()
    for round in 0..<Self.rounds {
      let network = freshNetwork(isTagged: false)
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

  enum Comer: CaseIterable {
    /// A requester comes to a server that stands.
    case requester
    /// The requester comes when the server says that it stands.
    case both
    /// A call waits for the server.
    case server

    var rounds: Int {
      switch self {
      case .requester: isSoak ? 500 : 40
      case .both, .server: isSoak ? 50 : 3
      }
    }
  }

  /// The same with several replies: nothing is missing at their beginning. The server answers without a look at whether
  /// its writer knows of our reader yet. It often does not: of what we send, the announcement of the reader included,
  /// packets are lost.
  @Test(.timeLimit(.minutes(20)), arguments: Comer.allCases)
  func noReplyOfSeveralIsLost(_ comer: Comer) async throws {
    let standing = freshNetwork()
    let server = comer == .requester ? try DDSPeer.server(standing, "--behaviour", "progress-fails") : nil
    defer { server?.stop() }
    var losses: [String] = []
    for round in 0..<comer.rounds {
      let network = comer == .requester ? standing : freshNetwork()
      let server =
        comer == .requester
        ? nil : try DDSPeer("server", network, ["--behaviour", "progress-fails"], isServer: comer == .both)
      defer { server?.stop() }
      let harness = try RequesterHarness(network.losing(thousandths: 200)) { $0.matchTimeout = .seconds(20) }
      let call = await harness.series(Robot.getSpeed, .fails(after: 5_000_000_000), seconds: 20)
      if call.status.detail != .remoteException(5) || call.messages != [bytes(Float(0)), bytes(Float(1))] {
        losses.append("round \(round): \(call.messages.count) replies, \(call.status); \(harness.state)")
      }
      await harness.stop()
    }
    #expect(losses.isEmpty, "\(losses.count) of \(comer.rounds): \(losses.joined(separator: "\n"))")
  }
}

extension DDSNetwork {
  /// Some of the packets that this process sends are lost.
  fileprivate func losing(thousandths: Int) -> DDSNetwork {
    let test = "<Internal><Test><XmitLossiness>\(thousandths)</XmitLossiness></Test></Internal>"
    var network = self
    network.cycloneXML =
      [cycloneXML, "<CycloneDDS><Domain Id=\"any\">\(test)</Domain></CycloneDDS>"].compactMap(\.self)
      .joined(separator: ",")
    return network
  }
}
