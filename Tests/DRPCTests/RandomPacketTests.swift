import Testing

@testable import DRPC

/// Recorded packets with random damage, from a fixed seed: nothing traps, and what is taken is within its packet.
@Suite struct RandomPacketTests {
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func damagedPackets(seed: UInt64) throws {
    var random = Generator(state: seed)
    let recorded = try RecordedPacket.all().map(\.packet)
    var taken = 0
    for _ in 0..<5000 {
      var server = ServerConnectionState(maxMessage: 1000)
      var client = ConnectionState(
        framing: random.next() & 1 == 0 ? .raw : .chunked, probing: false, maxReply: 1000)
      _ = client.beginCall()
      client.sentWhole()
      for _ in 0..<4 {
        let packet = damaged(recorded[Int(random.next() % UInt64(recorded.count))], &random)
        if case .call(_, let body) = server.receive(packet.span) {
          taken += 1
          #expect(body.count <= packet.count)
        }
        if case .deliver(_, let body) = client.receive(packet) {
          #expect(body.count <= packet.count)
          _ = client.beginCall()
          client.sentWhole()
        }
      }
    }
    #expect(taken > 1000)
  }

  private func damaged(_ packet: [UInt8], _ random: inout Generator) -> [UInt8] {
    var bytes = packet
    for _ in 0..<(random.next() % 3) where !bytes.isEmpty {
      let position = Int(random.next() % UInt64(bytes.count))
      switch random.next() % 4 {
      case 0: bytes[position] = UInt8(truncatingIfNeeded: random.next())
      case 1: bytes[position] ^= 1 << UInt8(random.next() % 8)
      case 2: bytes.remove(at: position)
      default: bytes.insert(0xff, at: position)
      }
    }
    return bytes
  }

  /// SplitMix64.
  private struct Generator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
      return mixed ^ (mixed >> 31)
    }
  }
}
