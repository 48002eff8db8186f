internal import ArgumentParser
internal import EventLoop
internal import Foundation
internal import GatewayCore
internal import RPCCore
internal import Transcoding

/// `drawbridge call`: one call of a method, without HTTP and without a route.
struct CallCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call",
    abstract: "Call a method of a configured service and print its reply as JSON.",
    discussion: """
      The reply goes to standard output, a problem to standard error. Exit codes: 0 answered, 1 the server failed, \
      2 wrong usage or configuration, 3 the call was not sent, 4 no reply in time; the problem's `retryable` says \
      whether the call may be made again.
      """)

  @OptionGroup var options: ConfigurationOptions
  @Argument(help: "SERVICE.METHOD, for example pool.PoolQuery.")
  var method: String
  @Option(help: "The request; @FILE reads it from a file, - from standard input.")
  var json = ""
  @Option(help: "The server's name, for a service that has several.")
  var to: String?
  @Option(help: "How long to wait for the reply, like 2.5s or 1m.")
  var timeout = "30s"
  @Flag(help: "Also print both bodies in hexadecimal digits.")
  var raw = false

  func run() throws {
    guard let patience = RequestDeadline.requestTimeout(Array(timeout.utf8)[...]) else {
      throw ValidationError("--timeout takes a time such as 2.5s, not '\(timeout)'")
    }
    let loop = try EventLoop()
    let (service, method, mapping) = try resolve(loop)
    let scratch = TranscodingScratch()
    let text = try input()
    let call = try DirectCall(
      service: service, method: method, mapping: mapping, target: to.map { .named($0) } ?? .any,
      deadline: Deadline(.current().advanced(nanoseconds: patience)), scratch: scratch
    ) { try encode(text, service, method, scratch) }
    let answer = try call.perform(on: loop)
    if raw {
      Console.print("request \(Self.hex(call.body))")
      Console.print("reply   \(Self.hex(answer.reply.bytes))")
    }
    if let problem = answer.problem { throw fail(problem, answer.status) }
    try show(answer.reply, service, method, scratch)
  }

  // MARK: Before the call

  private func resolve(_ loop: EventLoop) throws -> (CompiledService, ServiceMethod, StatusMapping) {
    let parts = method.split(separator: ".", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { throw ValidationError("the method is written SERVICE.METHOD") }
    let configuration = try Loading.configuration(options.config)
    // Only the service that is called is connected.
    let snapshot = try Loading.snapshot(configuration, notes: false) { plan, diagnostics in
      plan.service.name == parts[0]
        ? Backends.make(plan, loops: [loop], diagnostics: &diagnostics) : UnconnectedBackend()
    }
    guard let service = snapshot.services.first(where: { $0.name == parts[0] }),
      let errors = configuration.services.first(where: { $0.name == parts[0] })?.errors
    else {
      throw ValidationError(
        "there is no service '\(parts[0])'; there are \(snapshot.services.map(\.name).joined(separator: ", "))"
      )
    }
    guard let method = service.method(named: parts[1]) else {
      let names = service.methods.map(\.name).joined(separator: ", ")
      throw ValidationError("service '\(parts[0])' has no method '\(parts[1])'; it has \(names)")
    }
    if let obstacle = method.obstacle { throw ValidationError("'\(self.method)' \(obstacle)") }
    try checkTarget(service)
    return (service, method, StatusMapping(errors))
  }

  /// Sockets that are selected by name want one, and others none; a DDS service finds out by itself.
  private func checkTarget(_ service: CompiledService) throws {
    guard case .drpc(let drpc) = service.plan.service.backend else { return }
    let names = drpc.select == .first ? [] : drpc.sockets.compactMap(\.key)
    switch to {
    case nil where names.isEmpty: return
    case nil:
      throw ValidationError("'\(service.name)' has several servers: --to \(names.joined(separator: " or "))")
    case let name? where names.isEmpty:
      throw ValidationError("--to \(name): the servers of '\(service.name)' are not selected by name")
    case let name? where !names.contains(name):
      throw ValidationError("--to \(name): '\(service.name)' has \(names.joined(separator: ", "))")
    default: return
    }
  }

  private func encode(
    _ text: [UInt8], _ service: CompiledService, _ method: ServiceMethod, _ scratch: TranscodingScratch
  ) throws -> [UInt8] {
    let target: RPCTarget = to.map { .named($0) } ?? .any
    var body = service.backend.requestPrefix(for: method.id, target: target)
    guard let type = method.request else {
      if text.isEmpty { return body }
      throw ValidationError("\(self.method) takes no request")
    }
    let input = RequestInput(body: text)
    do throws(TranscodeError) {
      try service.codec.encode(type, from: input, into: &body, scratch: scratch)
      return body
    } catch {
      let explained = service.codec.explain(error, encoding: type, from: input, scratch: scratch)
      let place = explained.pointer.isEmpty ? "" : "\(explained.pointer): "
      throw ValidationError("--json: \(place)\(explained.reason)")
    }
  }

  private func input() throws -> [UInt8] {
    if json == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
    guard json.hasPrefix("@") else { return Array(json.utf8) }
    do {
      return Array(try Data(contentsOf: URL(filePath: String(json.dropFirst()))))
    } catch {
      throw ValidationError("--json: cannot read \(json.dropFirst())")
    }
  }

  // MARK: After the call

  private func show(
    _ reply: ReplyBody, _ service: CompiledService, _ method: ServiceMethod, _ scratch: TranscodingScratch
  ) throws {
    guard let type = method.response else { return Console.print("{}") }
    var text: [UInt8] = []
    do throws(TranscodeError) {
      try service.codec.decode(
        type, from: reply.bytes, at: reply.start, selecting: [], into: &text, scratch: scratch)
    } catch {
      print(service.unreadable(method, reply, error))
      throw ExitCode.remoteFailure
    }
    Console.print(String(decoding: text, as: UTF8.self))
  }

  private func fail(_ problem: Problem, _ status: RPCStatus) -> ExitCode {
    print(problem)
    if status.failure == .deadline { return .deadline }
    return status.sent ? .remoteFailure : .notSent
  }

  private func print(_ problem: Problem) {
    var text: [UInt8] = []
    problem.write(to: &text, instance: method.utf8, requestID: "")
    Console.print(String(decoding: text, as: UTF8.self), toStandardError: true)
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
  }
}

