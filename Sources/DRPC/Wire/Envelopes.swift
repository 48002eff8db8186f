// The two messages of drpc.proto:
//
//   Call     { int32 module=1; int32 method=2; int64 sequence=3; bytes body=4; }
//   Response { int64 sequence=1; Status status=2; bytes body=3; }
//
// In both the body is the last field, so a message is a short prefix followed by the body itself. Encoding writes
// only the prefix and decoding only locates the body: neither copies it.

/// What stands in a `Call` next to its body.
struct CallEnvelope: Equatable {
  var module: Int32 = 0
  var method: Int32 = 0
  var sequence: Int64 = 0
  /// Where the body stands in the message that was decoded.
  var body: Range<Int> = 0..<0

  init(module: Int32, method: Int32, sequence: Int64) {
    self.module = module
    self.method = method
    self.sequence = sequence
  }

  /// nil when `message` is no `Call`.
  init?(_ message: Span<UInt8>) {
    var position = 0
    while position < message.count {
      guard let (number, wireType) = ProtobufFields.tag(message, &position) else { return nil }
      switch (number, wireType) {
      case (1, 0):
        guard let value = ProtobufFields.varint(message, &position) else { return nil }
        module = Int32(truncatingIfNeeded: value)
      case (2, 0):
        guard let value = ProtobufFields.varint(message, &position) else { return nil }
        method = Int32(truncatingIfNeeded: value)
      case (3, 0):
        guard let value = ProtobufFields.varint(message, &position) else { return nil }
        sequence = Int64(bitPattern: value)
      case (4, 2):
        guard let range = ProtobufFields.delimited(message, &position) else { return nil }
        body = range
      default:
        guard ProtobufFields.skip(message, &position, number: number, wireType: wireType) else { return nil }
      }
    }
  }

  /// Appends everything that precedes the `bodyCount` bytes of the body.
  func appendPrefix(to bytes: inout [UInt8], bodyCount: Int) {
    bytes.appendField(1, Int64(module))
    bytes.appendField(2, Int64(method))
    bytes.appendField(3, sequence)
    bytes.appendBodyHead(4, count: bodyCount)
  }
}

/// What stands in a `Response` next to its body.
struct ResponseEnvelope: Equatable {
  var sequence: Int64 = 0
  var status: Int32 = 0
  /// Where the body stands in the message that was decoded.
  var body: Range<Int> = 0..<0

  init(sequence: Int64, status: DRPCStatus) {
    self.sequence = sequence
    self.status = status.rawValue
  }

  /// What a server says to a message that is no `Call`, whose sequence it cannot know.
  static let undecodableCall = ResponseEnvelope(sequence: -1, status: .failedUnmarshalCall)

  /// nil when `message` is no `Response`.
  init?(_ message: Span<UInt8>) {
    var position = 0
    while position < message.count {
      guard let (number, wireType) = ProtobufFields.tag(message, &position) else { return nil }
      switch (number, wireType) {
      case (1, 0):
        guard let value = ProtobufFields.varint(message, &position) else { return nil }
        sequence = Int64(bitPattern: value)
      case (2, 0):
        guard let value = ProtobufFields.varint(message, &position) else { return nil }
        status = Int32(truncatingIfNeeded: value)
      case (3, 2):
        guard let range = ProtobufFields.delimited(message, &position) else { return nil }
        body = range
      default:
        guard ProtobufFields.skip(message, &position, number: number, wireType: wireType) else { return nil }
      }
    }
  }

  /// Appends everything that precedes the `bodyCount` bytes of the body.
  func appendPrefix(to bytes: inout [UInt8], bodyCount: Int) {
    bytes.appendField(1, sequence)
    bytes.appendField(2, Int64(status))
    bytes.appendBodyHead(3, count: bodyCount)
  }
}
