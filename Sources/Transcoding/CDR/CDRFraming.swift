/// Alignment, and the sizes and headers that stand before values.
extension CDREncoder {
  @inline(__always)
  mutating func align(_ size: Int) {
    let padding = (origin &- buffers.sink.count) & (min(size, maximumAlignment) &- 1)
    buffers.sink.append(word: 0, length: padding)
  }

  @inline(__always)
  mutating func write32(_ value: UInt32) {
    align(4)
    buffers.sink.append(word: UInt64(value), length: 4)
  }

  /// Makes room for four bytes that are not known yet; returns where.
  @inline(__always)
  mutating func reserve32() -> Int {
    write32(0)
    return buffers.sink.count &- 4
  }

  /// Writes how many bytes stand behind the place.
  @inline(__always)
  mutating func setSize(_ place: Int) {
    buffers.sink.store(UInt32(truncatingIfNeeded: buffers.sink.count &- place &- 4), at: place)
  }

  /// The size that precedes a value in XCDR2; -1 when there is none.
  @inline(__always)
  mutating func beginSize(_ type: CDRType) -> Int {
    isXCDR2 && type.hasSize ? reserve32() : -1
  }

  @inline(__always)
  mutating func endSize(_ place: Int) {
    if place >= 0 { setSize(place) }
  }

  // MARK: Records and unions

  @inline(__always)
  mutating func beginFrame(_ type: CDRType) -> Int { beginSize(type) }

  @inline(__always)
  mutating func endFrame(_ place: Int, _ type: CDRType) {
    endSize(place)
    if type.isMutable, !isXCDR2 { write32(CDRParameter.endOfList) }
  }

  // MARK: Members

  /// What must be restored and filled in behind a member.
  struct MemberFrame {
    /// Where the size goes, -1 for none.
    var size: Int
    var origin: Int
  }

  @inline(__always)
  mutating func beginMember(_ member: CDRMember, _ record: CDRType) -> MemberFrame {
    if record.isMutable || member.isOptional { return beginHeader(member, record) }
    return MemberFrame(size: -1, origin: origin)
  }

  /// XTypes 7.4.1.2 (parameters, whose content is aligned on its own) and 7.4.3.4 (length codes).
  private mutating func beginHeader(_ member: CDRMember, _ record: CDRType) -> MemberFrame {
    var frame = MemberFrame(size: -1, origin: origin)
    if !isXCDR2 {
      write32(CDRParameter.extended)
      write32(member.id | (member.mustUnderstand ? CDRParameter.mustUnderstand : 0))
      frame.size = reserve32()
      origin = buffers.sink.count
    } else if record.isMutable {
      let code = program.types[member.type].lengthCode
      write32(member.header | code << 28)
      if code == 4 { frame.size = reserve32() }
    } else {
      buffers.sink.append(1)
    }
    return frame
  }

  @inline(__always)
  mutating func endMember(_ frame: MemberFrame, _ record: CDRType) {
    origin = frame.origin
    guard frame.size >= 0 else { return }
    // XTypes 1.1, RTI and Cyclone 11 have the padding counted in a parameter of a list, all others can skip it.
    if record.isMutable, !isXCDR2 { align(4) }
    setSize(frame.size)
  }

  /// An optional member that has no value.
  mutating func absentOptional(_ member: CDRMember, _ record: CDRType) {
    if record.isMutable { return }
    if isXCDR2 {
      buffers.sink.append(0)
    } else {
      let frame = beginHeader(member, record)
      origin = frame.origin
    }
  }
}

/// Parameter headers of XCDR1: two bytes of flags and id, two of size.
enum CDRParameter {
  /// The long form: an id and a size of 32 bits follow (0x3F01, 8 bytes, must be understood).
  static let extended: UInt32 = 0x0008_7F01
  /// 0x3F02, must be understood.
  static let endOfList: UInt32 = 0x0000_7F02
  /// In the id of the long form.
  static let mustUnderstand: UInt32 = 1 << 30
}