/// One call on a loop that runs for it alone.
///
/// SAFETY: `@unchecked Sendable` because what is mutable, and `scratch`, is touched by the loop's task only, until the loop
/// has ended.
private final class DirectCall: @unchecked Sendable {
  private let service: CompiledService
  private let method: ServiceMethod
  private let mapping: StatusMapping
  /// The request as it was last written.
  private(set) var body: [UInt8]
  private var isWritten = false
  private let encode: () throws -> [UInt8]
  private let target: RPCTarget
  private let deadline: Deadline
  private let scratch: TranscodingScratch
  private var answer: MethodAnswer?

  /// - Parameter encode: writes the request, and once more for a server that wants another wire form.
  init(
    service: CompiledService, method: ServiceMethod, mapping: StatusMapping, target: RPCTarget,
    deadline: Deadline, scratch: TranscodingScratch, encode: @escaping () throws -> [UInt8]
  ) throws {
    (self.service, self.method, self.mapping, self.encode) = (service, method, mapping, encode)
    (self.target, self.deadline, self.scratch) = (target, deadline, scratch)
    body = try encode()
  }

  func perform(on loop: EventLoop) throws -> MethodAnswer {
    _ = Task(executorPreference: loop) { [self] in
      answer = await service.call(
        method, deadline: deadline, target: target, mapping: mapping, scratch: scratch, write: write)
      await service.backend.shutDown(by: .never)
      loop.stop()
    }
    loop.run()
    guard let answer else { throw ExitCode.remoteFailure }
    return answer
  }

  private func write() -> [UInt8]? {
    if isWritten, let again = try? encode() { body = again }
    isWritten = true
    return body
  }
}
