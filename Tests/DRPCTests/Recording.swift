import Foundation

/// The packets that DAOS's own programs exchanged: Fixtures/recorded.json.
struct RecordedPacket: Decodable, Sendable {
  enum Direction: String, Decodable { case call, response, header }

  let framing: String
  let name: String
  let direction: Direction
  let bytes: Int
  let hex: String

  var packet: [UInt8] { unhex(hex) }

  static func all() throws -> [RecordedPacket] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/recorded.json")
    return try JSONDecoder().decode([RecordedPacket].self, from: Data(contentsOf: file))
  }

  /// The exchanges of a framing, in order: each call with its reply, and the exchange's name.
  static func exchanges(_ framing: String) throws -> [(name: String, call: [UInt8], reply: [UInt8])] {
    let packets = try all().filter { $0.framing == framing && $0.direction != .header }
    var exchanges: [(String, [UInt8], [UInt8])] = []
    for (call, reply) in zip(packets, packets.dropFirst())
    where call.direction == .call && reply.direction == .response {
      exchanges.append((call.name, call.packet, reply.packet))
    }
    return exchanges
  }
}

func unhex(_ text: String) -> [UInt8] {
  let digits = text.utf8.map { $0 < 0x3a ? $0 &- 0x30 : ($0 | 0x20) &- 0x57 }
  return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// The message in a recorded single-packet exchange.
func message(_ packet: [UInt8], framing: String) -> [UInt8] {
  framing == "chunked" ? Array(packet.dropFirst(24)) : packet
}
