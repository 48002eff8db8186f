internal import EventLoop

/// A DDS-RPC service, for Swift programs.
///
///     let robot = DDSReplier(interface: "robot::RobotControl", network: .loopback(domain: 7))
///     try robot.register("setSpeed") { request, reply in
///       var parameters = request.reader()
///       let speed = try parameters.readFloat()
///       guard speed <= 10 else { throw DDSException("robot::TooFast") }
///       reply.write(speed)
///     }
///     try robot.start()
///     …
///     await robot.stop()
///
/// Speaks the Basic mapping of OMG DDS-RPC 1.0 with final types. Reads requests of both representations and byte
/// orders. Operations of one service may run at the same time, on the replier's own thread.
public final class DDSReplier: Sendable {
  /// Performs one operation: reads its parameters from the request, writes what its `_Out` structure holds, members in
  /// order, and nothing when that has no members.
  ///
  /// Throwing a `DDSException` answers with that exception, a `DDSRemoteException` with its code, a `CDRError`
  /// with `INVALID_ARGUMENT`, anything else with `UNKNOWN_EXCEPTION`. Handlers must not block their thread; they may
  /// wait.
  public typealias Handler = @Sendable (DDSRequest, inout CDRWriter) async throws -> Void

  /// What a replier bounds.
  public struct Limits: Sendable {
    /// Requests being performed. As many more are answered with `OUT_OF_RESOURCES`, further ones not at all.
    public var maxRequests: Int
    /// Largest request, in bytes; larger ones are not answered.
    public var maxRequest: Int

    /// The limits, with their defaults.
    public init(maxRequests: Int = 1024, maxRequest: Int = 4 * 1024 * 1024) {
      self.maxRequests = maxRequests
      self.maxRequest = maxRequest
    }
  }

  private enum Phase {
    case registering([Int32: Operation])
    case serving(ReplierLoop)
    case stopped
  }

  struct Operation: Sendable {
    var name: String
    var handler: Handler
  }

  /// The interface's qualified name.
  public let interface: String
  private let names: ReplierNames
  private let options: ReplierLoop.Options
  private let phase = Lock(Phase.registering([:]))

  /// Makes a service that is not on the network yet.
  ///
  /// - Parameters:
  ///   - interface: its qualified name: `robot::RobotControl`.
  ///   - service: the part of the topics' names that tells services of one interface apart.
  ///   - instanceName: requests for other instances are left to them; those that name none are performed.
  ///   - representation: how replies are written.
  public init(
    interface: String, service: String = "Service", network: DDSNetwork, instanceName: String = "",
    representation: DDSRepresentation = .xcdr1, limits: Limits = Limits()
  ) {
    self.interface = interface
    names = ReplierNames(interface: interface, service: service)
    options = ReplierLoop.Options(
      network: network, instanceName: instanceName, representation: representation, limits: limits)
  }

  deinit {
    guard case .serving(let service) = phase.withLock({ $0 }) else { return }
    service.abandon()
  }

  /// Adds an operation by its unqualified name; only before `start`.
  ///
  /// - Throws: `DDSError` when the name is taken, its hash is 0 or another operation's, or the service was started.
  public func register(_ operation: String, handler: @escaping Handler) throws(DDSError) {
    let label = NameHash.of(operation)
    try phase.withLock { phase throws(DDSError) in
      guard case .registering(var operations) = phase else {
        throw DDSError(kind: .state, message: "operations are registered before the service starts")
      }
      if let other = operations[label] {
        throw DDSError(
          kind: .state,
          message: other.name == operation
            ? "\(operation) is registered already"
            : "\(operation) and \(other.name) have the same hash: DDS-RPC cannot tell them apart")
      }
      guard label != 0 else {
        throw DDSError(kind: .state, message: "\(operation) has the hash 0, which DDS-RPC keeps for results")
      }
      operations[label] = Operation(name: operation, handler: handler)
      phase = .registering(operations)
    }
  }

  /// Joins the domain and serves, on a thread of its own.
  ///
  /// - Throws: `DDSError` when Cyclone DDS refuses, or the service was started before.
  public func start() throws(DDSError) {
    try phase.withLock { phase throws(DDSError) in
      guard case .registering(let operations) = phase else {
        throw DDSError(kind: .state, message: "a service is started once")
      }
      phase = .serving(try ReplierLoop(names, operations, options))
    }
  }

  /// Takes no more requests, lets those at work end, and leaves the domain. Not from a handler, for which it would wait.
  ///
  /// Requesters learn of it at once.
  ///
  /// - Parameter grace: after so long the handlers at work are cancelled.
  public func stop(grace: Duration = .seconds(10)) async {
    let previous = phase.withLock { phase -> Phase in
      defer { phase = .stopped }
      return phase
    }
    guard case .serving(let service) = previous else { return }
    await service.stop(grace: grace)
  }

  /// What the service's requests came to; nil when it does not serve.
  package var counters: ReplierCounters? {
    phase.withLock { phase in
      guard case .serving(let service) = phase else { return nil }
      return service.counters
    }
  }
}

/// One request as a handler sees it.
public struct DDSRequest: Sendable {
  /// The operation's name.
  public let operation: String
  /// The instance that the requester named; empty: any.
  public let instanceName: String
  /// The whole sample as it came, from its encapsulation header on.
  public let sample: [UInt8]
  /// Where the operation's `_In` structure begins in it.
  public var start: Int { cursor.position }
  let cursor: CDRCursor

  /// Reads the parameters. An operation without any has one octet there, or none.
  public func reader() -> CDRReader { CDRReader(sample, at: cursor) }
}

/// An exception that the interface declares.
public struct DDSException: Error, Sendable {
  /// Qualified: `robot::TooFast`.
  public let name: String
  let members: @Sendable (inout CDRWriter) -> Void

  /// - Parameters:
  ///   - name: the exception's qualified name, whose hash goes on the wire.
  ///   - members: writes its members in order.
  public init(_ name: String, members: @escaping @Sendable (inout CDRWriter) -> Void = { _ in }) {
    self.name = name
    self.members = members
  }
}
