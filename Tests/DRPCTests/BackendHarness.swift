import EventLoop
import RPCCore
import SchemaModel
import TestSupport
import Testing

@testable import DRPC

/// A backend on its own loops, called as the gateway does it.
///
/// Method ids: 0 echo (2/203), 1 status by number (2/204), 2 reply of a size (2/205), 3 none.
final class BackendHarness: Sendable {
  static let echo = MethodID(rawValue: 0)
  static let status = MethodID(rawValue: 1)
  static let sized = MethodID(rawValue: 2)
  static let missing = MethodID(rawValue: 3)

  let backend: DRPCBackend
  let loops: [EventLoop]

  init(_ settings: DRPCSettings, loops count: Int = 1) throws {
    loops = try (0..<count).map { try EventLoop(index: $0) }
    for loop in loops { try loop.start() }
    let methods = [203, 204, 205].map { DRPCMethod(module: 2, method: $0) }
    backend = DRPCBackend(settings, methods: methods + [nil], loops: loops)
  }

  func stop() async {
    await backend.shutDown(by: .never)
    for loop in loops {
      loop.stop()
      loop.join()
    }
  }

  /// Starts a call on a loop; the task ends with its status and reply.
  func start(
    _ method: MethodID = echo, _ body: [UInt8] = [], seconds: Double = 10, abandonable: Bool = false,
    target: RPCTarget = .any, on loop: Int = 0
  ) -> Task<(status: RPCStatus, body: [UInt8]?), Never> {
    let deadline = Deadline(.current().advanced(nanoseconds: UInt64(seconds * 1e9)))
    let call = RPCCall(
      method: method, body: body, deadline: deadline, target: target, abandonable: abandonable)
    return Task(executorPreference: loops[loop]) { [backend] in
      let reply = UnaryReply()
      let status = await backend.call(call, sink: reply)
      return (status, reply.body?.bytes)
    }
  }

  /// Holds the first loop up until the event is set; what comes meanwhile is reported together.
  func hold() -> Event<Void> {
    let (held, open) = (Event<Void>(), Event<Void>())
    loops[0].submit {
      held.set(())
      _ = open.wait(seconds: 60)
    }
    #expect(held.wait() != nil)
    return open
  }

  func call(
    _ method: MethodID = echo, _ body: [UInt8] = [], seconds: Double = 10, target: RPCTarget = .any,
    on loop: Int = 0
  ) async -> (status: RPCStatus, body: [UInt8]?) {
    await start(method, body, seconds: seconds, target: target, on: loop).value
  }
}
