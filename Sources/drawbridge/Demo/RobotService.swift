internal import DDSRPC
internal import EventLoop

/// `robot::RobotControl`, written with the public API of DDSRPC as anybody would write a service.
final class RobotService: Sendable {
  /// Faster ones raise `robot::TooFast`.
  static let maxSpeed: Float = 10

  private enum Command: Int32 {
    case start = 0
    case stop = 1
  }

  private let speed = Lock(Float(0))
  private let replier: DDSService

  init(network: DDSNetwork) throws(DDSError) {
    replier = DDSService(interface: "robot::RobotControl", network: network)
    try registerOperations()
  }

  func start() throws(DDSError) { try replier.start() }

  /// Requesters learn of it at once.
  func stop() async { await replier.stop() }

  private func registerOperations() throws(DDSError) {
    let speed = speed
    try replier.register("command") { request, _ in
      var parameters = request.reader()
      guard let command = Command(rawValue: try parameters.readInt32()) else {
        throw DDSRemoteException.invalidArgument
      }
      if command == .stop { speed.withLock { $0 = 0 } }
    }
    try replier.register("setSpeed") { request, reply in
      var parameters = request.reader()
      let wanted = try parameters.readFloat()
      guard wanted <= Self.maxSpeed else { throw DDSException("robot::TooFast") }
      speed.withLock { $0 = wanted }
      reply.write(wanted)
    }
    try replier.register("getSpeed") { _, reply in reply.write(speed.withLock { $0 }) }
    try replier.register("getStatus") { _, reply in reply.write("running at \(speed.withLock { $0 })") }
  }
}
