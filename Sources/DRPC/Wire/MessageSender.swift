/// One message on its way out: the envelope's prefix and the body, cut into packets. The body is never copied, and
/// the small buffers are reused from message to message.
struct MessageSender {
  /// Everything of the message that precedes the body.
  private var prefix: [UInt8] = []
  /// The part of one packet that does not come from the body: chunk header, prefix.
  private var head: [UInt8] = []
  private var body: [UInt8] = []
  private var framing = WireFraming.raw
  private var chunks = ChunkWriter(total: 0)
  /// Whether packets are still to be sent.
  private(set) var isPending = false

  /// Bytes of the whole message.
  var messageSize: Int { prefix.count + body.count }

  mutating func load(_ envelope: CallEnvelope, body: [UInt8], framing: WireFraming) {
    prefix.removeAll(keepingCapacity: true)
    envelope.appendPrefix(to: &prefix, bodyCount: body.count)
    load(body, framing)
  }

  mutating func load(_ envelope: ResponseEnvelope, body: [UInt8], framing: WireFraming) {
    prefix.removeAll(keepingCapacity: true)
    envelope.appendPrefix(to: &prefix, bodyCount: body.count)
    load(body, framing)
  }

  private mutating func load(_ body: [UInt8], _ framing: WireFraming) {
    self.body = body
    self.framing = framing
    chunks = ChunkWriter(total: messageSize)
    isPending = true
  }

  /// Gives the message up and lets go of its body.
  mutating func clear() {
    body = []
    isPending = false
  }

  /// Sends what the socket takes; `whole` when nothing is left.
  mutating func send(on descriptor: Int32) -> PacketSocket.Sent {
    send { head, body, range in PacketSocket.send(descriptor, head: head, body: body, range) }
  }

  /// The same with the packets going to `write`.
  mutating func send(
    _ write: (_ head: [UInt8], _ body: [UInt8], _ range: Range<Int>) -> PacketSocket.Sent
  ) -> PacketSocket.Sent {
    guard isPending else { return .whole }
    switch framing {
    case .raw:
      let outcome = write(prefix, body, body.indices)
      if outcome == .whole { clear() }
      return outcome
    case .chunked:
      while let (header, data) = chunks.current() {
        head.removeAll(keepingCapacity: true)
        header.append(to: &head)
        if data.lowerBound < prefix.count {
          head += prefix[data.lowerBound..<min(prefix.count, data.upperBound)]
        }
        let start = max(0, data.lowerBound - prefix.count)
        let end = max(start, data.upperBound - prefix.count)
        let outcome = write(head, body, start..<end)
        guard outcome == .whole else { return outcome }
        chunks.advance()
      }
      clear()
      return .whole
    }
  }
}
