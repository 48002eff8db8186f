import EventLoop
import Foundation
import RPCCore
import SchemaModel
import TestSupport
import Testing

@testable import DDSRPC

/// A backend on its own loops, called as the gateway does it.
final class RequesterHarness: Sendable {
  let backend: DDSBackend
  let loops: [EventLoop]

  init(
    _ network: DDSNetwork, table: DDSRPCTable = Robot.table(), loops count: Int = 1,
    _ adjust: (inout DDSSettings) -> Void = { _ in }
  ) throws {
    loops = try (0..<count).map { try EventLoop(index: $0) }
    for loop in loops { try loop.start() }
    var settings = DDSSettings(network: network)
    adjust(&settings)
    backend = try DDSBackend(settings, table: table, loops: loops)
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
    _ method: MethodID, _ parameters: [UInt8] = [0], seconds: Double = 10, abandonable: Bool = false,
    target: RPCTarget = .any, on loop: Int = 0
  ) -> Task<Answer, Never> {
    let deadline = Deadline(.current().advanced(nanoseconds: UInt64(seconds * 1e9)))
    let call = RPCCall(
      method: method, body: backend.requestPrefix(for: method, target: target) + parameters,
      deadline: deadline,
      target: target, abandonable: abandonable)
    return Task(executorPreference: loops[loop]) { [backend] in
      let reply = UnaryReply()
      let status = await backend.call(call, sink: reply)
      return Answer(status: status, body: reply.body)
    }
  }

  func call(
    _ method: MethodID, _ parameters: [UInt8] = [0], seconds: Double = 10, target: RPCTarget = .any,
    on loop: Int = 0
  ) async -> Answer {
    await start(method, parameters, seconds: seconds, target: target, on: loop).value
  }

  /// Calls `getSpeed` until a server answers; for tests whose subject comes after that.
  func untilServed() async throws {
    let isServed = await eventually { await call(Robot.getSpeed).status == .ok }
    try #require(isServed, "no server: \(backend.readiness)")
  }
}

/// Takes replies until it has `most`.
final class SeriesSink: ReplySink {
  private(set) var bodies: [ReplyBody] = []
  private let most: Int

  init(most: Int) { self.most = most }

  func receive(_ body: ReplyBody) -> ReplyDemand {
    bodies.append(body)
    return bodies.count < most ? .more : .enough
  }
}

extension RequesterHarness {
  /// Starts a call for several replies; the task ends with its status and the messages.
  func startSeries(
    _ method: MethodID, _ silence: RPCReplies.Silence, most: Int = .max, seconds: Double = 20
  ) -> Task<(status: RPCStatus, messages: [[UInt8]]), Never> {
    let deadline = Deadline(.current().advanced(nanoseconds: UInt64(seconds * 1e9)))
    let call = RPCCall(
      method: method, body: backend.requestPrefix(for: method, target: .any) + [0], deadline: deadline,
      abandonable: true, replies: .several(silence))
    return Task(executorPreference: loops[0]) { [backend] in
      let sink = SeriesSink(most: most)
      let status = await backend.call(call, sink: sink)
      return (status, sink.bodies.map { Array($0.bytes[$0.start...]) })
    }
  }

  /// The same, waiting for its end; a test whose time is over ends the call.
  func series(
    _ method: MethodID, _ silence: RPCReplies.Silence, most: Int = .max, seconds: Double = 20
  ) async -> (status: RPCStatus, messages: [[UInt8]]) {
    await end(of: startSeries(method, silence, most: most, seconds: seconds))
  }

  /// Waits for the end of a call; a test whose time is over ends the call.
  func end<Outcome>(of call: Task<Outcome, Never>) async -> Outcome {
    await withTaskCancellationHandler {
      await call.value
    } onCancel: {
      call.cancel()
    }
  }

  /// For messages about failures.
  var state: String { "\(backend.servers) servers, \(backend.counters)" }
}

struct Answer: Sendable {
  let status: RPCStatus
  let body: ReplyBody?

  /// The message's bytes.
  var message: [UInt8]? { body.map { Array($0.bytes[$0.start...]) } }
}

func bytes(_ float: Float) -> [UInt8] {
  (0..<4).map { UInt8(truncatingIfNeeded: float.bitPattern >> (8 * $0)) }
}

func bytes(_ text: String) -> [UInt8] { bytes(UInt32(text.utf8.count + 1)) + Array(text.utf8) + [0] }

func bytes(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
