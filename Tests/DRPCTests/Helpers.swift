import Testing

@testable import DRPC

// The macros of Testing cannot look into calls that take a span; these take arrays.

func decodeCall(_ bytes: [UInt8]) -> CallEnvelope? { CallEnvelope(bytes.span) }

func decodeResponse(_ bytes: [UInt8]) -> ResponseEnvelope? { ResponseEnvelope(bytes.span) }

extension ChunkAssembler {
  mutating func receive(_ packet: [UInt8]) throws(FramingError) -> Progress { try receive(packet.span) }
}

extension ConnectionState {
  mutating func receive(_ packet: [UInt8]) -> Action { receive(packet.span) }
}

/// All packets of what `sender` holds.
func packets(_ sender: inout MessageSender) -> [[UInt8]] {
  var packets: [[UInt8]] = []
  _ = sender.send { head, body, range in
    packets.append(head + body[range])
    return .whole
  }
  return packets
}

/// The reply that echoes a chunked call's body.
func echoReply(to packet: [UInt8]) throws -> [UInt8] {
  let message = Array(packet.dropFirst(ChunkHeader.size))
  let call = try #require(decodeCall(message))
  var sender = MessageSender()
  sender.load(
    ResponseEnvelope(sequence: call.sequence, status: .success), body: Array(message[call.body]),
    framing: .chunked)
  return packets(&sender)[0]
}
