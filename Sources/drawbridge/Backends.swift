internal import DDSRPC
internal import DRPC
internal import EventLoop
internal import GatewayCore
internal import RPCCore
internal import SchemaModel

/// Makes the backend of a service.
enum Backends {
  /// Nil after a diagnostic.
  static func make(
    _ plan: SnapshotBuilder.BackendPlan, loops: [EventLoop], diagnostics: inout Diagnostics
  ) -> (any RPCBackend)? {
    switch (plan.service.backend, plan.addresses) {
    case (.drpc(let configuration), .drpc(let addresses)):
      let methods = addresses.map { address in
        address.map { DRPCMethod(module: $0.module, method: $0.method) }
      }
      return DRPCBackend(settings(configuration), methods: methods, loops: loops)
    case (.dds(let configuration), .dds(let table)):
      do throws(DDSError) {
        return try DDSBackend(settings(configuration), table: table, loops: loops)
      } catch {
        diagnostics.error("dds", at: plan.service.location, "service '\(plan.service.name)': \(error)")
        return nil
      }
    case (.drpc, .dds), (.dds, .drpc): return nil
    }
  }

  private static func settings(_ configuration: DDSServiceConfiguration) -> DDSSettings {
    DDSSettings(
      network: DDSNetwork(
        domain: UInt32(clamping: configuration.domain), interface: configuration.interface,
        allowsMulticast: configuration.multicast, peers: configuration.peers, lease: configuration.lease,
        security: configuration.security.map {
          DDSSecurityFiles(
            identityCA: $0.identityCA, certificate: $0.certificate, privateKey: $0.privateKey,
            permissionsCA: $0.permissionsCA, governance: $0.governance, permissions: $0.permissions)
        }, cycloneXML: configuration.cycloneXML),
      instanceName: configuration.instance, partition: configuration.partition,
      representation: configuration.representation == .xcdr1 ? .xcdr1 : .xcdr2,
      matchTimeout: configuration.matchTimeout, settle: configuration.settle,
      inFlight: configuration.inFlight, requireSingle: configuration.requireSingle)
  }

  private static func settings(_ configuration: DRPCServiceConfiguration) -> DRPCSettings {
    let framing: DRPCFraming =
      switch configuration.framing {
      case .auto: .auto
      case .raw: .raw
      case .chunked: .chunked
      }
    let servers: [DRPCSettings.Socket] =
      configuration.select == .first
      ? [.init(patterns: configuration.sockets.map(\.path.text))]
      : configuration.sockets.map { .init(name: $0.key, patterns: [$0.path.text]) }
    return DRPCSettings(
      servers: servers, framing: framing,
      connections: configuration.connections, queue: configuration.queue,
      maxRequest: configuration.maxRequest, maxReply: configuration.maxReply)
  }
}
