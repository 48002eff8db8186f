import DAOSMessages
import DRPC
import Foundation
import SwiftProtobuf

/// daos_agent: what clients are told about the system.
enum Agent {
  static func server(_ path: String, _ system: System) throws -> DRPCServer {
    let server = DRPCServer(path: path, mode: 0o666)
    try server.register(
      DRPCModule(id: 1, methods: [101: { try DRPCReply(credentials(of: $0.caller)) }]))
    try server.register(
      DRPCModule(id: 2, methods: [206: { try DRPCReply(attachInfo($0.message(), system)) }]))
    return server
  }

  private static func attachInfo(
    _ request: Mgmt_GetAttachInfoReq, _ system: System
  ) -> Mgmt_GetAttachInfoResp {
    .with { info in
      guard request.sys.isEmpty || request.sys == System.name else {
        info.status = Status.invalid
        return
      }
      info.sys = System.name
      let ranks: [UInt32] = request.allRanks ? [0, 1, 2, 3] : [0, 2]
      info.rankUris = ranks.map { rank in
        .with {
          $0.rank = rank
          $0.uri = "ofi+tcp;ofi_rxm://10.8.1.\(rank / 2 + 11):3141\(rank % 2 + 6)"
          $0.numCtxs = 9
        }
      }
      info.msRanks = [0, 2]
      info.dataVersion = 47
      info.clientNetHint = .with {
        $0.provider = "ofi+tcp;ofi_rxm"
        $0.interface = request.interface.isEmpty ? "ib0" : request.interface
        $0.domain = request.domain.isEmpty ? "mlx5_0" : request.domain
        $0.crtTimeout = 60
        $0.netDevClass = 32
        $0.srvSrxSet = -1
        $0.envVars = ["FI_OFI_RXM_USE_SRX=1"]
      }
      info.buildInfo = .with {
        $0.major = 2
        $0.minor = system.release == .v26 ? 6 : 8
      }
      if system.release == .v28 {
        info.numaFabricInterfaces = [
          .with { interfaces in
            interfaces.ifaces = [
              .with {
                $0.interface = "ib0"
                $0.domain = "mlx5_0"
                $0.provider = "ofi+tcp;ofi_rxm"
              }
            ]
          }
        ]
      }
    }
  }

  /// A real agent signs a token for whoever asks; here it is enough to see whom it would be for.
  private static func credentials(of caller: DRPCCaller) -> Mgmt_DaosResp {
    .with { $0.status = Int32(clamping: caller.userID) }
  }
}
