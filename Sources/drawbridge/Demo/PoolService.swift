internal import DRPC
internal import DemoMessages
internal import SwiftProtobuf

/// The demo's pool service: a few pools in memory behind DAOS's module and method numbers.
///
/// Its messages are SwiftProtobuf's, so that every request crosses two implementations of protobuf.
actor PoolService {
  /// Numbers of DAOS: `drpc_modules.h`; module 0 is for tests.
  private enum Number {
    static let testModule: Int32 = 0
    static let echo: Int32 = 1
    static let managementModule: Int32 = 2
    static let poolCreate: Int32 = 207
    static let poolQuery: Int32 = 223
    static let serverModule: Int32 = 3
    static let listPools: Int32 = 310
  }

  /// DAOS's own statuses, inside the reply.
  private enum Status {
    static let invalid: Int32 = -1003
    static let exists: Int32 = -1004
    static let nonexistent: Int32 = -1005
    static let noSpace: Int32 = -1007
  }

  /// Most pools that clients may add.
  private static let mostPools = 64
  /// Most bytes of one pool: 1 PiB.
  private static let mostBytes: UInt64 = 1 << 50

  private var pools: [Demo_PoolQueryResp]

  init() {
    pools = [
      Self.pool("tank", uuid: "11111111-1111-4111-8111-111111111111", bytes: 9_007_199_254_740_993),
      Self.pool("scratch", uuid: "22222222-2222-4222-8222-222222222222", bytes: 20_000_000_000_000),
    ]
  }

  /// The modules as a server registers them.
  nonisolated var modules: [DRPCModule] {
    [
      DRPCModule(id: Number.testModule, methods: [Number.echo: { DRPCReply(body: $0.body) }]),
      DRPCModule(
        id: Number.managementModule,
        methods: [
          Number.poolQuery: { try await Self.reply(self.query(Self.read($0))) },
          Number.poolCreate: { try await Self.reply(self.create(Self.read($0))) },
        ]),
      DRPCModule(
        id: Number.serverModule,
        methods: [
          Number.listPools: { request in
            let _: Demo_ListPoolsReq = try Self.read(request)
            return try await Self.reply(self.list())
          }
        ]),
    ]
  }

  // MARK: Methods

  private func query(_ request: Demo_PoolQueryReq) -> Demo_PoolQueryResp {
    if let pool = pools.first(where: { $0.label == request.id || $0.uuid == request.id }) { return pool }
    return .with { $0.status = Status.nonexistent }
  }

  private func list() -> Demo_ListPoolsResp {
    .with { response in
      response.pools = pools.map { pool in
        .with {
          $0.uuid = pool.uuid
          $0.label = pool.label
          $0.svcReps = pool.svcReps
          $0.state = "Ready"
        }
      }
    }
  }

  private func create(_ request: Demo_PoolCreateReq) -> Demo_PoolCreateResp {
    guard !request.label.isEmpty, request.totalBytes > 0 else { return .with { $0.status = Status.invalid } }
    if pools.contains(where: { $0.label == request.label }) { return .with { $0.status = Status.exists } }
    guard pools.count < Self.mostPools, request.totalBytes <= Self.mostBytes else {
      return .with { $0.status = Status.noSpace }
    }
    let number = pools.count + 1
    let uuid = "\(String(repeating: "0", count: 7))\(number % 10)-0000-4000-8000-00000000\(1000 + number)"
    let pool = Self.pool(request.label, uuid: uuid, bytes: request.totalBytes)
    pools.append(pool)
    return .with {
      $0.uuid = pool.uuid
      $0.label = pool.label
      $0.tierBytes = pool.tierStats.map(\.total)
    }
  }

  private static func pool(_ label: String, uuid: String, bytes: UInt64) -> Demo_PoolQueryResp {
    .with { pool in
      pool.uuid = uuid
      pool.label = label
      pool.totalTargets = 32
      pool.activeTargets = 31
      pool.disabledTargets = 1
      pool.rebuild = .with {
        $0.state = .done
        $0.objects = 12
        $0.records = 34
      }
      pool.tierStats = [tier(.scm, bytes / 16), tier(.nvme, bytes - bytes / 16)]
      pool.version = 3
      pool.leader = 1
      pool.enabledRanks = "0-2"
      pool.totalEngines = 4
      pool.state = .ready
      pool.svcReps = [0, 1, 2]
    }
  }

  private static func tier(_ media: Demo_StorageMediaType, _ bytes: UInt64) -> Demo_StorageUsageStats {
    .with {
      $0.mediaType = media
      $0.total = bytes
      $0.free = bytes / 2
      $0.min = bytes / 64
      $0.max = bytes / 32
      $0.mean = bytes / 48
    }
  }

  // MARK: Messages

  private static func read<Request: Message>(_ request: DRPCRequest) throws -> Request {
    do {
      return try Request(serializedBytes: request.body)
    } catch {
      throw DRPCStatus.failedUnmarshalPayload
    }
  }

  private static func reply(_ message: some Message) throws -> DRPCReply {
    DRPCReply(body: try message.serializedBytes())
  }
}
