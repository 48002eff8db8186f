internal import EventLoop

/// A DDS-RPC service in function-call style: a handler for each operation, one reply to each request.
///
///     let robot = DDSService(interface: "robot::RobotControl", network: .loopback(domain: 7))
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
/// Clients of either style call it. `DDSReplier` is the other style, for several replies to one request.
public final class DDSService: Sendable {
  /// Performs one operation: reads its parameters from the request, writes what its `_Out` structure holds, members in
  /// order, and nothing when that has no members.
  ///
  /// Throwing a `DDSException` answers with that exception, a `DDSRemoteException` with its code, a `CDRError`
  /// with `INVALID_ARGUMENT`, anything else with `UNKNOWN_EXCEPTION`. Handlers must not block their thread; they may
  /// wait.
  public typealias Handler = @Sendable (DDSRequest, inout CDRWriter) async throws -> Void

  private enum Phase {
    case registering([Int32: Operation])
    case serving(DDSReplier)
    case stopped
  }

  private struct Operation: Sendable {
    var name: String
    var handler: Handler
  }

  /// The interface's qualified name.
  public let interface: String
  private let contract: DDSContract
  private let makeReplier: @Sendable ([String], @escaping DDSReplier.Handler) -> DDSReplier
  private let phase = Lock(Phase.registering([:]))

  /// Makes a service that is not on the network yet.
  ///
  /// - Parameters:
  ///   - interface: its qualified name: `robot::RobotControl`.
  ///   - service: the part of the topics' names that tells services of one interface apart.
  ///   - instanceName: requests for other instances are left to them; those that name none are performed.
  ///   - representation: how replies are written.
  public convenience init(
    interface: String, service: String = "Service", network: DDSNetwork, instanceName: String = "",
    representation: DDSRepresentation = .xcdr1, limits: DDSReplier.Limits = .init()
  ) {
    self.init(
      .interface(interface, service: service), network: network, instanceName: instanceName,
      representation: representation, limits: limits)
  }

  /// The same, of an interface whose dialect or topics are not the usual ones.
  public init(
    _ contract: DDSContract, network: DDSNetwork, instanceName: String = "",
    representation: DDSRepresentation = .xcdr1, limits: DDSReplier.Limits = .init()
  ) {
    self.contract = contract
    interface = contract.name
    makeReplier = { operations, handler in
      DDSReplier(
        contract, operations: operations, network: network, instanceName: instanceName,
        representation: representation, limits: limits, handler: handler)
    }
  }

  /// Adds an operation by its unqualified name; only before `start`.
  ///
  /// - Throws: `DDSError` when the name is taken, its hash is 0 or another operation's, or the service was started.
  public func register(_ operation: String, handler: @escaping Handler) throws(DDSError) {
    let label = contract.label(operation) ?? 0
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
      let handlers = Dictionary(uniqueKeysWithValues: operations.values.map { ($0.name, $0.handler) })
      let replier = makeReplier(Array(handlers.keys)) { request, replies in
        guard let handler = handlers[request.operation] else { throw DDSRemoteException.unknownOperation }
        try await replies.send { try await handler(request, &$0) }
      }
      try replier.start()
      phase = .serving(replier)
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
    guard case .serving(let replier) = previous else { return }
    await replier.stop(grace: grace)
  }

  /// What the service's requests came to; nil when it does not serve.
  package var counters: ReplierCounters? {
    phase.withLock { phase in
      guard case .serving(let replier) = phase else { return nil }
      return replier.counters
    }
  }
}
