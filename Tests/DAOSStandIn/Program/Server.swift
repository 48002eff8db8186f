import DAOSMessages
import DRPC
import Foundation
import SwiftProtobuf

/// daos_server: what its engines ask it about pools, and since 2.8 the lists.
enum Server {
  static func server(_ path: String, _ system: System) throws -> DRPCServer {
    let server = DRPCServer(path: path, mode: 0o600)
    var module = DRPCModule(id: 3)
    module.register(method: 303) { request in
      let uuid = try request.message(Srv_GetPoolSvcReq.self).uuid
      guard UUID(uuidString: uuid) != nil else { throw DRPCStatus.failure }
      let pool = await system.readyPool(uuid)
      return try DRPCReply(
        Srv_GetPoolSvcResp.with {
          $0.status = pool == nil ? Status.nonexistent : 0
          $0.svcreps = pool?.replicas ?? []
        })
    }
    module.register(method: 305) { request in
      let pool = await system.pool(labelled: try request.message(Srv_PoolFindByLabelReq.self).label)
      return try DRPCReply(
        Srv_PoolFindByLabelResp.with {
          $0.status = pool == nil ? Status.nonexistent : 0
          $0.uuid = pool?.uuid ?? ""
          $0.svcreps = pool?.replicas ?? []
        })
    }
    if system.release == .v28 { registerLists(&module, system) }
    try server.register(module)
    return server
  }

  private static func registerLists(_ module: inout DRPCModule, _ system: System) {
    module.register(method: 310) { request in
      let all = try request.message(Srv_ListPoolsReq.self).includeAll
      let pools = await system.pools.filter { all || $0.isReady }
      return try DRPCReply(
        Srv_ListPoolsResp.with { list in
          list.pools = pools.map { pool in
            .with {
              $0.uuid = pool.uuid
              $0.label = pool.label
              $0.svcreps = pool.replicas
            }
          }
        })
    }
    module.register(method: 311) { request in
      let keys = try request.message(Mgmt_SystemGetPropReq.self).keys
      let properties = ["daos_system": System.name, "daos_version": "2.8.0", "pool_scrub_mode": "off"]
      guard keys.allSatisfy({ properties[$0] != nil }) else { throw DRPCStatus.failure }
      return try DRPCReply(
        Mgmt_SystemGetPropResp.with {
          $0.properties = properties.filter { keys.isEmpty || keys.contains($0.key) }
        })
    }
  }
}
