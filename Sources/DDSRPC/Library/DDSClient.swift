internal import EventLoop
internal import RPCCore

/// A client of a DDS-RPC service in function-call style: a call, and its one result.
///
///     let robot = try DDSClient(interface: "robot::RobotControl", network: .loopback(domain: 7))
///     do {
///       var result = try await robot.call("setSpeed", raises: ["robot::TooFast"]) { $0.write(Float(3.5)) }
///       print(try result.readFloat())
///     } catch let exception as DDSRaisedException {
///       print(exception.name)
///     }
///     await robot.stop()
///
/// Services of either style answer it.
public final class DDSClient: Sendable {
  private let core: RequesterCore

  /// Joins the domain.
  ///
  /// - Throws: `DDSError` when Cyclone DDS refuses.
  public convenience init(
    interface: String, service: String = "Service", network: DDSNetwork,
    options: DDSRequester.Options = .init()
  ) throws(DDSError) {
    try self.init(.interface(interface, service: service), network: network, options: options)
  }

  /// The same, of an interface whose dialect or topics are not the usual ones.
  public init(_ contract: DDSContract, network: DDSNetwork, options: DDSRequester.Options = .init())
    throws(DDSError)
  {
    core = try RequesterCore(contract, network, options)
  }

  /// Calls an operation and waits for its result: the members of its `_Out` structure, in order.
  ///
  /// - Parameters:
  ///   - operation: unqualified name.
  ///   - raises: qualified names of the exceptions that it declares.
  ///   - parameters: writes the members of its `_In` structure, in order.
  /// - Throws: `DDSRaisedException` for one of these, `DDSRemoteException` for a code of the service, `DDSCallError` when
  ///   there is no answer, or none that can be read.
  public func call(
    _ operation: String, raises: [String] = [], timeout: Duration = .seconds(30),
    parameters: (inout CDRWriter) -> Void = { _ in }
  ) async throws -> CDRReader {
    let prepared = core.prepare(operation, raises, timeout, .one, parameters)
    let reply = UnaryReply()
    var status = await core.backend.perform(prepared.call, prepared.operation, sink: reply)
    if core.wantsAnew(prepared, after: status) {
      let again = core.prepare(operation, raises, timeout, .one, parameters)
      status = await core.backend.perform(again.call, again.operation, sink: reply)
    }
    if let error = core.error(status) { throw error }
    return try (reply.body ?? ReplyBody([])).reader()
  }

  /// Leaves the domain after the calls in flight have ended.
  public func stop() async { await core.stop() }
}
