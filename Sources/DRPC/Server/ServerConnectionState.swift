/// One server connection as a value: packets in, calls out.
///
/// The first packet decides the framing: one with a valid chunk header makes the connection chunked, anything else
/// raw. From then on a chunked connection ends at the first bad frame, without a reply.
struct ServerConnectionState {
  enum Action: Equatable {
    /// More packets are needed.
    case wait
    /// A call; `body` is its own copy.
    case call(CallEnvelope, body: [UInt8])
    /// A message that is no `Call`: the answer is `ResponseEnvelope.undecodableCall`, and the connection stays.
    case undecodable
    case close
  }

  /// nil until the first packet.
  private(set) var framing: WireFraming?
  private var assembler: ChunkAssembler

  init(maxMessage: Int) { assembler = ChunkAssembler(limit: max(0, maxMessage)) }

  mutating func receive(_ packet: Span<UInt8>) -> Action {
    if framing == nil { framing = Self.isChunk(packet) ? .chunked : .raw }
    guard framing == .chunked else {
      return packet.count <= assembler.limit ? Self.message(packet) : .close
    }
    do throws(FramingError) {
      switch try assembler.receive(packet) {
      case .needsMore: return .wait
      case .packetIsMessage: return Self.message(packet.extracting(ChunkHeader.size..<packet.count))
      case .assembled(let whole): return Self.message(whole.span)
      }
    } catch {
      return .close
    }
  }

  private static func isChunk(_ packet: Span<UInt8>) -> Bool {
    guard let header = try? ChunkHeader(checking: packet) else { return false }
    return header.index == 0
  }

  private static func message(_ message: Span<UInt8>) -> Action {
    guard let call = CallEnvelope(message) else { return .undecodable }
    // SAFETY: the pointer does not leave the closure, and the array copies from it.
    let body = unsafe message.extracting(call.body).withUnsafeBufferPointer { unsafe [UInt8]($0) }
    return .call(call, body: body)
  }
}
