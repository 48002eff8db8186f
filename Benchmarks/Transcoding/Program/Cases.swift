import BenchMessages
import SwiftProtobuf

/// One message of the benchmark.
struct Case: Sendable {
  var name: String
  var message: any Message

  static let all: [Case] = [
    Case(name: "pool", message: pool()),
    Case(name: "wide-100", message: wide()),
    Case(name: "list-10k", message: list(items: 180)),
    Case(name: "list-1M", message: list(items: 18_000)),
    Case(name: "deep-60", message: deep(60)),
    Case(name: "strings", message: strings()),
    Case(name: "numbers", message: numbers()),
  ]

  func generatedToJSON(_ wire: [UInt8]) throws { try Case.toJSON(like: message, wire) }
  func generatedToWire(_ json: [UInt8]) throws { try Case.toWire(like: message, json) }

  private static func toJSON<M: Message>(like message: M, _ wire: [UInt8]) throws {
    let json: [UInt8] = try M(serializedBytes: wire).jsonUTF8Bytes()
    precondition(!json.isEmpty)
  }

  private static func toWire<M: Message>(like message: M, _ json: [UInt8]) throws {
    let wire: [UInt8] = try M(jsonUTF8Bytes: json).serializedBytes()
    precondition(!wire.isEmpty)
  }

  // MARK: Messages

  /// 16 fields, 231 bytes of wire, some 610 of JSON: what a storage service says of a pool.
  private static func pool() -> Bench_Pool {
    var pool = Bench_Pool()
    pool.status = -1005
    pool.uuid = "7d2a2b0c-41f5-4bb6-9e63-5e3cd1a0f0b7"
    pool.label = "scratch-pool-007-in-the-second-hall"
    pool.targets = 128
    pool.active = 127
    pool.engines = 16
    pool.disabled = 1
    pool.version = 12
    pool.leader = 3
    pool.rebuild.state = .degraded
    pool.rebuild.objects = 4711
    pool.rebuild.records = 815_000
    for media: UInt32 in 1...2 {
      var tier = Bench_Tier()
      tier.total = 1_099_511_627_776 * UInt64(media)
      tier.free = tier.total / 3
      tier.min = tier.total / 640
      tier.max = tier.total / 320
      tier.mean = tier.total / 480
      tier.media = media
      pool.tiers.append(tier)
    }
    pool.ranks = "[0-2,4-15,17-31]"
    pool.excluded = "[3,16],[132-141]"
    pool.layout = 2
    pool.state = .ready
    pool.replicas = [0, 4, 8, 12, 200]
    return pool
  }

  private static func list(items: Int) -> Bench_List {
    var list = Bench_List()
    for number in 0..<items {
      var item = Bench_Item()
      item.id = 9_000_000_000 + UInt64(number) * 7919
      item.name = "item number \(number) of the list"
      item.value = 0.25 + Double(number) * 1.37
      item.enabled = number % 3 == 0
      item.state = number % 2 == 0 ? .ready : .degraded
      list.items.append(item)
    }
    return list
  }

  private static func deep(_ levels: Int) -> Bench_Node {
    var node = Bench_Node()
    for depth in (0..<levels).reversed() {
      var outer = Bench_Node()
      outer.name = "level \(depth)"
      outer.depth = Int32(depth)
      if depth < levels - 1 { outer.child = node }
      node = outer
    }
    return node
  }

  private static func strings() -> Bench_Strings {
    let plain = String(repeating: "The quick brown fox jumps over the lazy dog. ", count: 12)
    let escaped = String(repeating: "a \"quoted\" word,\ta tab\nand C:\\path ", count: 8)
    let foreign = String(repeating: "Zwölf Boxkämpfer jagen Viktor quer über 東京 ", count: 8)
    var strings = Bench_Strings()
    for _ in 0..<8 { strings.texts += [plain, "short", escaped, plain, foreign, ""] }
    return strings
  }

  private static func numbers() -> Bench_Numbers {
    var numbers = Bench_Numbers()
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    for index in 0..<200 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      numbers.reals.append(
        index % 2 == 0 ? Double(Int64(bitPattern: state) >> 20) / 1e6 : Double(state >> 44) / 100)
      numbers.integers.append(Int64(bitPattern: state) >> (index % 60))
      numbers.counts.append(UInt32(truncatingIfNeeded: state >> (33 + UInt64(index) % 28)))
      numbers.steps.append(Int32(truncatingIfNeeded: Int64(bitPattern: state) >> 50))
      numbers.singles.append(Float(Int32(truncatingIfNeeded: state >> 40)) / 64)
    }
    return numbers
  }

  /// Every field set, by way of the generic interface: a hundred assignments would say no more.
  private static func wide() -> Bench_Wide {
    var fields: [String] = []
    for index in 0..<100 {
      let value =
        switch index % 10 {
        case 0: "\(index * 1009)"
        case 1: "\"text of field \(index)\""
        case 2: "\"\(UInt64(index) * 1_000_000_007_919)\""
        case 3: "\(Double(index) + 0.125)"
        case 4: "true"
        case 5: "\"AAECAwQFBgcI\""
        case 6: "\"-\(index * 77_777)\""
        case 7: "\(index * 65_537)"
        case 8: "\"STATE_READY\""
        default: "\(Double(index) * 0.5)"
        }
      fields.append("\"field\(index + 1)\":\(value)")
    }
    do {
      return try Bench_Wide(jsonString: "{\(fields.joined(separator: ","))}")
    } catch {
      preconditionFailure("\(error)")
    }
  }
}
