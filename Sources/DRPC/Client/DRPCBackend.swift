package import EventLoop
package import RPCCore
package import SchemaModel

/// Where a method is found on the wire.
package struct DRPCMethod: Sendable, Hashable {
  package let module: Int32
  package let method: Int32

  package init(module: Int32, method: Int32) {
    self.module = module
    self.method = method
  }
}

/// A dRPC service as a backend of the gateway.
///
/// Call `shutDown` before the last reference goes, or its connections stay open; and before its loops stop.
package final class DRPCBackend: RPCBackend {
  private let core: ClientCore
  private let methods: [DRPCMethod?]

  /// - Parameters:
  ///   - methods: by `MethodID`; nil for methods that are not this service's.
  ///   - loops: those that will make calls; connections are divided among them.
  package init(_ settings: DRPCSettings, methods: [DRPCMethod?], loops: [EventLoop]) {
    self.methods = methods
    core = ClientCore(settings, loops: loops)
  }

  package func call(_ call: RPCCall, sink: any ReplySink) async -> RPCStatus {
    switch route(call) {
    case .refused(let status): return status
    case .to(let address, let socket):
      let outcome = await core.perform(
        socket: socket, module: address.module, method: address.method, body: call.body,
        deadline: call.deadline, abandonable: call.abandonable)
      return outcome.status(module: address.module, method: address.method, sink: sink)
    }
  }

  package func begin(_ call: RPCCall, caller: any RPCCaller) -> (any RPCCallHandle)? {
    switch route(call) {
    case .refused(let status): caller.ended(status)
    case .to(let address, let socket):
      guard let pool = core.pool(socket) else {
        caller.ended(.transport(.absent, sent: false, ClientCore.withoutLoop))
        return nil
      }
      let pending = PortCall(
        address, body: call.body, deadline: call.deadline, pool: pool, caller: caller)
      pending.begin()
      if call.abandonable { return pending }
    }
    return nil
  }

  private enum Destination {
    case to(DRPCMethod, socket: Int)
    case refused(RPCStatus)
  }

  private func route(_ call: RPCCall) -> Destination {
    let position = Int(call.method.rawValue)
    guard methods.indices.contains(position), let address = methods[position] else {
      return .refused(
        RPCStatus(
          code: .unimplemented, origin: .gateway, sent: false,
          message: "the method has no dRPC module and method"))
    }
    let name: String? = if case .named(let name) = call.target { name } else { nil }
    guard let socket = core.socket(name) else {
      return .refused(
        .transport(
          .absent, sent: false,
          name.map { "the service has no socket '\($0)'; it has \(core.socketNames)" }
            ?? "the call names none of the service's sockets \(core.socketNames)"))
    }
    return .to(address, socket: socket)
  }

  package func requestPrefix(for method: MethodID, target: RPCTarget) -> [UInt8] { [] }

  package var readiness: Readiness {
    let obstacles = core.obstacles
    // One live server of several is enough for calls that name it.
    return obstacles.count < core.socketCount ? .ready : .down(obstacles)
  }

  package func shutDown(by deadline: Deadline) async { await core.shutDown(by: deadline) }
}

extension DRPCStatus {
  /// There is no error text on the wire: the code is all that a caller learns.
  var code: RPCCode {
    switch self {
    case .success, .submitted: .ok
    case .failure: .unknown
    case .unknownModule, .unknownMethod: .unimplemented
    case .failedUnmarshalPayload: .invalidArgument
    default: .internal
    }
  }
}
