internal import DDSRPC
internal import EventLoop

/// Two arms that report how far their calibration is, written with the public API of DDSRPC: `calibration.idl`.
final class CalibrationService: Sendable {
  /// Between two reports.
  static let pause: UInt64 = 100_000_000
  static let mostSteps: UInt32 = 1000
  static let arms = ["left", "right"]

  private enum Phase: Int32 {
    case homing = 0
    case measuring = 1
    case verifying = 2

    init(percent: Float) { self = percent < 10 ? .homing : percent < 90 ? .measuring : .verifying }
  }

  private let repliers: [DDSReplier]

  /// - Parameter loop: where calibrations wait.
  init(network: DDSNetwork, loop: EventLoop) {
    repliers = Self.arms.map { arm in
      DDSReplier(
        .types(request: "arm::CalibrationRequest", reply: "arm::CalibrationReply", service: "calibrate"),
        network: network, instanceName: arm
      ) { request, replies in
        var parameters = request.reader()
        let steps = try parameters.readUInt32()
        guard (1...Self.mostSteps).contains(steps) else { throw DDSRemoteException.invalidArgument }
        for step in 1...steps {
          await loop.sleep(until: MonotonicInstant.current().advanced(nanoseconds: Self.pause))
          try Task.checkCancellation()
          let percent = Float(step) * 100 / Float(steps)
          try await replies.send { reply in
            reply.write(Phase(percent: percent).rawValue)
            reply.write(percent)
            reply.write(step == steps)
          }
        }
      }
    }
  }

  func start() throws(DDSError) {
    for replier in repliers { try replier.start() }
  }

  /// Calibrations that go on are cut off.
  func stop() async {
    for replier in repliers { await replier.stop(grace: .zero) }
  }
}
