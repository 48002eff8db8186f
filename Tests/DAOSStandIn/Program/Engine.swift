import DAOSMessages
import DRPC
import Foundation
import SwiftProtobuf

/// An engine: pools by their UUID, and its own devices.
struct Engine: Sendable {
  private let system: System
  private let number: Int

  static func server(_ path: String, _ system: System, engine number: Int) throws -> DRPCServer {
    let engine = Engine(system: system, number: number)
    let server = DRPCServer(path: path, mode: 0o600)
    var module = DRPCModule(id: 2)
    engine.registerPools(&module)
    engine.registerChanges(&module)
    engine.registerDevices(&module)
    try server.register(module)
    return server
  }

  // MARK: Pools

  /// The pool that a request means; an engine knows no labels, and the caller must know the pool's service.
  private func pool(_ id: String, _ sys: String, _ ranks: [UInt32]) async -> (
    pool: System.Pool?, status: Int32
  ) {
    guard sys == System.name, !ranks.isEmpty, id.count == 36 else { return (nil, Status.invalid) }
    guard let pool = await system.pool(id) else { return (nil, Status.nonexistent) }
    return ranks == pool.replicas ? (pool, 0) : (nil, Status.notReplica)
  }

  private func registerPools(_ module: inout DRPCModule) {
    module.register(method: 223) { call in
      let request = try call.message(Mgmt_PoolQueryReq.self)
      let (pool, status) = await pool(request.id, request.sys, request.svcRanks)
      return try DRPCReply(pool.map { answer($0, mask: request.queryMask) } ?? .with { $0.status = status })
    }
    module.register(method: 240) { call in
      let request = try call.message(Mgmt_PoolQueryTargetReq.self)
      var (pool, status) = await pool(request.id, request.sys, request.svcRanks)
      if let known = pool, !known.ranks.contains(request.rank) { (pool, status) = (nil, Status.nonexistent) }
      return try DRPCReply(
        Mgmt_PoolQueryTargetResp.with { [pool, status] in
          $0.status = status
          if let pool { $0.infos = request.targets.map { target(pool, $0) } }
        })
    }
    module.register(method: 222) { call in
      let request = try call.message(Mgmt_ListContReq.self)
      let (pool, status) = await pool(request.id, request.sys, request.svcRanks)
      return try DRPCReply(
        Mgmt_ListContResp.with {
          $0.status = status
          $0.containers = (pool?.containers ?? []).map { uuid in .with { $0.uuid = uuid } }
        })
    }
    module.register(method: 237) { call in
      let request = try call.message(Mgmt_PoolGetPropReq.self)
      let number = request.property.number
      let (pool, status) = await pool(request.id, request.sys, request.svcRanks)
      return try DRPCReply(
        Mgmt_PoolGetPropResp.with {
          $0.status = status
          guard let pool else { return }
          guard let value = pool.properties[number] else {
            $0.status = number == Self.propertyOfACL ? Status.invalid : Status.protocolError
            return
          }
          $0.properties = [
            .with {
              $0.number = number
              $0.value = value
            }
          ]
        })
    }
    module.register(method: 213) { call in
      let request = try call.message(Mgmt_GetACLReq.self)
      let (pool, status) = await pool(request.id, request.sys, request.svcRanks)
      return try DRPCReply(acl(pool?.acl, status))
    }
    module.register(method: 225) { call in
      // The engine that is asked answers, whatever rank is named.
      let _: Mgmt_PingRankReq = try call.message()
      return try DRPCReply(Mgmt_DaosResp())
    }
  }

  private func acl(_ entries: [String]?, _ status: Int32) -> Mgmt_ACLResp {
    .with {
      $0.status = status
      guard let entries else { return }
      $0.acl = .with {
        $0.entries = entries
        $0.ownerUser = "daos_admin@"
        $0.ownerGroup = "daos_admins@"
      }
    }
  }

