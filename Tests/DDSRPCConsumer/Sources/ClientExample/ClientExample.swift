import DDSRPC

/// Both kinds of clients and the other kind of service: `swift run ClientExample 7`, where 7 is the DDS domain of
/// `RobotExample`.
@main struct ClientExample {
  static func main() async throws {
    let domain = CommandLine.arguments.dropFirst().first.flatMap(UInt32.init) ?? 7
    let network = DDSNetwork.loopback(domain: domain)
    try await callRobot(network)
    try await followCalibration(network)
  }

  /// Function calls: one result, or an exception that the interface declares.
  private static func callRobot(_ network: DDSNetwork) async throws {
    let robot = try DDSClient(interface: "robot::RobotControl", network: network)
    do {
      var result = try await robot.call("setSpeed", raises: ["robot::TooFast"]) { $0.write(Float(3.5)) }
      print("speed \(try result.readFloat())")
      _ = try await robot.call("setSpeed", raises: ["robot::TooFast"]) { $0.write(Float(99)) }
    } catch let exception as DDSRaisedException {
      print("raised \(exception.name)")
    } catch let error as DDSCallError {
      print("no answer: \(error); safe to call again: \(!error.wasSent)")
    }
    await robot.stop()
  }

  /// Request/reply: the progress of one request, from a service of this process.
  private static func followCalibration(_ network: DDSNetwork) async throws {
    let contract = DDSContract.types(request: "arm::Request", reply: "arm::Reply", service: "calibration")
    let arm = DDSReplier(contract, network: network) { request, replies in
      var parameters = request.reader()
      for step in 1...(try parameters.readUInt32()) { try await replies.send { $0.write(step) } }
    }
    try arm.start()
    let requester = try DDSRequester(contract, network: network)
    for try await reply in requester.request(parameters: { $0.write(UInt32(3)) }) {
      var members = reply
      let step = try members.readUInt32()
      print("step \(step)")
      if step == 3 { break }
    }
    await requester.stop()
    await arm.stop()
  }
}
