internal import SchemaModel

/// Scalars: a JSON value to bits, and bits to bytes.
extension CDREncoder {
  @inline(__always)
  mutating func write(_ bits: UInt64, _ type: CDRType) {
    if type.kind == .float128 {
      let value = LongDouble(Double(bitPattern: bits))
      align(8)
      buffers.sink.append(word: value.low, length: 8)
      buffers.sink.append(word: value.high, length: 8)
    } else {
      align(Int(type.size))
      buffers.sink.append(word: bits, length: Int(type.size))
    }
  }

  /// A scalar's bits, within the limits of its type; the token is one of the tape.
  @inline(__always)
  mutating func bits(_ index: Int32, _ type: CDRType, _ at: Int32) throws(TranscodeError) -> UInt64 {
    let bits = try unlimitedBits(index, type, at)
    if type.hasLimits { try checkLimits(bits, index, type, buffers.tape[at]) }
    return bits
  }

  func checkLimits(
    _ bits: UInt64, _ index: Int32, _ type: CDRType, _ token: JSONToken
  ) throws(TranscodeError) {
    if !program.isInRange(bits, type) {
      throw TranscodeError(.outOfRange, offset: token.offset).expecting(index)
    }
  }

  @inline(__always)
  private mutating func unlimitedBits(
    _ index: Int32, _ type: CDRType, _ at: Int32
  ) throws(TranscodeError) -> UInt64 {
    let token = buffers.tape[at]
    let start = Int(token.start)
    let end = Int(token.end)
    switch token.kind {
    case .number:
      switch type.kind {
      case .float32, .float64, .float128:
        if let bits = CDRScalars.floatingPoint(
          type.kind, FloatingPointText.parse(text, from: start, to: end))
        {
          return bits
        }
      case .boolean, .character, .wideCharacter: break
      default:
        if let number = JSONNumber.integer(text, from: start, to: end, isComplex: token.isComplex),
          let bits = CDRScalars.integer(type, number.magnitude, number.isNegative)
        {
          if type.kind != .enumeration { return bits }
          let enumeration = program.enumerations[type.enumeration]
          if !enumeration.isClosed
            || enumeration.find(Int32(truncatingIfNeeded: bits), program.enumerators) >= 0
          {
            return bits
          }
          throw TranscodeError(.unknownEnumerator, offset: token.offset).expecting(index)
        }
      }
    case .string:
      return try quoted(index, type, token)
    case .true where type.kind == .boolean: return 1
    case .false where type.kind == .boolean: return 0
    case .array where type.kind == .bitmask: return try flags(index, type, at)
    default: break
    }
    throw mismatch(index, token)
  }

  private mutating func quoted(
    _ index: Int32, _ type: CDRType, _ token: JSONToken
  ) throws(TranscodeError) -> UInt64 {
    let program = program
    let options = options
    let isBase64 = type.kind == .float128 && options.conventions == .ddsJSON
    let bits = buffers.withText(of: token, in: text) { bytes, start, end in
      isBase64
        ? DDSJSON.nonFinite(bytes, start, end).map(\.bitPattern)
        : CDRText.bits(type, bytes, start, end, program, options, isBound: false)
    }
    if let bits { return bits }
    if isBase64, let bits = ddsLongDouble(token) { return bits }
    if type.kind == .enumeration {
      throw TranscodeError(.unknownEnumerator, offset: token.offset).expecting(index)
    }
    throw mismatch(index, token)
  }

  /// The names of flags in an array.
  private mutating func flags(
    _ index: Int32, _ type: CDRType, _ array: Int32
  ) throws(TranscodeError) -> UInt64 {
    var bits: UInt64 = 0
    var at = array &+ 1
    let program = program
    let isCaseSensitive = !options.caseInsensitiveEnums
    while at < buffers.tape[array].next {
      let token = buffers.tape[at]
      guard token.kind == .string else { throw mismatch(index, token) }
      let flag = buffers.withText(of: token, in: text) { bytes, start, end in
        CDRText.flag(type, bytes, start, end, program, isCaseSensitive: isCaseSensitive)
      }
      guard let flag else {
        throw TranscodeError(.unknownEnumerator, offset: token.offset).expecting(index)
      }
      bits |= flag
      at = token.next
    }
    return bits
  }

  func mismatch(_ index: Int32, _ token: JSONToken) -> TranscodeError {
    TranscodeError(token.kind == .null ? .nullNotAllowed : .mismatch, offset: token.offset)
      .expecting(index)
  }
}
