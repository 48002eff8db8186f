/// One client connection as a value: events in, actions out, no sockets and no clock.
///
///     connected ─ raw or chunked ──────────────► idle ◄──────────────┐
///         │                                       │ beginCall        │ deliver
///         └─ auto ─► probing ─ chunked reply ─►   ▼                  │
///                       │                      sending ─ sentWhole ─► awaiting
///                       └─ the raw refusal ─► closed: connect again and use raw
///
/// Invariants
/// - One call at a time: Go servers answer in order, but the C engine mixes the chunks of two large replies.
/// - Sequences start at 1 and are never 0: an all-default reply is an empty packet, which looks like the end.
/// - Whatever breaks framing or sequence closes, and a closed connection never comes back.
struct ConnectionState {
  enum Phase: Equatable {
    case probing
    case idle
    /// Not every packet of the call has left.
    case sending(sequence: Int64)
    case awaiting(sequence: Int64)
    case closed
  }

  enum Action: Equatable {
    /// More packets are needed.
    case wait
    /// The probe has shown that the server speaks chunked; the connection is idle.
    case ready
    /// A raw server has refused the probe; the connection is closed.
    case reconnectRaw
    /// The reply to the call; the connection is idle.
    case deliver(status: Int32, body: [UInt8])
    /// The connection is closed.
    case close(Ending)
  }

  /// The call that no server knows: module 77 is unused, so that every server answers UNKNOWN_MODULE.
  static let probe = CallEnvelope(module: 77, method: 1, sequence: 1)

  private(set) var phase: Phase
  /// Whether the server has the whole of the latest call, and so may act on it; kept when the connection closes.
  private(set) var callWasSent = false
  let framing: WireFraming
  private var assembler: ChunkAssembler
  private let maxReply: Int
  private var nextSequence: Int64 = 1

  /// A connection that has just been made. With `probing`, `probe` must be sent first.
  init(framing: WireFraming, probing: Bool, maxReply: Int) {
    self.framing = framing
    self.maxReply = maxReply
    assembler = ChunkAssembler(limit: maxReply)
    phase = probing ? .probing : .idle
    if probing { nextSequence = Self.probe.sequence + 1 }
  }

  /// Takes the connection for a call; nil when it is not idle.
  mutating func beginCall() -> Int64? {
    guard phase == .idle else { return nil }
    let sequence = nextSequence
    nextSequence = sequence == .max ? 1 : sequence + 1
    phase = .sending(sequence: sequence)
    callWasSent = false
    return sequence
  }

  /// The call has left in full.
  mutating func sentWhole() {
    guard case .sending(let sequence) = phase else { return }
    phase = .awaiting(sequence: sequence)
    callWasSent = true
  }

  /// The call was too large for the socket and none of it has left.
  mutating func takeBackCall() {
    if case .sending = phase { phase = .idle }
  }

  /// The driver has closed the connection.
  mutating func closed() { phase = .closed }

  /// The peer has closed, or the socket has failed.
  mutating func end() -> Action { close(.endOfStream(partialReply: assembler.isPartial)) }

  /// The peer has closed with packets unread. Of the one call that may be on its way at a time it has not had all, and so
  /// it cannot act on it.
  mutating func endUnread() -> Action { assembler.isPartial ? end() : close(.callUnread) }

  /// The kernel has cut a packet.
  mutating func packetTruncated() -> Action { close(.violation(.framing(.truncatedPacket))) }

  /// A packet has come.
  mutating func receive(_ packet: Span<UInt8>) -> Action {
    switch phase {
    case .closed: return .wait
    case .idle, .sending: return close(.violation(.unexpectedReply))
    case .probing where Self.isRawRefusal(packet):
      phase = .closed
      return .reconnectRaw
    case .probing, .awaiting: break
    }
    switch framing {
    case .raw:
      guard packet.count <= maxReply else {
        return close(.violation(.framing(.messageTooLarge(UInt64(packet.count)))))
      }
      return message(packet)
    case .chunked:
      do throws(FramingError) {
        switch try assembler.receive(packet) {
        case .needsMore: return .wait
        case .packetIsMessage: return message(packet.extracting(ChunkHeader.size..<packet.count))
        case .assembled(let whole): return message(whole.span)
        }
      } catch {
        return close(.violation(.framing(error)))
      }
    }
  }

  private mutating func message(_ message: Span<UInt8>) -> Action {
    guard let response = ResponseEnvelope(message) else { return close(.violation(.malformedResponse)) }
    switch phase {
    case .probing:
      guard response.sequence == Self.probe.sequence else {
        return close(.violation(.wrongSequence(expected: Self.probe.sequence, got: response.sequence)))
      }
      phase = .idle
      return .ready
    case .awaiting(let sequence):
      guard response.sequence == sequence || response == .undecodableCall else {
        return close(.violation(.wrongSequence(expected: sequence, got: response.sequence)))
      }
      phase = .idle
      return .deliver(status: response.status, body: Self.copy(message.extracting(response.body)))
    case .idle, .sending, .closed:
      return close(.violation(.unexpectedReply))
    }
  }

  private mutating func close(_ ending: Ending) -> Action {
    phase = .closed
    return .close(ending)
  }

  /// `Response { sequence: -1, status: FAILED_UNMARSHAL_CALL }` without a chunk header.
  private static func isRawRefusal(_ packet: Span<UInt8>) -> Bool {
    packet.count == 13 && ResponseEnvelope(packet) == .undecodableCall
  }

  private static func copy(_ bytes: Span<UInt8>) -> [UInt8] {
    // SAFETY: the pointer does not leave the closure, and the array copies from it.
    unsafe bytes.withUnsafeBufferPointer { unsafe [UInt8]($0) }
  }
}

/// Why a connection is over.
enum Ending: Equatable {
  /// The peer closed, or the socket failed.
  case endOfStream(partialReply: Bool)
  /// The peer closed and had not read all of the call.
  case callUnread
  case violation(ProtocolViolation)
}

/// What a server did that the protocol forbids.
enum ProtocolViolation: Equatable {
  case framing(FramingError)
  case malformedResponse
  case wrongSequence(expected: Int64, got: Int64)
  /// A packet came although no call was waiting for one.
  case unexpectedReply

  var text: String {
    switch self {
    case .framing(let error): error.text
    case .malformedResponse: "the reply is no dRPC Response"
    case .wrongSequence(let expected, let got): "the reply to call \(expected) carries sequence \(got)"
    case .unexpectedReply: "a packet came although no call was waiting for one"
    }
  }
}
