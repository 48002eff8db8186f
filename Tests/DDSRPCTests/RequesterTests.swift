import EventLoop
import Foundation
import RPCCore
import SchemaModel
import TestSupport
import Testing

@testable import DDSRPC

/// The requester against a server that is not ours.
@Suite(.serialized) struct RequesterTests {
  @Test func everyOperation() async throws {
    let network = freshNetwork()
    let server = try DDSPeer.server(network)
    defer { server.stop() }
    let harness = try RequesterHarness(network, loops: 2)
    try await harness.untilServed()

    let command = await harness.call(Robot.command, bytes(UInt32(1)))
    #expect(command.status == .ok)
    #expect(command.message?.first == 0)
    let set = await harness.call(Robot.setSpeed, bytes(Float(3.5)), on: 1)
    #expect(set.status == .ok)
    #expect(set.message == bytes(Float(3.5)))
    #expect(await harness.call(Robot.getSpeed).message == bytes(Float(3.5)))
    let status = await harness.call(Robot.getStatus)
    #expect(status.message?.starts(with: bytes("robot running at 3.5")) == true)

    let tooFast = await harness.call(Robot.setSpeed, bytes(Float(99)))
    #expect(tooFast.status.code == .failedPrecondition)
    #expect(tooFast.status.origin == .backend)
    #expect(tooFast.body == nil)
    guard case .userException("robot::TooFast", let fields) = tooFast.status.detail else {
      Issue.record("\(tooFast.status)")
      return
    }
    #expect(fields.bytes[fields.start] == 0)

    let unknown = await harness.call(Robot.unknown)
    #expect(unknown.status.detail == .remoteException(4))
    #expect(unknown.status.code == .unimplemented)
    #expect(unknown.status.sent)
    let foreign = await harness.call(Robot.foreign)
    #expect(foreign.status.code == .unimplemented)
    #expect(!foreign.status.sent)
    #expect(harness.backend.readiness == .ready)
    await harness.stop()
  }

  @Test func manyCallsAtATime() async throws {
    let network = freshNetwork()
    let server = try DDSPeer.server(network)
    defer { server.stop() }
    let harness = try RequesterHarness(network, loops: 2)
    try await harness.untilServed()
    let before = harness.backend.counters
    let calls = (0..<200).map { harness.start(Robot.setSpeed, bytes(Float($0 % 10)), on: $0 % 2) }
    for (number, call) in calls.enumerated() {
      let answer = await call.value
      #expect(answer.status == .ok)
      #expect(answer.message == bytes(Float(number % 10)))
    }
    #expect(harness.backend.counters.requests == before.requests + 200)
    #expect(harness.backend.counters.replies == before.replies + 200)
    await harness.stop()
  }

  /// The same in the other representation, whose envelope has sizes when its types may grow.
  @Test(arguments: [(CDRExtensibility.final, "final"), (.appendable, "appendable")])
  func xcdr2(_ extensibility: CDRExtensibility, _ name: String) async throws {
    let network = freshNetwork()
    let server = try DDSPeer.server(network, "--xcdr2", "--extensibility", name)
    defer { server.stop() }
    let table = Robot.table(Robot.interface(samples: extensibility, unions: extensibility))
    let harness = try RequesterHarness(network, table: table) { $0.representation = .xcdr2 }
    // Parameters and results are structures of the same extensibility: a size before their four bytes.
    let size = extensibility == .final ? [] : bytes(UInt32(4))
    var set = await harness.call(Robot.setSpeed, size + bytes(Float(3.5)))
    _ = await eventually {
      if set.status.failure != .absent { return true }
      set = await harness.call(Robot.setSpeed, size + bytes(Float(3.5)))
      return false
    }
    #expect(set.status == .ok)
    #expect(set.message == size + bytes(Float(3.5)))
    #expect(set.body?.bytes[1] == (extensibility == .final ? 0x07 : 0x09))
    await harness.stop()
  }

  /// Samples that travel in many fragments, both ways; the peer passes over what it does not know at the end.
  @Test func largeSamples() async throws {
    let network = freshNetwork()
    let name = String(repeating: "r", count: 100_000)
    let server = try DDSPeer.server(network, "--name", name)
    defer { server.stop() }
    let harness = try RequesterHarness(network)
    try await harness.untilServed()
    for extra in 0..<5 {
      let answer = await harness.call(Robot.getStatus, [UInt8](repeating: 7, count: 300_000 + extra))
      #expect(answer.message?.starts(with: bytes("\(name) running at 0")) == true)
    }
    await harness.stop()
  }

  @Test func foreignAndSecondReplies() async throws {
    let network = freshNetwork()
    let server = try DDSPeer.server(network, "--behaviour", "foreign")
    let harness = try RequesterHarness(network)
    try await harness.untilServed()
    #expect(await harness.call(Robot.getSpeed).status == .ok)
    #expect(harness.backend.counters.foreignReplies >= 2)
    server.stop()

    let twice = try DDSPeer.server(network, "--behaviour", "twice")
    defer { twice.stop() }
    try await harness.untilServed()
    #expect(await harness.call(Robot.getSpeed).status == .ok)
    // The second reply to the call before has come when this one is answered.
    #expect(await harness.call(Robot.getSpeed).status == .ok)
    #expect(harness.backend.counters.lateReplies >= 1)
    await harness.stop()
  }