  private func answer(_ pool: System.Pool, mask: UInt64) -> Mgmt_PoolQueryResp {
    .with { reply in
      let targets = UInt32(pool.ranks.count) * System.targetsPerRank
      reply.uuid = pool.uuid
      // Who does not ask for space learns nothing of targets either.
      let knowsSpace = mask & 1 != 0
      (reply.totalTargets, reply.disabledTargets) = (targets, 1)
      reply.activeTargets = knowsSpace ? targets - 1 : 0
      reply.totalEngines = UInt32(pool.ranks.count)
      reply.version = 3
      reply.svcLdr = pool.replicas[0]
      reply.svcReps = pool.replicas
      (reply.poolLayoutVer, reply.upgradeLayoutVer) = (4, 4)
      reply.queryMask = mask
      reply.tierStats = [tier(.scm, knowsSpace ? pool.scm : 0), tier(.nvme, knowsSpace ? pool.nvme : 0)]
      if mask & 2 != 0 {
        reply.rebuild = .with {
          // DONE has another number in each release.
          $0.state = .init(rawValue: system.release == .v26 ? 1 : 2) ?? .done
          ($0.objects, $0.records) = (1207, 98_311)
        }
      }
      if mask & 4 != 0 { reply.enabledRanks = "0-\(pool.ranks.count - 1)" }
      if mask & 8 != 0 { reply.disabledRanks = "" }
    }
  }

  private func tier(_ media: Mgmt_StorageMediaType, _ bytes: UInt64) -> Mgmt_StorageUsageStats {
    .with {
      $0.mediaType = media
      ($0.total, $0.free) = (bytes, bytes / 10 * 7)
      ($0.min, $0.max, $0.mean) = (bytes / 48, bytes / 40, bytes / 44)
    }
  }

  private func target(_ pool: System.Pool, _ index: UInt32) -> Mgmt_PoolQueryTargetInfo {
    .with {
      $0.state = index == 0 ? .down : .upIn
      let share = UInt64(pool.ranks.count) * UInt64(System.targetsPerRank)
      $0.space = [(Mgmt_StorageMediaType.scm, pool.scm), (.nvme, pool.nvme)].map { media, bytes in
        .with {
          $0.mediaType = media
          ($0.total, $0.free) = (bytes / share, bytes / share / 10 * 7)
        }
      }
    }
  }

  // MARK: Changes

  private func registerChanges(_ module: inout DRPCModule) {
    module.register(method: 224) { call in
      let request = try call.message(Mgmt_PoolSetPropReq.self)
      var (pool, status) = await pool(request.id, request.sys, request.svcRanks)
      if request.property.value == nil { (pool, status) = (nil, Status.invalid) }
      if pool != nil { await system.set(request.property, of: request.id) }
      return try DRPCReply(Mgmt_PoolSetPropResp.with { [status] in $0.status = status })
    }
    module.register(method: 230) { call in
      let request = try call.message(Mgmt_PoolEvictReq.self)
      let (pool, status) = await pool(request.id, request.sys, request.svcRanks)
      let count = pool == nil ? 0 : await system.evict(request.id)
      return try DRPCReply(
        Mgmt_PoolEvictResp.with {
          $0.status = status
          $0.count = count
        })
    }
    module.register(method: 215) { call in
      let request = try call.message(Mgmt_ModifyACLReq.self)
      let (pool, status) = await pool(request.id, request.sys, request.svcRanks)
      if pool != nil { await system.setACL(request.entries, of: request.id) }
      return try DRPCReply(acl(pool == nil ? nil : request.entries, status))
    }
    module.register(method: 216) { call in
      let request = try call.message(Mgmt_ModifyACLReq.self)
      let (pool, status) = await pool(request.id, request.sys, request.svcRanks)
      let names = request.entries.map(Self.principal)
      let entries = (pool?.acl.filter { !names.contains(Self.principal($0)) } ?? []) + request.entries
      if pool != nil { await system.setACL(entries, of: request.id) }
      return try DRPCReply(acl(pool == nil ? nil : entries, status))
    }
    module.register(method: 239) { call in
      let request = try call.message(Mgmt_PoolUpgradeReq.self)
      let (_, status) = await pool(request.id, request.sys, request.svcRanks)
      return try DRPCReply(Mgmt_DaosResp.with { $0.status = status })
    }
    module.register(method: 217) { call in
      let request = try call.message(Mgmt_DeleteACLReq.self)
      let (pool, status) = await pool(request.id, request.sys, request.svcRanks)
      let rest = pool?.acl.filter {
        !request.principal.hasPrefix("u:") || !$0.contains(":\(request.principal.dropFirst(2)):")
      }
      if let rest { await system.setACL(rest, of: request.id) }
      return try DRPCReply(acl(rest, status))
    }
    module.register(method: 220) { call in
      try await change(try call.message(Ctl_SetFaultyReq.self).uuid) { await system.setFaulty($0) }
    }
    module.register(method: 221) { call in
      let request = try call.message(Ctl_DevReplaceReq.self)
      guard !request.oldDevUuid.isEmpty else {
        return try DRPCReply(Ctl_DevManageResp.with { $0.status = Status.invalid })
      }
      return try await change(request.newDevUuid) { _ in await system.setWorking(request.oldDevUuid) }
    }
    module.register(method: 241) { call in
      // An engine takes one PCI address.
      let request = try call.message(Ctl_LedManageReq.self)
      let found = system.devices(of: number).first { $0.address == request.ids }
      return try await change(found?.uuid ?? "00000000-0000-0000-0000-000000000000") { _ in }
    }
  }

