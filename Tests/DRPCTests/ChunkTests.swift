import Testing

@testable import DRPC

@Suite struct ChunkTests {
  /// Message size and packet sizes: one byte around each boundary.
  @Test(arguments: [
    (0, [24]), (131_047, [131_071]), (131_048, [131_072]), (131_049, [131_072, 25]),
    (262_096, [131_072, 131_072]), (262_097, [131_072, 131_072, 25]),
  ])
  func boundaries(size: Int, expected: [Int]) throws {
    let (packets, message) = try chunked(size)
    #expect(packets.map(\.count) == expected)
    #expect(packets.flatMap { $0.dropFirst(24) } == message)
    var assembler = ChunkAssembler(limit: max(size, 1))
    for (position, packet) in packets.enumerated() {
      let progress = try assembler.receive(packet)
      if position < packets.count - 1 {
        #expect(progress == .needsMore)
      } else {
        #expect(progress == (packets.count == 1 ? .packetIsMessage : .assembled(message)))
      }
    }
    #expect(!assembler.isPartial)
  }

  @Test func recordedBoundaryHeaders() throws {
    let headers = try RecordedPacket.all().filter { $0.direction == .header }.map(\.packet)
    let (one, _) = try chunked(131_048)
    let (two, _) = try chunked(131_049)
    #expect(headers == [one[0], two[0], two[1]].map { Array($0.prefix(24)) })
  }

  @Test func everyTruncationIsRefused() throws {
    for packet in try RecordedPacket.all() where packet.framing == "chunked" && packet.direction != .header {
      for length in 0..<packet.bytes {
        var assembler = ChunkAssembler(limit: 1 << 20)
        #expect(throws: FramingError.self) { try assembler.receive(Array(packet.packet.prefix(length))) }
      }
    }
  }

  /// Every byte of every header, changed: nothing but the original is taken.
  @Test func everyCorruptHeaderIsRefused() throws {
    let (packets, _) = try chunked(300_000)
    for broken in packets.indices {
      for offset in 0..<24 {
        for flip: UInt8 in [1, 0x80, 0xff] {
          var changed = packets
          changed[broken][offset] ^= flip
          #expect(throws: FramingError.self) {
            var assembler = ChunkAssembler(limit: 1 << 30)
            for packet in changed { _ = try assembler.receive(packet) }
          }
        }
      }
    }
  }

  @Test func orderAndRepetitionAreChecked() throws {
    let (packets, _) = try chunked(300_000)
    #expect(packets.count == 3)
    for order in [[1], [0, 2], [0, 0], [0, 1, 1], [2, 1, 0]] {
      #expect(throws: FramingError.indexOutOfOrder) {
        var assembler = ChunkAssembler(limit: 1 << 30)
        for position in order { _ = try assembler.receive(packets[position]) }
      }
    }
  }

  @Test func theLimitIsCheckedBeforeAnythingIsKept() throws {
    let (packets, _) = try chunked(300_000)
    var exact = ChunkAssembler(limit: 300_000)
    for packet in packets { _ = try exact.receive(packet) }
    var small = ChunkAssembler(limit: 299_999)
    #expect(throws: FramingError.messageTooLarge(300_000)) { try small.receive(packets[0]) }
    #expect(!small.isPartial)
    // A header may announce anything.
    var huge: [UInt8] = []
    ChunkHeader(totalDataSize: .max, chunkDataSize: 1, index: 0, totalChunks: .max).append(to: &huge)
    #expect(throws: FramingError.messageTooLarge(.max)) { try small.receive((huge + [0])) }
  }

  @Test(arguments: [
    (ChunkHeader(totalDataSize: 1, chunkDataSize: 1, index: 0, totalChunks: 0), FramingError.noChunks),
    (ChunkHeader(totalDataSize: 1, chunkDataSize: 1, index: 1, totalChunks: 1), .indexOutOfOrder),
    (ChunkHeader(totalDataSize: 2, chunkDataSize: 1, index: 0, totalChunks: 1), .totalMismatch),
    (ChunkHeader(totalDataSize: 0, chunkDataSize: 1, index: 0, totalChunks: 1), .totalMismatch),
    (ChunkHeader(totalDataSize: 1, chunkDataSize: 2, index: 0, totalChunks: 1), .lengthMismatch),
    (ChunkHeader(totalDataSize: 1, chunkDataSize: .max, index: 0, totalChunks: 1), .lengthMismatch),
    (ChunkHeader(totalDataSize: 1, chunkDataSize: 1, index: 0, totalChunks: 2), .emptyChunk),
  ])
  func oneByteOfData(header: ChunkHeader, error: FramingError) {
    var packet: [UInt8] = []
    header.append(to: &packet)
    packet.append(7)
    #expect(throws: error) {
      var assembler = ChunkAssembler(limit: 1 << 20)
      _ = try assembler.receive(packet)
    }
  }

  @Test func anEmptyChunkIsRefused() {
    var packet: [UInt8] = []
    ChunkHeader(totalDataSize: 5, chunkDataSize: 0, index: 0, totalChunks: 2).append(to: &packet)
    var assembler = ChunkAssembler(limit: 10)
    #expect(throws: FramingError.emptyChunk) { try assembler.receive(packet) }
  }

  /// The packets of a message of exactly `size` bytes, and the message. Above 16 KiB a body takes four bytes more
  /// than itself: a tag and a length of three.
  private func chunked(_ size: Int) throws -> ([[UInt8]], [UInt8]) {
    let body = (0..<max(0, size - 4)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let envelope = CallEnvelope(module: 0, method: 0, sequence: 0)
    var prefix: [UInt8] = []
    envelope.appendPrefix(to: &prefix, bodyCount: body.count)
    try #require(prefix.count + body.count == size)
    var sender = MessageSender()
    sender.load(envelope, body: body, framing: .chunked)
    return (packets(&sender), prefix + body)
  }
}
