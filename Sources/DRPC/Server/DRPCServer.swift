internal import EventLoop
internal import Glibc

/// A dRPC server on a Unix socket, for Swift programs.
///
///     let server = DRPCServer(path: "/run/example/example.sock", mode: 0o600)
///     try server.register(
///       DRPCModule(id: 5, methods: [1: { request in DRPCReply(body: request.body) }]))
///     try server.start()
///     …
///     await server.stop()
///
/// Speaks both framings, and finds out at each connection's first packet which. Answers each connection's calls in
/// order; connections are independent of each other.
public final class DRPCServer: Sendable {
  /// What a server bounds.
  public struct Limits: Sendable {
    /// Connections at a time; further ones are closed at once.
    public var maxConnections: Int
    /// Largest message, in bytes.
    public var maxMessage: Int
    /// Connections that the kernel keeps until they are accepted.
    public var backlog: Int32

    /// The limits, with their defaults.
    public init(maxConnections: Int = 1024, maxMessage: Int = 64 * 1024 * 1024, backlog: Int32 = 128) {
      self.maxConnections = maxConnections
      self.maxMessage = maxMessage
      self.backlog = backlog
    }
  }

  private enum Phase {
    case registering([Int32: [Int32: DRPCModule.Handler]])
    case serving(ServerLoop, ListeningSocket)
    case stopping(ServerLoop)
    case stopped
  }

  /// The socket's path.
  public let path: String
  private let mode: UInt32
  private let limits: Limits
  private let phase = Lock(Phase.registering([:]))

  /// Makes a server that does not listen yet.
  ///
  /// - Parameter mode: of the socket file, in force before the first connection; it alone guards the server.
  public init(path: String, mode: UInt32 = 0o600, limits: Limits = Limits()) {
    self.path = path
    self.mode = mode
    self.limits = limits
  }

  deinit {
    guard case .serving(let service, let listener) = phase.withLock({ $0 }) else { return }
    // Now, so that another server may follow at once.
    listener.removeFile()
    // A handler that goes on keeps the loop, and perhaps this thread is the loop's: nobody waits.
    service.loop.detach()
    service.loop.submit { service.abandon() }
  }

  /// Adds a module; only before `start`.
  ///
  /// - Throws: `DRPCServerError` when its number is taken, or the server was started.
  public func register(_ module: DRPCModule) throws(DRPCServerError) {
    try phase.withLock { phase throws(DRPCServerError) in
      guard case .registering(var modules) = phase else {
        throw DRPCServerError(kind: .state, message: "modules are registered before the server starts")
      }
      guard modules.updateValue(module.methods, forKey: module.id) == nil else {
        throw DRPCServerError(kind: .state, message: "module \(module.id) is registered already")
      }
      phase = .registering(modules)
    }
  }

  /// Listens and serves, on a thread of its own.
  ///
  /// - Throws: `DRPCServerError` when the path is in use, cannot be bound, or the server was started before.
  public func start() throws(DRPCServerError) {
    try phase.withLock { phase throws(DRPCServerError) in
      guard case .registering(let modules) = phase else {
        throw DRPCServerError(kind: .state, message: "a server is started once")
      }
      let listener = try ListeningSocket(path, mode: mode, backlog: max(0, limits.backlog))
      do throws(SystemError) {
        let loop = try EventLoop()
        let service = ServerLoop(loop: loop, modules: modules, limits: limits)
        try service.listen(on: listener)
        do throws(SystemError) {
          try loop.start()
        } catch {
          // The loop holds the service, which holds the loop.
          loop.unwatch(listener.descriptor)
          throw error
        }
        phase = .serving(service, listener)
      } catch {
        listener.close()
        throw DRPCServerError(kind: .system, message: "\(error)")
      }
    }
  }

  /// Removes the socket, lets the calls at work end, and closes. Not from a handler, for which it would wait.
  ///
  /// A handler that does not end when it is cancelled goes on after this returns. A second call waits for the first.
  ///
  /// - Parameter grace: after so long the handlers at work are cancelled and their connections closed.
  public func stop(grace: Duration = .seconds(10)) async {
    let deadline = MonotonicInstant.current().advanced(nanoseconds: grace.wholeNanoseconds)
    let ended = await withCheckedContinuation { (waiter: CheckedContinuation<ServerLoop?, Never>) in
      let isOver = phase.withLock { phase -> Bool in
        let isFirst: Bool
        let service: ServerLoop
        switch phase {
        case .serving(let serving, _): (service, isFirst) = (serving, true)
        case .stopping(let stopping): (service, isFirst) = (stopping, false)
        case .registering, .stopped:
          phase = .stopped
          return true
        }
        phase = .stopping(service)
        // With the lock held: whoever finds the service here is heard before its loop ends.
        service.loop.submit {
          service.stop(by: deadline) { waiter.resume(returning: isFirst ? service : nil) }
        }
        return false
      }
      if isOver { waiter.resume(returning: nil) }
    }
    guard let service = ended else { return }
    phase.withLock { $0 = .stopped }
    let isEnding = await withCheckedContinuation { (waiter: CheckedContinuation<Bool, Never>) in
      service.loop.submit { waiter.resume(returning: service.leave()) }
    }
    if isEnding, !service.loop.isCurrent { service.loop.join() } else { service.loop.detach() }
  }
}

/// Why a server does not start.
public struct DRPCServerError: Error, Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Kind: Sendable {
    /// Another server answers on the path, or the file is no socket.
    case inUse
    /// Called at the wrong time, or twice.
    case state
    /// The system refused.
    case system
  }

  /// What went wrong.
  public let kind: Kind
  /// For people.
  public let message: String

  /// The message.
  public var description: String { message }
}
