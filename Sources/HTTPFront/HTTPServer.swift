package import EventLoop
package import GatewayCore
internal import Synchronization

/// The HTTP face of the process: listeners, and a worker on each loop.
///
/// SAFETY: `@unchecked Sendable` because `listeners` is touched on the first loop only; everything else is set
/// once by `init`.
package final class HTTPServer: @unchecked Sendable {
  private let loops: [EventLoop]
  private let workers: [Worker]
  private let settings: HTTPFrontSettings
  private let log: @Sendable (String) -> Void
  private var listeners: [Listener] = []

  /// `log` gets one line about each thing that goes wrong while accepting.
  ///
  /// - Throws: `HTTPServerError` when the library or the loop does not start. The loops do not run yet.
  package init(
    loops: [EventLoop], handler: any HTTPHandler, settings: HTTPFrontSettings,
    log: @escaping @Sendable (String) -> Void
  ) throws(HTTPServerError) {
    self.loops = loops
    self.settings = settings
    self.log = log
    workers = loops.map { Worker(loop: $0, handler: handler, settings: settings) }
    for worker in workers { try worker.start() }
  }

  /// Begins to accept on `sockets`. On the first loop's thread, or before it runs.
  package func listen(on sockets: [ListenSocket]) {
    for socket in sockets {
      let listener = Listener(
        socket, loop: loops[0], report: log, admit: { [self] in distribute($0, peer: $1) })
      listeners.append(listener)
      listener.start()
    }
  }

  /// Connections now open.
  package var connectionCount: Int {
    workers.reduce(0) { $0 + $1.connectionCount.load(ordering: .relaxed) }
  }

  /// Hands an accepted descriptor to the loop with the fewest connections.
  private func distribute(_ descriptor: Int32, peer: String) {
    if connectionCount >= settings.maxConnections {
      // No answer: whoever is over the limit cannot be given memory for one.
      System.close(descriptor)
      return
    }
    var least = workers[0]
    var fewest = least.connectionCount.load(ordering: .relaxed)
    for worker in workers.dropFirst() {
      let count = worker.connectionCount.load(ordering: .relaxed)
      if count < fewest { (least, fewest) = (worker, count) }
    }
    least.connectionCount.add(1, ordering: .relaxed)
    if least.loop === loops[0] {
      least.adopt(descriptor, peer: peer)
    } else {
      least.loop.submit { [least] in least.adopt(descriptor, peer: peer) }
    }
  }

  /// Stops accepting, lets requests finish for `patience` nanoseconds, then ends what is left. Nothing that was
  /// accepted by the kernel is cut off unanswered before that.
  package func drain(patience: UInt64) async {
    await on(loops[0]) { [self] in
      for listener in listeners { listener.stop() }
      listeners = []
    }
    await withTaskGroup(of: Void.self) { group in
      for worker in workers {
        group.addTask(executorPreference: worker.loop) { await worker.drain(patience: patience) }
      }
    }
    for worker in workers { await on(worker.loop) { worker.stop() } }
  }

  /// Runs `body` on the loop's thread.
  private func on(_ loop: EventLoop, _ body: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { continuation in
      loop.submit {
        body()
        continuation.resume()
      }
    }
  }
}

/// Why the HTTP face cannot start.
package enum HTTPServerError: Error, CustomStringConvertible {
  case libraryDidNotStart
  case system(SystemError)

  package var description: String {
    switch self {
    case .libraryDidNotStart: "libmicrohttpd did not start"
    case .system(let error): "\(error)"
    }
  }
}
