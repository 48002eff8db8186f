import DAOSMessages
import Foundation

/// The state of a small DAOS system of two nodes with four ranks; ranks 0 and 1 are this node's.
actor System {
  enum Release: String { case v26 = "2.6", v28 = "2.8" }

  struct Pool: Sendable {
    let uuid: String
    let label: String
    let ranks: [UInt32]
    let replicas: [UInt32]
    let scm: UInt64
    let nvme: UInt64
    let containers: [String]
    var properties: [UInt32: Mgmt_PoolProperty.OneOf_Value]
    var handles: Int32
    /// Whether the management service names it to engines: neither being created nor destroyed.
    var isReady = true
    var acl = ["A::OWNER@:rwdtTaAo", "A:G:GROUP@:rwtT", "A::lucy@:r"]
  }

  static let name = "daos_server"
  static let targetsPerRank: UInt32 = 8

  nonisolated let release: Release
  nonisolated let engines: Int
  private(set) var pools: [Pool]
  /// UUIDs of devices that were set faulty.
  private(set) var faulty: Set<String> = []

  init(release: Release, engines: Int) {
    self.release = release
    self.engines = engines
    let tebibyte: UInt64 = 1 << 40
    pools = [
      Pool(
        uuid: "8a05bf3a-a088-4a77-bb9f-df989fce7cc8", label: "tank", ranks: [0, 1, 2, 3],
        replicas: [0, 1, 2],
        scm: tebibyte / 16 * 3, nvme: 46 * tebibyte,
        containers: [
          "30e5d364-62c9-4ddf-9284-1021359455f2", "3d7e0b3d-8b1c-4c5c-9f6b-0d7b4f3c7a11",
          "b7e2f7f4-3a55-4d5f-8a8e-6a7f8c1d2e3f",
        ],
        properties: [1: .strval("tank"), 3: .numval(5), 4: .numval(3), 5: .numval(2), 9: .numval(65_536)],
        handles: 12),
      Pool(
        uuid: "0d1fad71-5681-48d4-acdd-7bb2e786f12e", label: "scratch", ranks: [0, 1], replicas: [0],
        scm: tebibyte / 32, nvme: 9_007_199_254_740_993, containers: [],
        properties: [
          1: .strval("scratch"), 3: .numval(0), 4: .numval(3), 5: .numval(1), 9: .numval(1 << 20),
        ],
        handles: 0),
      Pool(
        uuid: "5ad3e1c6-7f0b-4e0e-9a6f-2a1a6f0a9c55", label: "attic", ranks: [0, 1], replicas: [1],
        scm: tebibyte / 64, nvme: tebibyte, containers: [], properties: [1: .strval("attic")], handles: 0,
        isReady: false),
    ]
  }

  func pool(_ uuid: String) -> Pool? { pools.first { $0.uuid == uuid.lowercased() } }
  func readyPool(_ uuid: String) -> Pool? { pool(uuid).flatMap { $0.isReady ? $0 : nil } }
  func pool(labelled label: String) -> Pool? { pools.first { $0.label == label && $0.isReady } }

  func set(_ property: Mgmt_PoolProperty, of uuid: String) {
    guard let index = pools.firstIndex(where: { $0.uuid == uuid.lowercased() }) else { return }
    pools[index].properties[property.number] = property.value
  }

  /// How many handles were open.
  func evict(_ uuid: String) -> Int32 {
    guard let index = pools.firstIndex(where: { $0.uuid == uuid.lowercased() }) else { return 0 }
    defer { pools[index].handles = 0 }
    return pools[index].handles
  }

  func setACL(_ entries: [String], of uuid: String) {
    guard let index = pools.firstIndex(where: { $0.uuid == uuid.lowercased() }) else { return }
    pools[index].acl = entries
  }

  func setFaulty(_ device: String) { faulty.insert(device) }
  func setWorking(_ device: String) { faulty.remove(device.lowercased()) }

  /// The two NVMe devices of an engine.
  nonisolated func devices(of engine: Int) -> [(uuid: String, address: String)] {
    (0..<2).map { device in
      (
        "a2f0c0de-0000-4000-8000-0000000\(engine)0\(device)\(device)1",
        "0000:\(engine == 0 ? "5e" : "d8"):0\(device).0"
      )
    }
  }
}
