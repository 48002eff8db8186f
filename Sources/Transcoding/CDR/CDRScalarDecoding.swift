internal import SchemaModel

/// Scalars: bytes to bits, bits to JSON.
extension CDRDecoder {
  @inline(__always)
  mutating func bits(_ type: CDRType) throws(TranscodeError) -> UInt64 {
    if type.kind == .float128 { return try longDouble() }
    return CDRScalars.extended(try reader.word(Int(type.size)), type)
  }

  private mutating func longDouble() throws(TranscodeError) -> UInt64 {
    let first = try reader.word(8)
    let second = try reader.word(8)
    let value =
      reader.isBigEndian ? LongDouble(high: first, low: second) : LongDouble(high: second, low: first)
    guard let double = value.double else {
      throw TranscodeError(.notRepresentable, offset: reader.index &- 16)
    }
    return double.bitPattern
  }

  /// A scalar that ends where the reader stands.
  @inline(__always)
  mutating func json(_ bits: UInt64, _ index: Int32, _ type: CDRType) throws(TranscodeError) {
    switch type.kind {
    case .boolean:
      if bits > 1 { throw malformed(type) }
      // "true" and "false" as words.
      buffers.sink.append(word: bits == 0 ? 0x65_736C_6166 : 0x6575_7274, length: bits == 0 ? 5 : 4)
    case .int8, .int16, .int32: DecimalDigits.append(Int64(bitPattern: bits), to: &buffers.sink)
    case .uint8, .uint16, .uint32: DecimalDigits.append(bits, to: &buffers.sink)
    case .float32: try float(Float(bitPattern: UInt32(truncatingIfNeeded: bits)), type)
    case .float64, .float128: try double(Double(bitPattern: bits), type)
    case .character, .wideCharacter: try character(UInt32(truncatingIfNeeded: bits), type)
    case .enumeration: try enumerator(bits, index, type)
    case .bitmask: flags(bits, type)
    default: long(bits, isSigned: type.isSigned)
    }
  }

  func malformed(_ type: CDRType) -> TranscodeError {
    TranscodeError(.malformedValue, offset: reader.index &- Int(type.size))
  }

  private mutating func long(_ bits: UInt64, isSigned: Bool) {
    let magnitude = isSigned ? Int64(bitPattern: bits).magnitude : bits
    let isQuoted =
      options.conventions == .ddsJSON ? magnitude > DDSJSON.largestNumber : options.int64 == .string
    if isQuoted { buffers.sink.append(UInt8(ascii: "\"")) }
    if isSigned {
      DecimalDigits.append(Int64(bitPattern: bits), to: &buffers.sink)
    } else {
      DecimalDigits.append(bits, to: &buffers.sink)
    }
    if isQuoted { buffers.sink.append(UInt8(ascii: "\"")) }
  }

  private mutating func float(_ value: Float, _ type: CDRType) throws(TranscodeError) {
    if value.isFinite {
      FloatingPointText.append(value, to: &buffers.sink)
    } else {
      try nonFinite(Double(value), type)
    }
  }

  private mutating func double(_ value: Double, _ type: CDRType) throws(TranscodeError) {
    if value.isFinite {
      if type.kind == .float128, options.conventions == .ddsJSON { return ddsLongDouble(value) }
      FloatingPointText.append(value, to: &buffers.sink)
    } else {
      try nonFinite(value, type)
    }
  }

  private mutating func nonFinite(_ value: Double, _ type: CDRType) throws(TranscodeError) {
    if options.conventions == .ddsJSON, options.nonFinite == .string {
      DDSJSON.appendNonFinite(value, to: &buffers.sink)
    } else if !FloatingPointText.appendNonFinite(value, options.nonFinite, to: &buffers.sink) {
      throw TranscodeError(.notRepresentable, offset: reader.index &- Int(type.size))
    }
  }

  private mutating func character(_ scalar: UInt32, _ type: CDRType) throws(TranscodeError) {
    if scalar & 0xF800 == 0xD800 { throw malformed(type) }
    buffers.spare.removeAll()
    UTF8Form.append(scalar, to: &buffers.spare)
    JSONString.appendLiteral(of: buffers.spare, into: &buffers.sink)
  }

  private mutating func enumerator(
    _ bits: UInt64, _ index: Int32, _ type: CDRType
  ) throws(TranscodeError) {
    let enumeration = program.enumerations[type.enumeration]
    var number = Int32(truncatingIfNeeded: bits)
    var place = enumeration.find(number, program.enumerators)
    if place < 0, number < 0, type.size < 4 {
      // Enumerators from 2^(bits - 1) on.
      let unsigned = number & (1 << (type.size &* 8) &- 1)
      place = enumeration.find(unsigned, program.enumerators)
      if place >= 0 { number = unsigned }
    }
    if place < 0 && enumeration.isClosed {
      throw TranscodeError(.unknownEnumerator, offset: reader.index &- Int(type.size)).expecting(index)
    }
    if place >= 0 && options.enums == .names {
      let entry = program.enumerators[place]
      buffers.sink.append(program.text, from: entry.text, count: entry.textLength)
    } else {
      DecimalDigits.append(Int64(number), to: &buffers.sink)
    }
  }

  /// The names of the flags that are set; the number when one has no name.
  private mutating func flags(_ bits: UInt64, _ type: CDRType) {
    let enumeration = program.enumerations[type.enumeration]
    var rest = bits
    let start = buffers.sink.count
    if options.enums == .names, options.conventions == .drawbridge {
      buffers.sink.append(UInt8(ascii: "["))
      for place in enumeration.first..<(enumeration.first &+ enumeration.count) {
        let entry = program.enumerators[place]
        let bit: UInt64 = 1 << UInt64(truncatingIfNeeded: entry.number & 63)
        guard rest & bit != 0 else { continue }
        rest &= ~bit
        buffers.sink.append(program.text, from: entry.text, count: entry.textLength)
        buffers.sink.append(UInt8(ascii: ","))
      }
      if rest == 0 {
        closeArray(from: start)
        return
      }
      buffers.sink.truncate(to: start)
    }
    if type.size == 8 { long(bits, isSigned: false) } else { DecimalDigits.append(bits, to: &buffers.sink) }
  }

  /// Ends an array whose elements are each followed by a comma.
  mutating func closeArray(from start: Int) {
    if buffers.sink.count == start &+ 1 {
      buffers.sink.append(UInt8(ascii: "]"))
    } else {
      buffers.sink[buffers.sink.count &- 1] = UInt8(ascii: "]")
    }
  }
}
