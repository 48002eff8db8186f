import EventLoop
import GatewayCore
import Glibc
import HTTPFront
import TestSupport
import Transcoding

/// A real server on a free port, whose handler answers by path:
///
/// - `/echo` the body
/// - `/wait` nothing until `release` is called
/// - `/turns/N` an answer after N turns of the loop, in none of which it sleeps
/// - `/late` an answer in the loop's next turn, which takes 40 ms
/// - `/block` an answer at once, after 30 ms
/// - `/loop` the number of the loop
/// - `/headers` which known fields came
/// - `/stream` parts as the test gives them to `stream`, which it gets by `streams`
/// - `/head-refusal` refused from the head alone
/// - everything else: 200 and `{}`
final class TestServer: HTTPHandler, @unchecked Sendable {
  // SAFETY: everything is set by `init` or guarded by a lock.
  let loops: [EventLoop]
  private(set) var port: UInt16 = 0
  /// `(target, status)` of each finished exchange.
  let finishedExchanges = Event<(target: String, status: Int)>()
  /// Streamed responses that have begun.
  let streams = Event<StreamHandle>()
  /// Targets of requests that wait.
  let waiting = Event<String>()
  private let server = Lock<HTTPServer?>(nil)
  private let waiters = Lock<[CheckedContinuation<Void, Never>]>([])

  init(loops count: Int = 1, limits: LimitsConfiguration = LimitsConfiguration()) throws {
    loops = try (0..<count).map { try EventLoop(index: $0) }
    let server = try HTTPServer(
      loops: loops, handler: self, settings: HTTPFrontSettings(limits), log: { _ in })
    let sockets = try ListenSocket.open(ListenAddress(.tcp(host: "127.0.0.1", port: 0)))
    guard case .tcp(_, let port) = sockets[0].address.endpoint else { return }
    self.port = port
    server.listen(on: sockets)
    self.server.withLock { $0 = server }
    for loop in loops { try loop.start() }
  }

  func listen(on address: ListenAddress) throws {
    let sockets = try ListenSocket.open(address)
    let server = self.server.withLock { $0 }
    let listening = Event<Void>()
    loops[0].submit {
      server?.listen(on: sockets)
      listening.set(())
    }
    _ = listening.wait()
  }

  var connectionCount: Int { server.withLock { $0 }?.connectionCount ?? 0 }

  func release() {
    let waiters = self.waiters.withLock { waiters in
      defer { waiters = [] }
      return waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Drains and ends the loops.
  func stop(patience: UInt64 = 5_000_000_000) async {
    await server.withLock { $0 }?.drain(patience: patience)
    for loop in loops { loop.stop() }
    for loop in loops { loop.join() }
    // The server's handler is this object.
    server.withLock { $0 = nil }
  }

  // MARK: HTTPHandler

  func admit(_ exchange: HTTPExchange) -> Admission {
    guard text(exchange.target).hasPrefix("/head-refusal") else { return .proceed }
    refuse(exchange, as: .unsupportedMediaType, detail: "by the head")
    return .respond
  }

  func answer(_ exchange: HTTPExchange) {
    let target = text(exchange.target)
    if target == "/late" || target == "/block" { return answer(exchange, slowly: target) }
    if target.hasPrefix("/turns/") { return answer(exchange, after: Int(target.dropFirst(7)) ?? 0) }
    exchange.perform {
      await self.fill(exchange)
      exchange.front?.answered(exchange)
    }
  }

  /// The loop stands still meanwhile; `waiting` says since when.
  private func answer(_ exchange: HTTPExchange, slowly target: String) {
    if target == "/late" { return exchange.context.loop.submit { self.stall(exchange, target, 40_000) } }
    stall(exchange, target, 30_000)
  }

  private func stall(_ exchange: HTTPExchange, _ target: String, _ microseconds: UInt32) {
    waiting.set(target)
    usleep(microseconds)
    // An empty one is over when its head is sent.
    exchange.response.body = Array("{}".utf8)
    exchange.front?.answered(exchange)
  }

  private func answer(_ exchange: HTTPExchange, after turns: Int) {
    if turns > 0 { return exchange.context.loop.submit { self.answer(exchange, after: turns - 1) } }
    exchange.response.body = exchange.input.body
    exchange.front?.answered(exchange)
  }

  private func fill(_ exchange: HTTPExchange) async {
    switch text(exchange.target) {
    case "/echo": exchange.response.body = exchange.input.body
    case "/wait":
      await withCheckedContinuation { continuation in
        waiters.withLock { $0.append(continuation) }
        waiting.set("/wait")
      }
      exchange.response.body = Array("{\"waited\":true}".utf8)
    case "/stream":
      let handle = StreamHandle(exchange, loop: exchange.context.loop)
      handle.begin()
      streams.set(handle)
      await handle.untilEnd()
    case "/loop": exchange.response.body = Array("\(exchange.context.loop.index)".utf8)
    case "/headers":
      let seen = KnownHeader.allCases.filter { exchange.headers.count($0) > 0 }
      exchange.response.body = Array(seen.map { "\($0)" }.joined(separator: ",").utf8)
    default: exchange.response.body = Array("{}".utf8)
    }
  }

  func refuse(_ exchange: HTTPExchange, as type: ProblemType, detail: String) {
    exchange.response.status = type.row.status
    exchange.response.contentType = .problem
    exchange.response.body = Array(type.rawValue.utf8)
  }

  func finished(_ exchange: HTTPExchange, status: Int) {
    finishedExchanges.set((text(exchange.target), status))
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

/// A streamed response in the hands of a test.
final class StreamHandle: @unchecked Sendable {
  // SAFETY: exchange and stream are touched on their loop only.
  static let limit = 64 * 1024
  private let exchange: HTTPExchange
  private let stream = ResponseStream(limit: StreamHandle.limit)
  private let loop: EventLoop
  private let ended = Lock<CheckedContinuation<Void, Never>?>(nil)
  /// Set when the front says that the client has gone.
  let cancelled = Event<Void>()

  init(_ exchange: HTTPExchange, loop: EventLoop) {
    self.exchange = exchange
    self.loop = loop
  }

  func begin() {
    exchange.response.contentType = .lines
    exchange.response.stream = stream
    exchange.front?.streamBegins(exchange)
  }

  func untilEnd() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in ended.withLock { $0 = continuation } }
    } onCancel: {
      cancelled.set(())
      resume()
    }
  }

  /// Whether the stream took it.
  func write(_ text: String) -> Bool {
    let taken = Event<Bool>()
    loop.submit { taken.set(self.stream.write(Array(text.utf8))) }
    return taken.wait() ?? false
  }

  func end(failing: Bool = false) {
    loop.submit {
      if failing { self.stream.fail() } else { self.stream.end() }
      self.resume()
    }
  }

  private func resume() {
    let continuation = ended.withLock { ended in
      defer { ended = nil }
      return ended
    }
    continuation?.resume()
  }
}
