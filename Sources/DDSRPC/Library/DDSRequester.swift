internal import EventLoop
internal import RPCCore
internal import SchemaModel

/// A client of a DDS-RPC service in request/reply style: a request, and the replies to it as they come.
///
///     let arm = try DDSRequester(
///       .types(request: "arm::Request", reply: "arm::Reply", service: "calibration"),
///       network: .loopback(domain: 7))
///     for try await reply in arm.request(parameters: { $0.write("left") }) {
///       var members = reply
///       print(try members.readUInt32())
///     }
///     await arm.stop()
///
/// Sends nothing unless a server reads requests and its replies would be heard. Services of either style answer it.
/// `DDSClient` is the other style.
public final class DDSRequester: Sendable {
  /// Most replies that wait to be taken; more end the call.
  public static let maxWaiting = 1024

  /// How a service is reached.
  public struct Options: Sendable {
    /// Which instance of the service; empty: any.
    public var instanceName = ""
    /// How requests are written; replies are read in both.
    public var representation = DDSRepresentation.xcdr1
    /// How long a call waits for a server to be found.
    public var matchTimeout = DDSSettings.defaultMatchTimeout
    /// Calls at a time; more are refused.
    public var maxCalls = DDSSettings.defaultInFlight

    /// The defaults.
    public init() {}
  }

  private let core: RequesterCore

  /// Joins the domain.
  ///
  /// - Throws: `DDSError` when Cyclone DDS refuses.
  public init(_ contract: DDSContract, network: DDSNetwork, options: Options = Options()) throws(DDSError) {
    core = try RequesterCore(contract, network, options)
  }

  /// Sends a request, and gives its replies until the caller has enough of them.
  ///
  /// The sequence ends with an error when no reply comes for `patience`, or all services go after the first reply: a
  /// `DDSCallError`; when the service answers with an exception: `DDSRaisedException` or `DDSRemoteException`. Leaving
  /// the loop ends the call.
  ///
  /// - Parameters:
  ///   - operation: unqualified name; none for a pair of types.
  ///   - raises: qualified names of the exceptions that the operation declares.
  ///   - patience: how long to wait for the first reply, and between two.
  ///   - parameters: writes what the `_In` structure, or the request behind its header, holds: members in order.
  public func request(
    _ operation: String = "", raises: [String] = [], patience: Duration = .seconds(30),
    parameters: (inout CDRWriter) -> Void = { _ in }
  ) -> AsyncThrowingStream<CDRReader, any Error> {
    let silence = RPCReplies.Silence.fails(after: patience.wholeNanoseconds)
    let call = core.prepare(operation, raises, patience, .several(silence), parameters)
    let (stream, continuation) = AsyncThrowingStream<CDRReader, any Error>.makeStream(
      bufferingPolicy: .bufferingOldest(Self.maxWaiting))
    let core = core
    // Not on the core's loop, which may have stopped: the task would never begin.
    let task = Task(executorPreference: globalConcurrentExecutor) {
      let sink = ReplySequenceSink(continuation)
      let status = await core.backend.perform(call.call, call.operation, sink: sink)
      continuation.finish(throwing: sink.failure ?? core.error(status))
    }
    continuation.onTermination = { _ in task.cancel() }
    return stream
  }

  /// Leaves the domain after the calls in flight have ended.
  public func stop() async { await core.stop() }
}

/// Gives replies to an asynchronous sequence.
private final class ReplySequenceSink: ReplySink {
  private let continuation: AsyncThrowingStream<CDRReader, any Error>.Continuation
  private(set) var failure: (any Error)?

  init(_ continuation: AsyncThrowingStream<CDRReader, any Error>.Continuation) {
    self.continuation = continuation
  }

  func receive(_ body: ReplyBody) -> ReplyDemand {
    do throws(CDRError) {
      switch continuation.yield(try body.reader()) {
      case .enqueued: return .more
      case .dropped:
        failure = DDSCallError(
          kind: .overloaded, wasSent: true,
          message: "\(DDSRequester.maxWaiting) replies wait to be taken already")
        return .enough
      default: return .enough
      }
    } catch {
      failure = error
      return .enough
    }
  }
}
