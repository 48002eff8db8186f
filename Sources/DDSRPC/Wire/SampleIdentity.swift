/// Names an endpoint on the network; the first twelve bytes name its participant.
struct GUID: Sendable, Hashable {
  var first: UInt64
  var second: UInt64

  static let zero = GUID(first: 0, second: 0)

  /// Cyclone DDS, by the vendor id that begins its GUIDs (RTPS 2.5, section 9.3.1.5).
  var isCyclone: Bool { first >> 48 == 0x0110 }

  /// The part that all endpoints of a participant share.
  var participantPrefix: GUID { GUID(first: first, second: second & 0xFFFF_FFFF_0000_0000) }
}

/// `dds::SampleIdentity`: which sample of which writer.
struct SampleIdentity: Sendable, Hashable {
  /// Bytes on the wire.
  static let size = 24

  var writer: GUID
  var sequence: Int64
}

extension CDRCursor {
  mutating func identity(in sample: Span<UInt8>) throws(CDRError) -> SampleIdentity {
    align(4)
    let start = position
    try skip(16, in: sample)
    let guid = GUID(first: Self.word(sample, start), second: Self.word(sample, start + 8))
    let high = try int32(in: sample)
    let low = try integer(UInt32.self, in: sample)
    return SampleIdentity(writer: guid, sequence: Int64(high) << 32 | Int64(low))
  }

  private static func word(_ sample: Span<UInt8>, _ start: Int) -> UInt64 {
    var word: UInt64 = 0
    for offset in 0..<8 { word = word << 8 | UInt64(sample[start + offset]) }
    return word
  }
}
