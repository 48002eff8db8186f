/// A place in a sample that somebody else holds.
///
/// Checks every step against the end of the sample; never traps.
struct CDRCursor: Sendable, Equatable {
  /// From the beginning of the sample, encapsulation header included.
  private(set) var position: Int
  let isLittleEndian: Bool
  let largestAlignment: Int

  init(_ encapsulation: Encapsulation, position: Int = Encapsulation.size) {
    self.position = position
    isLittleEndian = encapsulation.isLittleEndian
    largestAlignment = encapsulation.representation.largestAlignment
  }

  /// Moves to the next multiple of `size`, counted from the end of the encapsulation header.
  mutating func align(_ size: Int) {
    let alignment = min(size, largestAlignment)
    let misfit = (position - Encapsulation.size) % alignment
    if misfit != 0 { position += alignment - misfit }
  }

  mutating func skip(_ count: Int, in sample: Span<UInt8>) throws(CDRError) {
    guard count >= 0, position <= sample.count, count <= sample.count - position else {
      throw CDRError(kind: .truncated, offset: min(position, sample.count))
    }
    position += count
  }

  mutating func integer<Value: FixedWidthInteger & UnsignedInteger>(
    _: Value.Type, in sample: Span<UInt8>
  ) throws(CDRError) -> Value {
    let size = Value.bitWidth / 8
    align(size)
    let start = position
    try skip(size, in: sample)
    var value: Value = 0
    for offset in 0..<size {
      let byte = Value(sample[start + offset])
      value |= byte << Value(8 * (isLittleEndian ? offset : size - 1 - offset))
    }
    return value
  }

  mutating func int32(in sample: Span<UInt8>) throws(CDRError) -> Int32 {
    Int32(bitPattern: try integer(UInt32.self, in: sample))
  }

  /// Where a string's text stands, without its NUL.
  ///
  /// The length counts the NUL; some peers write 0 for an empty string.
  mutating func string(in sample: Span<UInt8>) throws(CDRError) -> Range<Int> {
    let length = Int(try integer(UInt32.self, in: sample))
    let start = position
    if length == 0 { return start..<start }
    try skip(length, in: sample)
    guard sample[position - 1] == 0 else { throw CDRError(kind: .value, offset: position - 1) }
    return start..<(position - 1)
  }
}
