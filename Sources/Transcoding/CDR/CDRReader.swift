/// Reads aligned numbers and headers; knows the wire format but no schema.
///
/// Every read is bounded by `end`; every advance is checked before it is made.
///
/// DDSRPC has a reader too, for the values that Swift programs exchange: it is public, throws its library's errors and
/// stands in the module that uses it. This one is internal, because nothing is inlined across modules (2.5 ns instead of
/// 0.14 ns a byte), reads all headers of XTypes and knows where a value ends.
struct CDRReader {
  let wire: ByteView
  let isXCDR2: Bool
  let isBigEndian: Bool
  let maximumAlignment: Int
  var index: Int
  /// Behind the last byte of what is being read: the wire, or the value whose size is known.
  var end: Int
  /// Where alignment counts from.
  var origin = CDREncapsulation.size

  init(_ wire: ByteView, _ encapsulation: CDREncapsulation, at start: Int) {
    self.wire = wire
    isXCDR2 = encapsulation.isXCDR2
    isBigEndian = encapsulation.isBigEndian
    maximumAlignment = encapsulation.maximumAlignment
    index = start
    end = wire.count
  }

  /// Begins where a caller says that a value does.
  init(_ wire: ByteView, _ encapsulation: CDREncapsulation, from start: Int) throws(TranscodeError) {
    guard start >= CDREncapsulation.size, start <= wire.count else {
      throw TranscodeError(.truncated, offset: max(0, wire.count - 1))
    }
    self.init(wire, encapsulation, at: start)
  }

  /// The last byte that was understood is what lacks its rest.
  func truncated() -> TranscodeError {
    TranscodeError(.truncated, offset: max(0, min(index, wire.count) - 1))
  }

  /// What lies between values is not looked at.
  @inline(__always)
  mutating func align(_ size: Int) {
    index &+= (origin &- index) & (min(size, maximumAlignment) &- 1)
  }

  @inline(__always)
  var remaining: Int { max(0, end &- index) }

  /// Passes `count` bytes; returns where they begin.
  @inline(__always)
  mutating func take(_ count: Int) throws(TranscodeError) -> Int {
    guard count <= end &- index else { throw truncated() }
    let start = index
    index &+= count
    return start
  }

  /// The unsigned number in 1, 2, 4 or 8 bytes.
  @inline(__always)
  mutating func word(_ size: Int) throws(TranscodeError) -> UInt64 {
    align(size)
    let start = try take(size)
    switch size {
    case 1: return UInt64(wire[start])
    case 2:
      let low = UInt64(wire[start])
      let high = UInt64(wire[start &+ 1])
      return isBigEndian ? low << 8 | high : high << 8 | low
    case 4:
      let word = wire.word32(at: start)
      return UInt64(isBigEndian ? word.byteSwapped : word)
    default:
      let word = wire.word(at: start)
      return isBigEndian ? word.byteSwapped : word
    }
  }

  @inline(__always)
  mutating func word32() throws(TranscodeError) -> UInt32 {
    UInt32(truncatingIfNeeded: try word(4))
  }

  /// The size of what follows; returns where that ends, which is within what is being read.
  mutating func size() throws(TranscodeError) -> Int {
    let size = Int(try word32())
    guard size <= end &- index else { throw TranscodeError(.malformedLength, offset: index &- 4) }
    return index &+ size
  }

  // MARK: Member headers

  struct Header {
    var id: UInt32
    var mustUnderstand: Bool
    /// Where the value begins and ends.
    var start: Int
    var end: Int
  }

  /// The header of a parameter (XTypes 7.4.1.2); nil at the end of the list.
  mutating func parameter() throws(TranscodeError) -> Header? {
    while true {
      align(4)
      let place = index
      let flags = UInt32(truncatingIfNeeded: try word(2))
      var size = Int(try word(2))
      var id = flags & 0x3FFF
      var mustUnderstand = flags & 0x4000 != 0
      switch id {
      case 0x3F02: return nil
      case 0x3F01:
        guard size == 8 else { throw TranscodeError(.malformedLength, offset: place) }
        let long = try word32()
        id = long & 0x0FFF_FFFF
        mustUnderstand = long & CDRParameter.mustUnderstand != 0
        size = Int(try word32())
      default: break
      }
      guard size <= end &- index else { throw TranscodeError(.malformedLength, offset: place) }
      if flags & 0x3FFF == 0x3F03 {
        // PID_IGNORE
        index &+= size
        continue
      }
      return Header(id: id, mustUnderstand: mustUnderstand, start: index, end: index &+ size)
    }
  }

  /// The header of a member in XCDR2 (XTypes 7.4.3.4.2).
  mutating func memberHeader() throws(TranscodeError) -> Header {
    let word = try word32()
    let place = index &- 4
    let code = word >> 28 & 7
    var size: UInt64
    if code < 4 {
      size = 1 << UInt64(code)
    } else {
      let next = UInt64(try word32())
      switch code {
      case 4: size = next
      case 5: size = 4 + next
      case 6: size = 4 + next * 4
      default: size = 4 + next * 8
      }
      // From 5 on the number is the beginning of the value itself.
      if code > 4 { index &-= 4 }
    }
    guard size <= UInt64(max(0, end &- index)) else { throw TranscodeError(.malformedLength, offset: place) }
    return Header(
      id: word & 0x0FFF_FFFF, mustUnderstand: word >> 31 == 1, start: index, end: index &+ Int(size))
  }
}
