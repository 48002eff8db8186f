/// Puts the messages of a chunked connection together, packet by packet.
///
/// Memory grows with the data received, never with what a header announces. After an error the connection is
/// over; the assembler must not be used again.
struct ChunkAssembler {
  enum Progress: Equatable {
    case needsMore
    /// The packet is the message: its data, after the header.
    case packetIsMessage
    /// The last chunk came; this is the message.
    case assembled([UInt8])
  }

  /// Largest message, in bytes.
  let limit: Int
  private var totalDataSize: UInt64 = 0
  private var totalChunks: UInt32 = 0
  private var nextIndex: UInt32 = 0
  private var message: [UInt8] = []

  init(limit: Int) { self.limit = limit }

  /// Whether part of a message has come.
  var isPartial: Bool { nextIndex > 0 }

  mutating func receive(_ packet: Span<UInt8>) throws(FramingError) -> Progress {
    let header = try ChunkHeader(checking: packet)
    guard header.index == nextIndex else { throw .indexOutOfOrder }
    if nextIndex == 0 {
      guard header.totalDataSize <= UInt64(limit) else { throw .messageTooLarge(header.totalDataSize) }
      if header.totalChunks == 1 { return .packetIsMessage }
      totalDataSize = header.totalDataSize
      totalChunks = header.totalChunks
    }
    guard header.totalDataSize == totalDataSize, header.totalChunks == totalChunks,
      UInt64(message.count) + header.chunkDataSize <= totalDataSize
    else { throw .totalMismatch }
    append(packet)
    nextIndex += 1
    guard nextIndex == totalChunks else { return .needsMore }
    guard UInt64(message.count) == totalDataSize else { throw .totalMismatch }
    nextIndex = 0
    var whole: [UInt8] = []
    swap(&whole, &message)
    return .assembled(whole)
  }

  private mutating func append(_ packet: Span<UInt8>) {
    // SAFETY: the pointer does not leave the closure, and `append` copies from it.
    unsafe packet.extracting(ChunkHeader.size..<packet.count).withUnsafeBufferPointer {
      unsafe message.append(contentsOf: $0)
    }
  }
}
