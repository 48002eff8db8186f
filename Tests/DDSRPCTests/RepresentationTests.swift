import Foundation
import RPCCore
import SchemaModel
import TestSupport
import Testing

@testable import DDSRPC

/// Servers that take one data representation only: requests are written in that.
@Suite(.serialized) struct RepresentationTests {
  /// Against servers that read XCDR2 only, then XCDR1 only, then XCDR2 again, that start and stop.
  @Test func followsTheServers() async throws {
    let network = freshNetwork()
    let harness = try RequesterHarness(network) { $0.matchTimeout = .milliseconds(500) }
    for isXCDR2 in [true, false, true] {
      let server = try DDSPeer.server(network, isXCDR2 ? "--xcdr2" : "--xcdr1")
      try await harness.untilServed()
      let set = await harness.call(Robot.setSpeed, bytes(Float(3.5)))
      #expect(set.status == .ok)
      #expect(set.message == bytes(Float(3.5)))
      #expect(harness.backend.requestPrefix(for: Robot.setSpeed, target: .any)[1] == (isXCDR2 ? 7 : 1))
      #expect(harness.backend.requestPrefix(for: Robot.setSpeed, target: .named("a"))[1] == (isXCDR2 ? 7 : 1))
      server.stop()
      try #require(await eventually { harness.backend.servers == 0 })
    }
    #expect(harness.backend.counters.foreignReplies == 0 && harness.backend.counters.lateReplies == 0)
    await harness.stop()
  }

  /// A call that waits was written for another representation: refused, nothing sent, and right the next time.
  @Test func callsThatWait() async throws {
    let network = freshNetwork()
    let harness = try RequesterHarness(network) { $0.matchTimeout = .seconds(20) }
    let waiting = (0..<3).map { _ in harness.start(Robot.getSpeed, seconds: 20) }
    let server = try DDSPeer.server(network, "--xcdr2")
    defer { server.stop() }
    for call in waiting {
      let status = await call.value.status
      #expect(status.failure == .absent && !status.sent)
      #expect(status.message.contains("another data representation"))
    }
    #expect(harness.backend.counters.requests == 0)
    #expect(await harness.call(Robot.getSpeed).status == .ok)
    await harness.stop()
  }

  /// A client of the library writes such a call again by itself.
  @Test func aClientThatWaits() async throws {
    let network = freshNetwork()
    var options = DDSRequester.Options()
    options.matchTimeout = .seconds(20)
    let client = try DDSClient(interface: "robot::RobotControl", network: network, options: options)
    async let speed = client.call("setSpeed") { $0.write(Float(3.5)) }
    let server = try DDSPeer.server(network, "--xcdr2")
    defer { server.stop() }
    var members = try await speed
    #expect(try members.readFloat() == 3.5)
    await client.stop()
  }

  /// Servers that differ do not have the writer changed to and fro: whom it suits it stays with.
  @Test func oneOfTwoServers() async throws {
    let network = freshNetwork()
    let first = try DDSPeer.server(network, "--xcdr1", "--name", "one")
    let harness = try RequesterHarness(network) { $0.matchTimeout = .seconds(20) }
    try await harness.untilServed()
    let second = try DDSPeer.server(network, "--xcdr2", "--name", "two")
    defer { second.stop() }
    for _ in 0..<50 {
      let status = await harness.call(Robot.getStatus)
      #expect(status.message?.starts(with: bytes("one running at 0")) == true)
    }
    #expect(harness.backend.servers == 1)
    first.stop()
    let end = Date(timeIntervalSinceNow: 20)
    while harness.backend.requestPrefix(for: Robot.getStatus, target: .any)[1] != 7 {
      _ = harness.backend.servers
      try #require(Date() < end)
    }
    let status = await harness.call(Robot.getStatus)
    #expect(status.message?.starts(with: bytes("two running at 0")) == true)
    await harness.stop()
  }
}
