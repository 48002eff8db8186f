/// Writes the members of a message, in the order of its type, little-endian.
///
///     { request, reply in reply.write(Float(3.5)) }
///
/// Aligns relative to the sample that the message is part of.
public struct CDRWriter: Sendable {
  private(set) var bytes: [UInt8]
  private let largestAlignment: Int

  /// Begins a sample.
  init(_ encapsulation: Encapsulation) {
    bytes = encapsulation.bytes
    largestAlignment = encapsulation.representation.largestAlignment
  }

  /// Writes a `boolean`.
  public mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }
  /// Writes an `octet`, a `uint8` or a `char`.
  public mutating func write(_ value: UInt8) { bytes.append(value) }
  /// Writes an `int8`.
  public mutating func write(_ value: Int8) { bytes.append(UInt8(bitPattern: value)) }
  /// Writes an `unsigned short`.
  public mutating func write(_ value: UInt16) { append(value) }
  /// Writes a `short`.
  public mutating func write(_ value: Int16) { append(UInt16(bitPattern: value)) }
  /// Writes an `unsigned long`; also the length of a sequence.
  public mutating func write(_ value: UInt32) { append(value) }
  /// Writes a `long`, an enumeration, or the discriminator of a union.
  public mutating func write(_ value: Int32) { append(UInt32(bitPattern: value)) }
  /// Writes an `unsigned long long`.
  public mutating func write(_ value: UInt64) { append(value) }
  /// Writes a `long long`.
  public mutating func write(_ value: Int64) { append(UInt64(bitPattern: value)) }
  /// Writes a `float`.
  public mutating func write(_ value: Float) { append(value.bitPattern) }
  /// Writes a `double`.
  public mutating func write(_ value: Double) { append(value.bitPattern) }

  /// Writes a `string`. DDS strings end at the first NUL, and so does this.
  public mutating func write(_ value: String) {
    let text = value.utf8.prefix { $0 != 0 }
    append(UInt32(clamping: text.count + 1))
    bytes.append(contentsOf: text)
    bytes.append(0)
  }

  /// Writes octets, without a length.
  public mutating func write(bytes octets: [UInt8]) { bytes.append(contentsOf: octets) }

  mutating func write(_ identity: SampleIdentity) {
    append(bigEndian: identity.writer.first)
    append(bigEndian: identity.writer.second)
    write(Int32(truncatingIfNeeded: identity.sequence >> 32))
    write(UInt32(truncatingIfNeeded: identity.sequence))
  }

  /// A structure without members is written as one octet.
  mutating func finishStructure(from start: Int) {
    if bytes.count == start { write(UInt8(0)) }
  }

  /// Room for a size that `closeSize` fills in.
  mutating func openSize() -> Int {
    append(UInt32(0))
    return bytes.count
  }

  /// Fills in how many bytes have been written since `openSize` returned `start`.
  mutating func closeSize(_ start: Int) {
    bytes.replace(at: start - 4, UInt32(clamping: bytes.count - start))
  }

  private mutating func append(_ value: some FixedWidthInteger & UnsignedInteger) {
    let size = value.bitWidth / 8
    let alignment = min(size, largestAlignment)
    while (bytes.count - Encapsulation.size) % alignment != 0 { bytes.append(0) }
    for offset in 0..<size { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * offset))) }
  }

  private mutating func append(bigEndian value: UInt64) {
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
}

extension [UInt8] {
  /// Writes a number over what stands at `position`, little-endian.
  mutating func replace(at position: Int, _ value: UInt32) {
    for offset in 0..<4 { self[position + offset] = UInt8(truncatingIfNeeded: value >> (8 * offset)) }
  }
}
