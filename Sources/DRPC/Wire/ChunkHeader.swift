/// What stands before the data of every packet of a chunked connection (DAOS 2.8 and later), little-endian:
///
///     offset 0   u64  total_data_size   the whole marshalled message
///     offset 8   u64  chunk_data_size   data bytes in this packet
///     offset 16  u32  chunk_idx         from 0
///     offset 20  u32  total_chunks      at least 1
struct ChunkHeader: Equatable {
  /// Bytes of a header.
  static let size = 24
  /// Largest packet, header included.
  static let maxPacket = 131_072
  /// Most data in one packet.
  static let maxData = maxPacket - size

  var totalDataSize: UInt64
  var chunkDataSize: UInt64
  var index: UInt32
  var totalChunks: UInt32

  init(totalDataSize: UInt64, chunkDataSize: UInt64, index: UInt32, totalChunks: UInt32) {
    self.totalDataSize = totalDataSize
    self.chunkDataSize = chunkDataSize
    self.index = index
    self.totalChunks = totalChunks
  }

  /// Reads the header of `packet` and checks all that one packet alone can tell.
  init(checking packet: Span<UInt8>) throws(FramingError) {
    guard packet.count >= Self.size else { throw .shortPacket(packet.count) }
    totalDataSize = Self.number(packet, at: 0, count: 8)
    chunkDataSize = Self.number(packet, at: 8, count: 8)
    index = UInt32(truncatingIfNeeded: Self.number(packet, at: 16, count: 4))
    totalChunks = UInt32(truncatingIfNeeded: Self.number(packet, at: 20, count: 4))
    guard chunkDataSize == UInt64(packet.count - Self.size), packet.count <= Self.maxPacket else {
      throw .lengthMismatch
    }
    guard totalChunks >= 1 else { throw .noChunks }
    guard index < totalChunks else { throw .indexOutOfOrder }
    guard chunkDataSize <= totalDataSize else { throw .totalMismatch }
    if totalChunks == 1 {
      guard chunkDataSize == totalDataSize else { throw .totalMismatch }
    } else {
      // An empty chunk would let a peer send packets for ever without making progress.
      guard chunkDataSize > 0, UInt64(totalChunks) <= totalDataSize else { throw .emptyChunk }
    }
  }

  func append(to bytes: inout [UInt8]) {
    Self.append(totalDataSize, count: 8, to: &bytes)
    Self.append(chunkDataSize, count: 8, to: &bytes)
    Self.append(UInt64(index), count: 4, to: &bytes)
    Self.append(UInt64(totalChunks), count: 4, to: &bytes)
  }

  private static func number(_ bytes: Span<UInt8>, at offset: Int, count: Int) -> UInt64 {
    var value: UInt64 = 0
    for position in (0..<count).reversed() { value = value << 8 | UInt64(bytes[offset + position]) }
    return value
  }

  private static func append(_ value: UInt64, count: Int, to bytes: inout [UInt8]) {
    for position in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * position))) }
  }
}

/// Why packets do not make a message. Every one closes the connection.
enum FramingError: Error, Equatable {
  /// Shorter than a chunk header.
  case shortPacket(Int)
  /// The kernel cut the packet to the size of the receive buffer.
  case truncatedPacket
  /// `chunk_data_size` is not what the packet holds, or the packet is over 131072 bytes.
  case lengthMismatch
  case noChunks
  case indexOutOfOrder
  /// The totals differ from those of the first chunk, or from the sum of the data.
  case totalMismatch
  case emptyChunk
  /// `total_data_size` is over the configured limit.
  case messageTooLarge(UInt64)

  var text: String {
    switch self {
    case .shortPacket(let count):
      "a packet of \(count) bytes is too short for a chunk header; is the server an older one (framing: raw)?"
    case .truncatedPacket: "a packet is larger than the receive buffer"
    case .lengthMismatch: "a chunk's header and the packet's length differ"
    case .noChunks: "a chunk header says 0 chunks"
    case .indexOutOfOrder: "a chunk came out of order"
    case .totalMismatch: "the totals of a chunked message do not agree"
    case .emptyChunk: "a chunk is empty"
    case .messageTooLarge(let size): "a message of \(size) bytes is over the limit"
    }
  }
}
