internal import SchemaModel
internal import EventLoop

/// A DDS-RPC service in request/reply style: one handler for all requests, any number of replies to each.
///
///     let arm = DDSReplier(
///       .types(request: "arm::Request", reply: "arm::Reply", service: "calibration"),
///       network: .loopback(domain: 7)
///     ) { request, replies in
///       for percent in 1...100 {
///         try await replies.send { $0.write(UInt32(percent)) }
///       }
///     }
///     try arm.start()
///
/// Writes final types. Reads requests of both representations and byte
/// orders. Requests may be at work at the same time, on the replier's own thread.
public final class DDSReplier: Sendable {
  /// Answers one request. What it throws ends the replies: a `DDSException` with that exception, a
  /// `DDSRemoteException` with its code, a `CDRError` with `INVALID_ARGUMENT`, anything else with `UNKNOWN_EXCEPTION`.
  ///
  /// Handlers must not block their thread; they may wait.
  public typealias Handler = @Sendable (DDSRequest, DDSReplies) async throws -> Void

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
    case fresh
    case serving(ReplierLoop)
    case stopped
  }

  private let contract: DDSContract
  private let options: ReplierLoop.Options
  private let operations: [Int32: String]
  private let handler: Handler
  private let phase = Lock(Phase.fresh)

  /// Makes a service that is not on the network yet.
  ///
  /// - Parameters:
  ///   - operations: unqualified names of the interface's operations; requests for others are answered with
  ///     `UNKNOWN_OPERATION`. None for a pair of types.
  ///   - instanceName: requests for other instances are left to them; those that name none are performed.
  ///   - representation: how replies are written.
  public init(
    _ contract: DDSContract, operations: [String] = [], network: DDSNetwork, instanceName: String = "",
    representation: DDSRepresentation = .xcdr1, limits: Limits = Limits(), handler: @escaping Handler
  ) {
    self.contract = contract
    self.operations = Dictionary(operations.map { (contract.label($0) ?? 0, $0) }) { first, _ in first }
    self.handler = handler
    options = ReplierLoop.Options(
      network: network, instanceName: instanceName, representation: representation, limits: limits)
  }

  deinit {
    guard case .serving(let service) = phase.withLock({ $0 }) else { return }
    service.abandon()
  }

  /// Joins the domain and serves, on a thread of its own.
  ///
  /// - Throws: `DDSError` when Cyclone DDS refuses, the service was started before, or the dialect has clients only.
  public func start() throws(DDSError) {
    try phase.withLock { phase throws(DDSError) in
      guard case .fresh = phase else {
        throw DDSError(kind: .state, message: "a service is started once")
      }
      if let refusal = contract.dialect.row.replierRefusal {
        throw DDSError(
          kind: .state, message: "no services in the dialect \(contract.dialect.row.name): \(refusal)")
      }
      phase = .serving(try ReplierLoop(contract, operations, options, handler))
    }
  }

  /// As `DDSService.stop`.
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
  /// The operation's name; empty for a service that is a pair of types.
  public let operation: String
  /// The instance that the requester named; empty: any.
  public let instanceName: String
  /// The whole sample as it came, from its encapsulation header on.
  public let sample: [UInt8]
  /// Where the operation's `_In` structure, or what follows the header of a pair of types, begins in it.
  public var start: Int { cursor.position }
  let cursor: CDRCursor

  /// Reads the parameters. An operation without any has one octet there, or none.
  public func reader() -> CDRReader { CDRReader(sample, at: cursor) }
}

/// Where a handler's replies to one request go.
public struct DDSReplies: Sendable {
  let loop: ReplierLoop
  let request: IncomingRequest

  /// Sends one reply.
  ///
  /// - Parameter members: writes what the `_Out` structure, or the reply behind its header, holds: members in order.
  /// - Throws: what `members` throws, and `DDSError` when the reply cannot leave: its requester has gone or is too far
  ///   behind, or the service has stopped.
  public func send(_ members: (inout CDRWriter) async throws -> Void) async throws {
    var writer = loop.begin(to: request)
    let start = writer.bytes.count
    try await members(&writer)
    if request.envelope.label != nil { writer.finishStructure(from: start) }
    guard await loop.send(writer.bytes, to: request) else {
      throw DDSError(kind: .transport, message: "a reply could not be written")
    }
  }
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
