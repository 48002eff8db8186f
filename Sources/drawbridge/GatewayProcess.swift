internal import ArgumentParser
internal import EventLoop
internal import GatewayCore
internal import HTTPFront
internal import RPCCore

/// The serving process: event loops, backends, the HTTP face, signals.
struct GatewayProcess {
  /// Loops beyond this are refused; they would only cost memory.
  static let mostLoops = 64

  private let configuration: Configuration
  private let snapshot: Snapshot
  private let loops: [EventLoop]
  private let server: HTTPServer
  private let log: Log
  /// The addresses served, with ports that the system chose filled in.
  let addresses: [ListenAddress]

  /// Before the first thread: signals that are to arrive as events must be blocked in all threads.
  static func prepare() {
    SignalSource.block([SignalSource.terminate, SignalSource.interrupt])
    System.raiseDescriptorLimit()
  }

  /// Loads, connects and listens.
  ///
  /// - Throws: an exit code, after saying why on standard error.
  init(_ configuration: Configuration) throws {
    self.configuration = configuration
    log = Log(configuration.log)
    let count = configuration.loops ?? min(Processors.usable, Processors.mostLoops)
    let loops = try (0..<count).map { try EventLoop(index: $0) }
    self.loops = loops
    snapshot = try Loading.snapshot(configuration) { Backends.make($0, loops: loops, diagnostics: &$1) }
    let gateway = Gateway(snapshot: snapshot, log: log, limits: configuration.limits)
    server = try HTTPServer(
      loops: loops, handler: gateway, settings: HTTPFrontSettings(configuration.limits),
      log: { [log] in log.error("listener", [("reason", $0)]) })
    let sockets = try Self.open(configuration.listen)
    addresses = sockets.map(\.address)
    server.listen(on: sockets)
  }

  private static func open(_ addresses: [ListenAddress]) throws -> [ListenSocket] {
    var sockets: [ListenSocket] = []
    var failed = false
    for address in addresses {
      do throws(ListenError) {
        sockets += try ListenSocket.open(address)
      } catch {
        let place = address.location.map { "\($0): " } ?? ""
        Console.print("\(place)error: \(error)", toStandardError: true)
        failed = true
      }
    }
    if failed {
      for socket in sockets { socket.close() }
      throw ExitCode.misconfigured
    }
    return sockets
  }

  /// Serves until SIGTERM or SIGINT, then drains. A second signal ends at once.
  func serve(whenReady: () -> Void = {}) throws {
    let stop = StopOnce()
    let signals = try SignalSource([SignalSource.terminate, SignalSource.interrupt], on: loops[0]) { signal in
      if stop.isSecond() { Console.exit(128 + signal) }
      log.info("stopping", [("signal", "\(signal)")])
      _ = Task(executorPreference: loops[0]) { await shutDown() }
    }
    for loop in loops { try loop.start() }
    log.info(
      "serving",
      [("addresses", addresses.map(\.description).joined(separator: " ")), ("loops", "\(loops.count)")])
    for route in snapshot.routes where route.source == .implicit {
      log.info("implicit route", [("route", route.summary), ("operation", route.operation)])
    }
    whenReady()
    for loop in loops { loop.join() }
    withExtendedLifetime(signals) {}
    log.info("stopped")
  }

  /// What services have after the drain to end what they are at, in nanoseconds.
  private static let lastMoment: UInt64 = 500_000_000

  /// On the first loop. A call that must be kept to its deadline goes on when its client is cut off, but not past the end.
  private func shutDown() async {
    let patience = configuration.limits.drainTimeout.wholeNanoseconds
    let end = loops[0].now.advanced(nanoseconds: patience)
    await server.drain(patience: patience)
    let last = Deadline(max(end, loops[0].now.advanced(nanoseconds: Self.lastMoment)))
    await withTaskGroup(of: Void.self) { group in
      for service in snapshot.services {
        group.addTask(executorPreference: loops[0]) { await service.backend.shutDown(by: last) }
      }
    }
    for loop in loops { loop.stop() }
  }
}

/// Tells the first signal from the ones after it. Used on one loop only.
private final class StopOnce {
  private var happened = false
  func isSecond() -> Bool {
    defer { happened = true }
    return happened
  }
}