  /// Does something to a device and answers with it.
  private func change(_ uuid: String, _ body: (String) async -> Void) async throws -> DRPCReply {
    let (known, status) = known(uuid)
    guard let known else { return try DRPCReply(Ctl_DevManageResp.with { $0.status = status }) }
    await body(known)
    let device = await device(known)
    return try DRPCReply(Ctl_DevManageResp.with { $0.device = device })
  }

  /// As the stand-in spells it. An engine parses UUIDs, in capitals or not.
  private func known(_ uuid: String) -> (uuid: String?, status: Int32) {
    guard UUID(uuidString: uuid) != nil else { return (nil, Status.invalid) }
    let found = system.devices(of: number).first { $0.uuid == uuid.lowercased() }
    return (found?.uuid, found == nil ? Status.nonexistent : 0)
  }

  /// `A:G:GROUP@:rw` as `G:GROUP@`: whom an entry is about.
  private static func principal(_ entry: String) -> String {
    entry.split(separator: ":", omittingEmptySubsequences: false).dropFirst().prefix(2).joined(separator: ":")
  }

  /// The number of the access control list, which has methods of its own.
  private static let propertyOfACL: UInt32 = 2

  // MARK: Devices

  private func registerDevices(_ module: inout DRPCModule) {
    module.register(method: 211) { call in
      let _: Ctl_SmdDevReq = try call.message()
      var devices: [Ctl_SmdDevice] = []
      for (uuid, _) in system.devices(of: number) { devices.append(await device(uuid)) }
      return try DRPCReply(Ctl_SmdDevResp.with { [devices] in $0.devices = devices })
    }
    module.register(method: 212) { call in
      let _: Ctl_SmdPoolReq = try call.message()
      let pools = await system.pools
      return try DRPCReply(
        Ctl_SmdPoolResp.with { reply in
          reply.pools = pools.map { pool in
            .with {
              $0.uuid = pool.uuid
              $0.tgtIds = Array(0..<Int32(System.targetsPerRank))
              $0.blobs = (0..<8).map { 4_294_967_404 + $0 }
            }
          }
        })
    }
    module.register(method: 210) { call in
      let (uuid, status) = known(try call.message(Ctl_BioHealthReq.self).devUuid)
      guard let uuid else { return try DRPCReply(Ctl_BioHealthResp.with { $0.status = status }) }
      return try DRPCReply(
        Ctl_BioHealthResp.with {
          $0.devUuid = uuid
          $0.timestamp = 1_763_690_000
          ($0.ctrlBusyTime, $0.powerCycles, $0.powerOnHours) = (16_230, 96, 21_114)
          ($0.unsafeShutdowns, $0.temperature) = (11, 311)
          ($0.totalBytes, $0.availBytes) = (3_840_755_982_336, 2_687_091_863_552)
          ($0.mediaWearRaw, $0.clusterSize) = (1_893, 33_554_432)
        })
    }
  }

  private func device(_ uuid: String) async -> Ctl_SmdDevice {
    let isFaulty = await system.faulty.contains(uuid)
    let address = system.devices(of: number).first { $0.uuid == uuid }?.address ?? ""
    return .with {
      $0.uuid = uuid
      $0.tgtIds = uuid.hasSuffix("001") ? [0, 1, 2, 3] : [4, 5, 6, 7]
      $0.rank = UInt32(number)
      $0.roleBits = 7
      ($0.totalBytes, $0.availBytes, $0.usableBytes) = (
        3_840_755_982_336, 2_687_091_863_552, 2_684_354_560_000
      )
      $0.clusterSize = 33_554_432
      $0.ctrlr = .with {
        ($0.model, $0.serial, $0.pciAddr) = (
          "MTFDKCC3T8TFR", "2230376C\(address.prefix(7).suffix(2))A1", address
        )
        ($0.fwRev, $0.socketID) = ("G2MU300", Int32(number))
        ($0.devState, $0.ledState, $0.pciDevType, $0.vendorID) = (
          isFaulty ? .evicted : .normal, .off, "NVMe", "1344"
        )
      }
      $0.ctrlrNamespaceID = 1
    }
  }
}
