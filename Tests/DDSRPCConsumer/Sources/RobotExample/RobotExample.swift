import DDSRPC

/// A service with two operations and an exception: `swift run RobotExample 7`, where 7 is the DDS domain.
///
/// Ends at the end of its input.
@main struct RobotExample {
  static func main() async throws {
    let domain = CommandLine.arguments.dropFirst().first.flatMap(UInt32.init) ?? 7
    let robot = DDSService(interface: "robot::RobotControl", network: .loopback(domain: domain))
    try robot.register("setSpeed") { request, reply in
      var parameters = request.reader()
      let speed = try parameters.readFloat()
      guard speed <= 10 else { throw DDSException("robot::TooFast") }
      print("\(request.operation) \(speed)")
      reply.write(speed)
    }
    try robot.register("getStatus") { _, reply in reply.write("idle") }
    try robot.register("command") { _, _ in throw DDSRemoteException.unsupported }
    try robot.start()
    while readLine() != nil {}
    await robot.stop()
  }
}
