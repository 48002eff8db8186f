/// Cuts a message into canonical chunks: ceil(total / 131048) of them, at least one, all but the last full.
struct ChunkWriter {
  private let total: Int
  private let chunks: Int
  private var index = 0

  init(total: Int) {
    self.total = total
    chunks = max(1, (total + ChunkHeader.maxData - 1) / ChunkHeader.maxData)
  }

  var isAtEnd: Bool { index == chunks }

  /// The header of the packet that is due, and which bytes of the message follow it; nil at the end.
  func current() -> (header: ChunkHeader, data: Range<Int>)? {
    guard !isAtEnd else { return nil }
    let start = index * ChunkHeader.maxData
    let end = min(total, start + ChunkHeader.maxData)
    let header = ChunkHeader(
      totalDataSize: UInt64(total), chunkDataSize: UInt64(end - start),
      index: UInt32(truncatingIfNeeded: index), totalChunks: UInt32(truncatingIfNeeded: chunks))
    return (header, start..<end)
  }

  mutating func advance() { if !isAtEnd { index += 1 } }
}
