internal import DRPC
internal import EventLoop
internal import GatewayCore
internal import RPCCore

/// Makes the backend of a service.
enum Backends {
  static func make(_ plan: SnapshotBuilder.BackendPlan, loops: [EventLoop]) -> any RPCBackend {
    switch plan.service.backend {
    case .drpc(let configuration):
      let methods = plan.addresses.map { address in
        address.map { DRPCMethod(module: $0.module, method: $0.method) }
      }
      return DRPCBackend(settings(configuration), methods: methods, loops: loops)
    }
  }

  private static func settings(_ configuration: DRPCServiceConfiguration) -> DRPCSettings {
    let framing: DRPCFraming =
      switch configuration.framing {
      case .auto: .auto
      case .raw: .raw
      case .chunked: .chunked
      }
    return DRPCSettings(
      sockets: configuration.sockets.map(\.path.text), framing: framing,
      connections: configuration.connections, queue: configuration.queue,
      maxRequest: configuration.maxRequest, maxReply: configuration.maxReply)
  }
}
