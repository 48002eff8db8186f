/// The first four bytes of a sample: how the rest is written (XTypes 7.6.3.1.2, RTPS 10.2).
struct CDREncapsulation: BitwiseCopyable {
  /// Bytes of the header; alignment counts from behind it.
  static let size = 4

  var isXCDR2: Bool
  var isBigEndian: Bool

  /// Most bytes that a value aligns to (XTypes 7.4.1, 7.4.2).
  var maximumAlignment: Int { isXCDR2 ? 4 : 8 }

  /// CDR_LE
  static let littleEndian = CDREncapsulation(isXCDR2: false, isBigEndian: false)

  private init(isXCDR2: Bool, isBigEndian: Bool) {
    self.isXCDR2 = isXCDR2
    self.isBigEndian = isBigEndian
  }

  /// Reads the header; plain, delimited and parameter-list forms say nothing that the types do not.
  init(_ bytes: ByteView) throws(TranscodeError) {
    guard bytes.count >= CDREncapsulation.size else {
      throw TranscodeError(.truncated, offset: max(0, bytes.count - 1))
    }
    guard bytes[0] == 0 else { throw TranscodeError(.unsupportedRepresentation, offset: 0) }
    switch bytes[1] {
    // CDR and PL_CDR
    case 0x00...0x03: isXCDR2 = false
    // CDR2, D_CDR2 and PL_CDR2
    case 0x06...0x0B: isXCDR2 = true
    default: throw TranscodeError(.unsupportedRepresentation, offset: 0)
    }
    isBigEndian = bytes[1] & 1 == 0
  }
}
