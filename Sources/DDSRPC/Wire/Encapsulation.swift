/// Which of the two encodings of DDS-XTypes a sample has.
public enum DDSRepresentation: Sendable, Hashable {
  /// The classic one; what OMG DDS-RPC 1.0 means.
  case xcdr1
  /// Aligns to at most four bytes; types that may grow have their size before them.
  case xcdr2

  /// A primitive aligns to its size, but to no more than this.
  var largestAlignment: Int { self == .xcdr1 ? 8 : 4 }
}

/// The four bytes before a sample: what follows, and how it is written.
///
/// Source: OMG DDS-XTypes 1.3, section 7.6.3.1.2.
struct Encapsulation: Equatable {
  /// Alignment counts from the byte behind it.
  static let size = 4

  let representation: DDSRepresentation
  let isLittleEndian: Bool
  /// The outermost type is appendable in XCDR2: its size stands first.
  let isDelimited: Bool

  /// Always little-endian.
  init(_ representation: DDSRepresentation, isDelimited: Bool = false) {
    self.representation = representation
    self.isLittleEndian = true
    self.isDelimited = isDelimited && representation == .xcdr2
  }

  /// Reads a sample's.
  init(_ sample: Span<UInt8>) throws(CDRError) {
    guard sample.count >= Self.size else { throw CDRError(kind: .truncated, offset: sample.count) }
    guard sample[0] == 0 else { throw CDRError(kind: .representation, offset: 0) }
    switch sample[1] {
    case 0x00, 0x01: (representation, isDelimited) = (.xcdr1, false)
    case 0x06, 0x07: (representation, isDelimited) = (.xcdr2, false)
    case 0x08, 0x09: (representation, isDelimited) = (.xcdr2, true)
    default: throw CDRError(kind: .representation, offset: 1)
    }
    isLittleEndian = sample[1] & 1 == 1
  }

  /// That of a sample which begins with one of ours.
  static func representation(of sample: [UInt8]) -> DDSRepresentation {
    sample.count > 1 && sample[1] > 0x03 ? .xcdr2 : .xcdr1
  }

  var bytes: [UInt8] {
    switch representation {
    case .xcdr1: [0, 0x01, 0, 0]
    case .xcdr2: [0, isDelimited ? 0x09 : 0x07, 0, 0]
    }
  }
}
