/// Reads the members of a message, in the order of its type.
///
///     var reader = request.reader()
///     let speed = try reader.readFloat()
///
/// Knows alignment, byte order and both representations, so that final types written by hand need nothing else.
/// A count that is read never allocates: compare it with what is left before making room for so many.
public struct CDRReader: Sendable {
  /// Longest string, in bytes.
  public static let maxString = 1 << 20

  private let bytes: [UInt8]
  private var cursor: CDRCursor

  init(_ bytes: [UInt8], at cursor: CDRCursor) {
    self.bytes = bytes
    self.cursor = cursor
  }

  /// Bytes that have not been read; up to three of them fill up the sample.
  public var remaining: Int { max(0, bytes.count - cursor.position) }

  /// Reads a `boolean`.
  public mutating func readBool() throws(CDRError) -> Bool {
    let value = try readUInt8()
    guard value <= 1 else { throw CDRError(kind: .value, offset: cursor.position - 1) }
    return value == 1
  }

  /// Reads an `octet`, a `uint8` or a `char`.
  public mutating func readUInt8() throws(CDRError) -> UInt8 { try integer(UInt8.self) }

  /// Reads an `int8`.
  public mutating func readInt8() throws(CDRError) -> Int8 { Int8(bitPattern: try readUInt8()) }

  /// Reads an `unsigned short`.
  public mutating func readUInt16() throws(CDRError) -> UInt16 {
    try integer(UInt16.self)
  }

  /// Reads a `short`.
  public mutating func readInt16() throws(CDRError) -> Int16 { Int16(bitPattern: try readUInt16()) }

  /// Reads an `unsigned long`; also the length of a sequence.
  public mutating func readUInt32() throws(CDRError) -> UInt32 {
    try integer(UInt32.self)
  }

  /// Reads a `long`, an enumeration, or the discriminator of a union.
  public mutating func readInt32() throws(CDRError) -> Int32 { Int32(bitPattern: try readUInt32()) }

  /// Reads an `unsigned long long`.
  public mutating func readUInt64() throws(CDRError) -> UInt64 {
    try integer(UInt64.self)
  }

  /// Reads a `long long`.
  public mutating func readInt64() throws(CDRError) -> Int64 { Int64(bitPattern: try readUInt64()) }

  /// Reads a `float`.
  public mutating func readFloat() throws(CDRError) -> Float { Float(bitPattern: try readUInt32()) }

  /// Reads a `double`.
  public mutating func readDouble() throws(CDRError) -> Double { Double(bitPattern: try readUInt64()) }

  /// Reads a `string`.
  public mutating func readString() throws(CDRError) -> String {
    let bytes = bytes
    let text = try cursor.string(in: bytes.span)
    guard text.count <= Self.maxString, let string = String(validating: bytes[text], as: UTF8.self) else {
      throw CDRError(kind: .value, offset: text.lowerBound)
    }
    return string
  }

  /// Reads `count` octets.
  public mutating func readBytes(_ count: Int) throws(CDRError) -> [UInt8] {
    let bytes = bytes
    let start = cursor.position
    try cursor.skip(count, in: bytes.span)
    return Array(bytes[start..<cursor.position])
  }

  private mutating func integer<Value: FixedWidthInteger & UnsignedInteger>(
    _: Value.Type
  ) throws(CDRError) -> Value {
    let bytes = bytes
    return try cursor.integer(Value.self, in: bytes.span)
  }
}
