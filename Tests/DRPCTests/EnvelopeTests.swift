import Testing

@testable import DRPC

@Suite struct EnvelopeTests {
  @Test(arguments: ["raw", "chunked"])
  func callsAreReproducedByteForByte(framing: String) throws {
    let exchanges = try RecordedPacket.exchanges(framing)
    #expect(exchanges.count >= 16)
    for (name, packet, _) in exchanges {
      let call = try #require(decodeCall(message(packet, framing: framing)), "\(name)")
      let body = Array(message(packet, framing: framing)[call.body])
      #expect(sent(call, body, framing) == [packet], "\(name)")
    }
  }

  @Test(arguments: ["raw", "chunked"])
  func responsesAreReproducedByteForByte(framing: String) throws {
    let replies = try RecordedPacket.all().filter { $0.framing == framing && $0.direction == .response }
    #expect(replies.count >= 17)
    for reply in replies {
      let bytes = message(reply.packet, framing: framing)
      let response = try #require(decodeResponse(bytes), "\(reply.name)")
      #expect(sent(response, Array(bytes[response.body]), framing) == [reply.packet], "\(reply.name)")
    }
  }

  @Test func everyTruncationIsRefusedOrShorter() throws {
    for packet in try RecordedPacket.all() where packet.direction != .header && packet.framing == "raw" {
      for length in 0..<packet.packet.count {
        let cut = Array(packet.packet.prefix(length))
        if let call = decodeCall(cut) { #expect(call.body.upperBound <= length) }
        if let response = decodeResponse(cut) { #expect(response.body.upperBound <= length) }
      }
    }
  }

  @Test(arguments: [
    ("unknown varint, fixed64, bytes, fixed32", "780178", false),
    ("unknown varint", "28010801", true),
    ("unknown fixed64", "2901020304050607080801", true),
    ("unknown bytes", "2a0301020308 01", true),
    ("unknown fixed32", "2d010203040801", true),
    ("unknown group", "2b08012c0801", true),
    ("group that ends as another", "2b080134", false),
    ("group without end", "2b0801", false),
    ("end without group", "2c", false),
    ("field 0", "0001", false),
    ("wire type 6", "0e", false),
    ("varint of eleven bytes", "08ffffffffffffffffffff01", false),
    ("known number, other wire type", "0a0108 0801", true),
    ("length beyond the end", "22058081", false),
    ("length of 2^63", "22808080808080808080 01", false),
  ])
  func unknownFieldsArePassedOver(name: String, hex: String, isMessage: Bool) {
    let bytes = unhex(hex.filter { $0 != " " })
    #expect((decodeCall(bytes) != nil) == isMessage, "\(name)")
    if isMessage { #expect(decodeCall(bytes)?.module == 1, "\(name)") }
  }

  @Test func groupsAreFollowedToABoundedDepth() {
    let deepest = ProtobufFields.groupDepth
    for (depth, isMessage) in [(deepest, true), (deepest + 1, false), (100_000, false)] {
      let bytes = [UInt8](repeating: 0x2b, count: depth) + [UInt8](repeating: 0x2c, count: depth)
      #expect((decodeCall(bytes) != nil) == isMessage)
    }
  }

  @Test func negativeNumbersTakeTenBytes() throws {
    var bytes: [UInt8] = []
    CallEnvelope(module: -1, method: .min, sequence: .min).appendPrefix(to: &bytes, bodyCount: 0)
    #expect(bytes.count == 33)
    let call = try #require(decodeCall(bytes))
    #expect(call == CallEnvelope(module: -1, method: .min, sequence: .min))
  }

  @Test func otherStatusValuesPass() throws {
    for number: Int32 in [8, 1000, -1, .min] {
      var bytes: [UInt8] = []
      ResponseEnvelope(sequence: 1, status: DRPCStatus(rawValue: number)).appendPrefix(
        to: &bytes, bodyCount: 0)
      #expect(decodeResponse(bytes)?.status == number)
    }
  }

  private func sent(_ call: CallEnvelope, _ body: [UInt8], _ framing: String) -> [[UInt8]] {
    var sender = MessageSender()
    sender.load(call, body: body, framing: framing == "raw" ? .raw : .chunked)
    return packets(&sender)
  }

  private func sent(_ response: ResponseEnvelope, _ body: [UInt8], _ framing: String) -> [[UInt8]] {
    var sender = MessageSender()
    sender.load(response, body: body, framing: framing == "raw" ? .raw : .chunked)
    return packets(&sender)
  }
}
