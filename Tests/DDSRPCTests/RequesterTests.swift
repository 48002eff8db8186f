import Foundation
import RPCCore
import SchemaModel
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
}
