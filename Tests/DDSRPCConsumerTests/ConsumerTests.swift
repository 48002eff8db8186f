import DDSRPC
import TestSupport
import Testing

/// The library as its users see it: no `@testable`, nothing but the public surface.
@Suite(.serialized) struct ConsumerTests {
  private let network = DDSNetwork.loopback(domain: freshDomain(), lease: .seconds(2))

  @Test func aServiceStartsAndStops() async throws {
    let robot = DDSService(
      interface: "robot::RobotControl", service: "Service", network: network, instanceName: "left",
      representation: .xcdr1, limits: .init(maxRequests: 10, maxRequest: 1024))
    try robot.register("setSpeed") { request, reply in
      var parameters = request.reader()
      guard request.instanceName.isEmpty, request.start < request.sample.count else {
        throw DDSRemoteException.invalidArgument
      }
      let speed = try parameters.readFloat()
      guard speed <= 10 else { throw DDSException("robot::TooFast") { $0.write(speed) } }
      reply.write(speed)
    }
    do {
      try robot.register("setSpeed") { _, _ in }
      Issue.record("registered twice")
    } catch {
      #expect(error.kind == .state)
    }
    try robot.start()
    do {
      try robot.start()
      Issue.record("started twice")
    } catch {
      #expect(error.kind == .state)
    }
    await robot.stop(grace: .seconds(1))
    await robot.stop()
  }

  @Test func oneDomainHasOneNetwork() async throws {
    let first = DDSService(interface: "a::B", network: network)
    try first.start()
    var other = network
    other.allowsMulticast = true
    let second = DDSService(interface: "a::B", network: other)
    do {
      try second.start()
      Issue.record("two networks in one domain")
    } catch {
      #expect(error.kind == .domainInUse)
    }
    await first.stop()
  }
}
