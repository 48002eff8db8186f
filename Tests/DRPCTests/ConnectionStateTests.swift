import Testing

@testable import DRPC

/// The client connection without sockets: events in, actions out.
@Suite struct ConnectionStateTests {
  @Test(arguments: [WireFraming.raw, .chunked])
  func oneCallAtATime(framing: WireFraming) {
    var state = ConnectionState(framing: framing, probing: false, maxReply: 1000)
    for sequence: Int64 in 1...3 {
      #expect(state.beginCall() == sequence)
      #expect(state.beginCall() == nil)
      #expect(!state.callWasSent)
      state.sentWhole()
      #expect(state.callWasSent)
      #expect(state.beginCall() == nil)
      #expect(state.receive(reply(sequence, [9], framing)) == .deliver(status: 0, body: [9]))
      #expect(state.phase == .idle)
    }
  }

  @Test func theProbeFindsChunked() {
    var state = ConnectionState(framing: .chunked, probing: true, maxReply: 1000)
    #expect(state.beginCall() == nil)
    #expect(state.receive(unhex("04000000000000000400000000000000000000000100000008011003")) == .ready)
    #expect(state.beginCall() == 2)
  }

  @Test func theProbeFindsRaw() {
    var state = ConnectionState(framing: .chunked, probing: true, maxReply: 1000)
    #expect(state.receive(unhex("08ffffffffffffffffff011005")) == .reconnectRaw)
    #expect(state.phase == .closed)
  }

  @Test(arguments: [
    ("", "08011003"), ("the refusal, cut", "08ffffffffffffffffff0110"),
    ("other status", "08ffffffffffffffffff011004"),
    ("wrong sequence", "04000000000000000400000000000000000000000100000008021003"),
    ("no message", "01000000000000000100000000000000000000000100000008"),
  ])
  func otherAnswersToTheProbeClose(name: String, hex: String) {
    var state = ConnectionState(framing: .chunked, probing: true, maxReply: 1000)
    guard case .close(.violation) = state.receive(unhex(hex)) else {
      Issue.record("\(name) was taken")
      return
    }
    #expect(state.phase == .closed)
  }

  @Test func theProbesBytes() {
    var sender = MessageSender()
    sender.load(ConnectionState.probe, body: [], framing: .chunked)
    #expect(packets(&sender) == [unhex("060000000000000006000000000000000000000001000000084d10011801")])
  }

  @Test(arguments: [WireFraming.raw, .chunked], [0, 1, 3, -1, Int64.max, .min])
  func theSequenceIsChecked(framing: WireFraming, sequence: Int64) {
    var state = awaiting(framing, sequence: 2)
    #expect(
      state.receive(reply(sequence, [], framing))
        == .close(.violation(.wrongSequence(expected: 2, got: sequence))))
    #expect(state.phase == .closed)
    #expect(state.callWasSent)
  }

  /// A server that could not read a call cannot know its sequence.
  @Test func theRefusalOfACallIsItsReply() {
    var state = awaiting(.raw, sequence: 1)
    #expect(state.receive(unhex("08ffffffffffffffffff011005")) == .deliver(status: 5, body: []))
    #expect(state.phase == .idle)
  }

  @Test func theEnd() {
    var state = awaiting(.chunked, sequence: 1)
    #expect(state.end() == .close(.endOfStream(partialReply: false)))
    var partial = awaiting(.chunked, sequence: 1, maxReply: 1 << 20)
    let packets = replyPackets(1, [UInt8](repeating: 0, count: 200_000), .chunked)
    #expect(partial.receive(packets[0]) == .wait)
    #expect(partial.end() == .close(.endOfStream(partialReply: true)))
    var unread = awaiting(.chunked, sequence: 1)
    #expect(unread.endUnread() == .close(.callUnread))
  }

  @Test(arguments: [WireFraming.raw, .chunked])
  func unaskedPacketsClose(framing: WireFraming) {
    var idle = ConnectionState(framing: framing, probing: false, maxReply: 1000)
    #expect(idle.receive(reply(1, [], framing)) == .close(.violation(.unexpectedReply)))
    var sending = ConnectionState(framing: framing, probing: false, maxReply: 1000)
    _ = sending.beginCall()
    #expect(sending.receive(reply(1, [], framing)) == .close(.violation(.unexpectedReply)))
    #expect(!sending.callWasSent)
    // Afterwards nothing matters.
    #expect(sending.receive(reply(1, [], framing)) == .wait)
    #expect(sending.beginCall() == nil)
  }

  @Test func aCallThatIsTooLargeLeavesTheConnectionIdle() {
    var state = ConnectionState(framing: .raw, probing: false, maxReply: 1000)
    #expect(state.beginCall() == 1)
    state.takeBackCall()
    #expect(state.phase == .idle)
    #expect(state.beginCall() == 2)
  }

  @Test(arguments: [WireFraming.raw, .chunked])
  func repliesOverTheLimitClose(framing: WireFraming) {
    let body = [UInt8](repeating: 1, count: 200)
    var state = awaiting(framing, sequence: 1, maxReply: 204)
    #expect(
      state.receive(reply(1, body, framing)) == .close(.violation(.framing(.messageTooLarge(205)))))
    var exact = awaiting(framing, sequence: 1, maxReply: 205)
    #expect(exact.receive(reply(1, body, framing)) == .deliver(status: 0, body: body))
  }

  @Test func aCutPacketCloses() {
    var state = awaiting(.raw, sequence: 1)
    #expect(state.packetTruncated() == .close(.violation(.framing(.truncatedPacket))))
  }

  /// Every reply, cut at every byte: refused, or the shorter body that it now is; never a trap.
  @Test func everyTruncatedReplyIsRefusedWhenChunked() throws {
    for packet in try RecordedPacket.all() where packet.direction == .response {
      let framing: WireFraming = packet.framing == "raw" ? .raw : .chunked
      for length in 0..<packet.bytes {
        var state = awaiting(framing, sequence: 1)
        let action = state.receive(Array(packet.packet.prefix(length)))
        if framing == .chunked {
          guard case .close(.violation) = action else {
            Issue.record("\(packet.name) cut to \(length) bytes was taken")
            continue
          }
        }
      }
    }
  }

  private func awaiting(_ framing: WireFraming, sequence: Int64, maxReply: Int = 100_000) -> ConnectionState {
    var state = ConnectionState(framing: framing, probing: false, maxReply: maxReply)
    while state.beginCall() != sequence { state.takeBackCall() }
    state.sentWhole()
    return state
  }

  private func reply(_ sequence: Int64, _ body: [UInt8], _ framing: WireFraming) -> [UInt8] {
    replyPackets(sequence, body, framing)[0]
  }

  private func replyPackets(_ sequence: Int64, _ body: [UInt8], _ framing: WireFraming) -> [[UInt8]] {
    var sender = MessageSender()
    sender.load(ResponseEnvelope(sequence: sequence, status: .success), body: body, framing: framing)
    return packets(&sender)
  }
}
