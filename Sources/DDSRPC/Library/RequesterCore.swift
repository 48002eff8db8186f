internal import EventLoop
internal import RPCCore
internal import SchemaModel

/// What both clients of the library are made of: the gateway's requester, on a loop of its own.
final class RequesterCore: Sendable {
  let backend: DDSBackend
  private let loop: EventLoop
  private let contract: DDSContract

  init(_ contract: DDSContract, _ network: DDSNetwork, _ options: DDSRequester.Options) throws(DDSError) {
    self.contract = contract
    var settings = DDSSettings(network: network)
    settings.instanceName = options.instanceName
    settings.representation = options.representation
    settings.matchTimeout = options.matchTimeout
    settings.inFlight = options.maxCalls
    var wire = DDSInterfaceWire(
      name: contract.name, requestTopic: contract.requestTopic, replyTopic: contract.replyTopic,
      requestTypeName: contract.requestType, replyTypeName: contract.replyType)
    wire.envelope = contract.dialect.row.envelope
    wire.hasOperations = contract.hasOperations
    var table = DDSRPCTable()
    table.interfaces = [wire]
    loop = try Self.startedLoop()
    do throws(DDSError) {
      backend = try DDSBackend(settings, table: table, loops: [loop])
    } catch {
      loop.stop()
      loop.join()
      throw error
    }
  }

  private static func startedLoop() throws(DDSError) -> EventLoop {
    do throws(SystemError) {
      let loop = try EventLoop()
      try loop.start()
      return loop
    } catch {
      throw DDSError(kind: .transport, message: "\(error)")
    }
  }

  func stop() async {
    await backend.shutDown(by: .never)
    loop.stop()
    if !loop.isCurrent { loop.join() }
  }

  // MARK: Calls

  func prepare(
    _ operation: String, _ raises: [String], _ patience: Duration, _ replies: RPCReplies,
    _ parameters: (inout CDRWriter) -> Void
  ) -> (call: RPCCall, operation: DDSOperationWire) {
    var wire = DDSOperationWire(interface: 0, label: contract.label(operation))
    wire.exceptions = raises.map {
      DDSExceptionWire(name: $0, type: TypeID(rawValue: -1), labels: contract.labels(exception: $0))
    }
    var writer = backend.begin(wire, target: .any)
    let start = writer.bytes.count
    parameters(&writer)
    if contract.hasOperations, contract.dialect.row.writesPlaceholder { writer.finishStructure(from: start) }
    let deadline = Deadline(MonotonicInstant.current().advanced(nanoseconds: patience.wholeNanoseconds))
    let call = RPCCall(
      method: MethodID(rawValue: -1), body: writer.bytes, deadline: deadline, abandonable: true,
      replies: replies)
    return (call, wire)
  }

  /// Whether a call that was not sent must be written anew, in the representation that the server takes.
  func wantsAnew(
    _ prepared: (call: RPCCall, operation: DDSOperationWire), after status: RPCStatus
  ) -> Bool {
    status.failure == .absent && !status.sent
      && !prepared.call.body.starts(with: backend.begin(prepared.operation, target: .any).bytes)
  }

  /// What a caller gets of a call that did not end well; nil for one that did.
  func error(_ status: RPCStatus) -> (any Error)? {
    if status.code == .ok { return nil }
    switch status.detail {
    case .userException(let name, let body):
      do throws(CDRError) {
        return DDSRaisedException(name: name, reader: try body.reader())
      } catch {
        return error
      }
    case .remoteException(let number): return DDSRemoteException(rawValue: number)
    case .drpc, .bodyStatus, nil: return DDSCallError(status)
    }
  }
}

extension ReplyBody {
  func reader() throws(CDRError) -> CDRReader {
    CDRReader(bytes, at: CDRCursor(try Encapsulation(bytes.span), position: start))
  }
}
