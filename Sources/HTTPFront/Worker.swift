internal import EventLoop
internal import GatewayCore
internal import Synchronization

/// One loop's share of the front: its daemon and its connections. Touched on the loop's thread only, except
/// where noted.
///
/// SAFETY: `@unchecked Sendable` because other threads use only `connectionCount`, which is atomic, and
/// `loop.submit`.
final class Worker: LoopParticipant, DescriptorHandler, TimerTarget, @unchecked Sendable {
  let loop: EventLoop
  let handler: any HTTPHandler
  let settings: HTTPFrontSettings
  let context: LoopContext
  /// Connections of this loop, also those whose head is still held. Read by the first loop, which distributes.
  let connectionCount = Atomic<Int>(0)
  /// Where heads are peeked at and discarded bytes go.
  var peekBuffer: [UInt8]
  private(set) var isDraining = false

  private var daemon: LibraryDaemon?
  private var needsTurn = false
  private var connections: [Int32: Connection] = [:]
  /// The connection that `MHD_add_connection` is being called for; the library's callback takes it up.
  private(set) var adopting: Connection?
  private var whenEmpty: CheckedContinuation<Void, Never>?

  init(loop: EventLoop, handler: any HTTPHandler, settings: HTTPFrontSettings) {
    self.loop = loop
    self.handler = handler
    self.settings = settings
    context = LoopContext(loop: loop)
    peekBuffer = [UInt8](repeating: 0, count: settings.maxHead + 1)
  }

  /// Starts the daemon. Call it before the loop runs, or on its thread.
  func start() throws(HTTPServerError) {
    guard let daemon = LibraryDaemon(for: self) else { throw .libraryDidNotStart }
    self.daemon = daemon
    do throws(SystemError) {
      try loop.watch(daemon.descriptor, for: .readable, handler: self)
    } catch {
      throw .system(error)
    }
    loop.participant = self
  }

  // MARK: The library's turn

  func descriptorReady(_ descriptor: Int32, events: ReadyEvents) { needsTurn = true }

  func takeTurn() {
    guard needsTurn, let daemon else { return }
    needsTurn = false
    daemon.run()
  }

  var wantsTurnWithin: UInt64? {
    if needsTurn { return 0 }
    guard let milliseconds = daemon?.patience else { return nil }
    // Without this the turn after the wait would not run the library.
    if milliseconds == 0 { needsTurn = true }
    return milliseconds * 1_000_000
  }

  // MARK: Connections

  /// Takes over an accepted descriptor.
  func adopt(_ descriptor: Int32, peer: String) {
    let connection = Connection(descriptor: descriptor, peer: peer, worker: self)
    connections[descriptor] = connection
    connection.start()
  }

  /// Gives a connection whose head has passed to the library, which owns the descriptor from here.
  func handOver(_ connection: Connection) {
    guard let daemon else { return }
    adopting = connection
    let isTaken = daemon.add(connection.descriptor)
    adopting = nil
    needsTurn = true
    if !isTaken { connection.libraryRefused() }
  }

  /// Lets the library go on with a connection that was suspended.
  func resume(_ library: LibraryConnection) {
    library.resume()
    needsTurn = true
  }

  /// Makes the library look at its connections although none of its descriptors changed.
  func requestTurn() { needsTurn = true }

  /// The descriptor is closed, or about to be; it is no longer watched.
  func forget(_ connection: Connection) {
    guard connections.removeValue(forKey: connection.descriptor) != nil else { return }
    connectionCount.subtract(1, ordering: .relaxed)
    if connections.isEmpty { becameEmpty() }
  }

  // MARK: Draining

  /// Answers what is in progress with `Connection: close`, closes what is idle, and after `patience`
  /// nanoseconds gives up the rest. Returns when no connection is left.
  func drain(patience: UInt64) async {
    isDraining = true
    for connection in connections.values { connection.beginDraining() }
    if connections.isEmpty { return }
    let timer = loop.schedule(at: loop.now.advanced(nanoseconds: patience), self)
    await withCheckedContinuation { whenEmpty = $0 }
    loop.cancel(timer)
  }

  /// The patience of `drain` is over.
  func timerFired(_ purpose: Int) {
    for connection in connections.values { connection.abort() }
    needsTurn = true
    guard purpose < Self.abortRounds else { return becameEmpty() }
    _ = loop.schedule(at: loop.now.advanced(nanoseconds: Self.abortPause), self, purpose: purpose + 1)
  }

  /// How often, and how far apart in nanoseconds, aborted connections are looked after before they are left.
  private static let abortRounds = 10
  private static let abortPause: UInt64 = 50_000_000

  private func becameEmpty() {
    whenEmpty?.resume()
    whenEmpty = nil
  }

  /// Ends the daemon. Every connection has ended or been aborted.
  func stop() {
    guard let daemon else { return }
    loop.unwatch(daemon.descriptor)
    daemon.run()
    daemon.stop()
    self.daemon = nil
    loop.participant = nil
  }
}
