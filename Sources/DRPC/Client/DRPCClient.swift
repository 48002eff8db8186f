internal import EventLoop
internal import RPCCore

/// A client of one dRPC server, for Swift programs.
///
///     let client = try DRPCClient(path: "/var/run/daos_server/daos_server.sock")
///     let reply = try await client.call(module: 3, method: 310)
///
/// Connections are made when a call needs one and made anew after the server was restarted. Safe to use from any
/// number of tasks: a connection carries one call at a time, and further calls wait in a bounded queue.
public final class DRPCClient: Sendable {
  /// Connections to the server, unless said otherwise.
  public static let defaultConnections = 4
  /// Calls that may wait for a connection, unless said otherwise.
  public static let defaultQueue = 64

  private let core: ClientCore
  private let loop: EventLoop

  /// Makes a client with a thread of its own; nothing is connected yet.
  ///
  /// - Parameters:
  ///   - path: the server's socket, or a `glob(7)` pattern whose first match that accepts is taken.
  ///   - framing: `auto` asks each new server with a probe.
  ///   - connections: at most so many at a time.
  ///   - queue: calls that may wait for one of them; more are refused.
  /// - Throws: `DRPCError` when the process is out of descriptors or threads.
  public init(
    path: String, framing: DRPCFraming = .auto, connections: Int = defaultConnections,
    queue: Int = defaultQueue
  ) throws(DRPCError) {
    do throws(SystemError) {
      loop = try EventLoop()
      try loop.start()
    } catch {
      throw DRPCError(kind: .unavailable, wasSent: false, message: "\(error)")
    }
    let settings = DRPCSettings(sockets: [path], framing: framing, connections: connections, queue: queue)
    core = ClientCore(settings, loops: [loop])
  }

  deinit {
    // A call holds the client, so that none is in flight.
    core.abort()
    loop.stop()
    if !loop.isCurrent { loop.join() }
  }

  /// Calls a method and returns what the server answered, whatever its status.
  ///
  /// Cancelling the task does not end a call: a server that sees its caller hang up drops the call.
  ///
  /// - Parameter timeout: closes the connection when it passes. The server does not notice and finishes the work.
  /// - Throws: `DRPCError` when there was no answer.
  public func call(
    module: Int32, method: Int32, body: [UInt8] = [], timeout: Duration = .seconds(30)
  ) async throws(DRPCError) -> DRPCReply {
    let outcome = await core.perform(
      socket: 0, module: module, method: method, body: body,
      deadline: Deadline(.current().advanced(nanoseconds: timeout.wholeNanoseconds)), abandonable: false)
    switch outcome {
    case .reply(let status, let body): return DRPCReply(status: DRPCStatus(rawValue: status), body: body)
    case .failure(let failure, let sent, let message):
      throw DRPCError(kind: DRPCError.Kind(failure), wasSent: sent, message: message)
    }
  }

  /// Lets the calls in flight end and closes the connections; further calls throw.
  public func close() async { await core.shutDown(by: .never) }
}

/// What a server answered, or what a handler answers.
public struct DRPCReply: Sendable, Hashable {
  /// How the call went.
  public var status: DRPCStatus
  /// The method's own reply message.
  public var body: [UInt8]

  /// A reply with `body`, successful unless said otherwise.
  public init(status: DRPCStatus = .success, body: [UInt8] = []) {
    self.status = status
    self.body = body
  }
}

/// Why a call has no answer.
public struct DRPCError: Error, Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Kind: String, Sendable {
    /// Nobody listens on the socket, or it does not exist.
    case unavailable
    /// This process may not connect.
    case permissionDenied
    /// The queue is full.
    case overloaded
    /// The call is larger than the server takes.
    case requestTooLarge
    /// No reply in time.
    case timeout
    /// The server closed the connection before it had replied.
    case closed
    /// The server broke the protocol.
    case protocolViolation
  }

  /// What went wrong.
  public let kind: Kind
  /// False when the server certainly never saw the call, so that it may be repeated.
  public let wasSent: Bool
  /// For people.
  public let message: String

  /// The message.
  public var description: String { message }
}

extension DRPCError.Kind {
  init(_ failure: RPCStatus.TransportFailure) {
    self =
      switch failure {
      case .absent: .unavailable
      case .permissionDenied: .permissionDenied
      case .overloaded: .overloaded
      case .requestTooLarge: .requestTooLarge
      case .deadline: .timeout
      case .closed, .cancelled: .closed
      case .protocolViolation: .protocolViolation
      }
  }
}