  @Test func lateReplies() async throws {
    let network = freshNetwork()
    let server = try DDSPeer.server(network, "--behaviour", "late")
    defer { server.stop() }
    let harness = try RequesterHarness(network)
    let first = harness.start(Robot.getSpeed, seconds: 5)
    try server.expect("request ")
    let expired = await harness.call(Robot.getSpeed, seconds: 0.05)
    #expect(expired.status.failure == .deadline)
    #expect(expired.status.sent)
    #expect(expired.status.code == .deadlineExceeded)
    // The second request has let the first reply go, the third lets the second, which nobody waits for.
    #expect(await first.value.status == .ok)
    let third = harness.start(Robot.getSpeed, seconds: 5)
    try server.expect("request ")
    try server.expect("request ")
    let fourth = await harness.call(Robot.getSpeed, seconds: 0.05)
    #expect(fourth.status.failure == .deadline)
    #expect(await third.value.status == .ok)
    let counters = harness.backend.counters
    #expect(counters.lateReplies == 1)
    #expect(counters.deadlines == 2)
    #expect(counters.requests == 4)
    #expect(counters.replies == 2)
    await harness.stop()
  }

  @Test(
    arguments: [
      ("wrong-operation", .protocolViolation, nil), ("unsupported", nil, .remoteException(1)),
      ("unknown-exception", nil, .remoteException(5)),
    ] as [(String, RPCStatus.TransportFailure?, RPCStatus.Detail?)])
  func repliesOfStrangeServers(
    _ behaviour: String, _ failure: RPCStatus.TransportFailure?, _ detail: RPCStatus.Detail?
  ) async throws {
    let network = freshNetwork()
    let server = try DDSPeer.server(network, "--behaviour", behaviour)
    defer { server.stop() }
    let harness = try RequesterHarness(network)
    var answer = await harness.call(Robot.setSpeed, bytes(Float(1)))
    if answer.status.failure == .absent { answer = await harness.call(Robot.setSpeed, bytes(Float(1))) }
    #expect(answer.status.failure == failure)
    #expect(answer.status.detail == detail)
    #expect(answer.status.sent)
    #expect(answer.body == nil)
    await harness.stop()
  }

  @Test func bounds() async throws {
    let network = freshNetwork()
    let server = try DDSPeer.server(network, "--behaviour", "silent")
    defer { server.stop() }
    let harness = try RequesterHarness(network) { $0.inFlight = 3 }
    let pending = (0..<3).map { _ in harness.start(Robot.getSpeed, seconds: 5, abandonable: true) }
    for _ in pending { try server.expect("request ") }
    let refused = await harness.call(Robot.getSpeed)
    #expect(refused.status.failure == .overloaded)
    #expect(!refused.status.sent)
    #expect(harness.backend.counters.overloads == 1)
    // A caller that leaves makes room.
    pending[0].cancel()
    let left = await pending[0].value
    #expect(left.status.failure == .cancelled)
    #expect(left.status.sent)
    let next = await harness.call(Robot.getSpeed, seconds: 0.05)
    #expect(next.status.failure == .deadline)
    for call in pending { call.cancel() }
    for call in pending { _ = await call.value }

    let oneway = await harness.call(Robot.notify, bytes(UInt32(0)))
    #expect(oneway.status == .ok)
    #expect(oneway.body == nil)
    // The one that left, the one beyond its deadline, and this.
    for _ in 0..<2 { try server.expect("request ") }

    let named = await harness.call(Robot.getSpeed, seconds: 0.05, target: .named("left arm"))
    #expect(named.status.failure == .deadline)
    try server.expect("request left arm")
    let refusedNames = [String(repeating: "n", count: 256), "a\0b"]
    for name in refusedNames {
      let answer = await harness.call(Robot.getSpeed, target: .named(name))
      #expect(answer.status.code == .invalidArgument)
      #expect(!answer.status.sent)
    }
    let late = await harness.call(Robot.getSpeed, seconds: 0)
    #expect(late.status.failure == .deadline)
    #expect(!late.status.sent)
    let huge = await harness.call(Robot.getSpeed, [UInt8](repeating: 0, count: DDSNetwork.maxSample + 1))
    #expect(huge.status.failure == .requestTooLarge)
    await harness.stop()
    let closed = await harness.backend.call(
      RPCCall(method: Robot.getSpeed, body: [], deadline: .never), sink: UnaryReply())
    #expect(closed.failure == .absent)
    #expect(!closed.sent)
  }

  /// What stands before parameters that the caller did not take from `requestPrefix` never reaches the wire.
  @Test func bodiesWithoutTheirPrefix() async throws {
    let network = freshNetwork()
    let server = try DDSPeer.server(network)
    defer { server.stop() }
    let harness = try RequesterHarness(network)
    try await harness.untilServed()
    let deadline = Deadline(.current().advanced(nanoseconds: 5_000_000_000))
    let prefix = harness.backend.requestPrefix(for: Robot.getSpeed, target: .any)
    let otherOperation = harness.backend.requestPrefix(for: Robot.setSpeed, target: .any)
    let broken =
      (0..<prefix.count).map { Array(prefix[..<$0]) } + [
        otherOperation, [0, 9] + prefix[2...], [0, 0] + prefix[2...],
      ]
    for body in broken {
      let status = await Task(executorPreference: harness.loops[0]) {
        await harness.backend.call(
          RPCCall(method: Robot.getSpeed, body: body, deadline: deadline), sink: UnaryReply())
      }.value
      #expect(status.code == .internal && !status.sent, "\(body)")
    }
    #expect(await harness.call(Robot.getSpeed).status == .ok)
    await harness.stop()
  }
}
