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
  /// The library's turns so far.
  private(set) var turn: UInt64 = 0
  /// The connections that the library has called for in its last turn, and those of them that only wait for an answer now.
  var called = 0
  var waiting = 0
  private var connections: [Int32: Connection] = [:]
  /// The connection that `MHD_add_connection` is being called for; the library's callback takes it up.
  private(set) var adopting: Connection?
  private var whenEmpty: CheckedContinuation<Void, Never>?
  /// Connections whose client's going is not watched for yet.
  private var unwatched: [Connection] = []
  private var isSweeping = false

  /// How long a phase lasts before the client's going is watched for, in nanoseconds. A client that leaves is
  /// seen within twice this.
  static let watchPause: UInt64 = 25_000_000

  private enum Timer {
    static let sweep = -1
  }

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
    // Each event is followed by a turn of the library, which takes all that its descriptor has.
    do throws(SystemError) {
      try loop.watch(daemon.descriptor, for: [.readable, .edgeTriggered], handler: self)
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
    turn += 1
    called = 0
    waiting = 0
    daemon.run()
  }

  var wantsTurnWithin: UInt64? {
    if needsTurn { return 0 }
    guard let milliseconds = daemon?.patience else { return nil }
    if milliseconds > 0 { return milliseconds * 1_000_000 }
    // Without this the turn after the wait would not run the library.
    needsTurn = true
    // A connection that is not suspended makes the library want the next turn at once, and it has nothing to do in it
    // when all that it called for in this one wait for answers. Should there be something nevertheless, say a refusal
    // of its own, the sweep brings the turn: every connection that is not suspended is in `unwatched`.
    return waiting > 0 && waiting == called ? nil : 0
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

  /// Makes the library look at its connections although none of its descriptors changed.
  func requestTurn() { needsTurn = true }

  /// Has the connection looked at again when its phase may have lasted.
  func list(_ connection: Connection) {
    unwatched.append(connection)
    if !isSweeping { scheduleSweep() }
  }

  private func scheduleSweep() {
    isSweeping = true
    _ = loop.schedule(at: loop.now.advanced(nanoseconds: Self.watchPause), self, purpose: Timer.sweep)
  }

  private func sweep() {
    isSweeping = false
    let now = loop.now
    unwatched.removeAll { !$0.watchIfLasting(now: now) }
    if !unwatched.isEmpty { scheduleSweep() }
  }

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

  func timerFired(_ purpose: Int) {
    if purpose == Timer.sweep { sweep() } else { abortAll(round: purpose) }
  }

  /// The patience of `drain` is over.
  private func abortAll(round: Int) {
    for connection in connections.values { connection.abort() }
    needsTurn = true
    guard round < Self.abortRounds else { return becameEmpty() }
    _ = loop.schedule(at: loop.now.advanced(nanoseconds: Self.abortPause), self, purpose: round + 1)
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
    // Each refers to this worker.
    unwatched = []
    loop.participant = nil
  }
}
