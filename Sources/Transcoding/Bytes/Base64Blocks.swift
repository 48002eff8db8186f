/// The inner loops of base64: twelve bytes, sixteen characters at a time, by arithmetic on all of them side by side. What
/// is left of a text goes through `Base64`'s tables.
extension ByteSink {
  /// Appends the characters of whole blocks; returns how many bytes those took.
  mutating func appendBase64(of view: ByteView, from start: Int, to end: Int) -> Int {
    // SAFETY: the slice is checked, and used at once.
    let bytes = unsafe view.slice(start, end)
    guard let source = unsafe UnsafeRawPointer(bytes.baseAddress) else { return 0 }
    // Two words of eight bytes are read for six each.
    let blocks = max(0, (bytes.count &- 2) / 12)
    return unsafe fill(blocks &* 16) { target in
      for block in 0..<blocks {
        let place = block &* 12
        // SAFETY: the second word ends 14 bytes behind `place`, which `blocks` keeps within the slice.
        let first = unsafe source.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        let second = unsafe source.loadUnaligned(fromByteOffset: place &+ 6, as: UInt64.self)
        let values = SIMD2(Base64Block.spread(first.bigEndian), Base64Block.spread(second.bigEndian))
        // SAFETY: as many plain bits on both sides.
        let characters = Base64Block.characters(unsafe unsafeBitCast(values, to: SIMD16<UInt8>.self))
        unsafe target.storeBytes(of: characters, toByteOffset: block &* 16, as: SIMD16<UInt8>.self)
      }
      return blocks &* 16
    } / 16 &* 12
  }

  /// Appends the bytes of whole blocks; returns how many characters those took, nil when one of them is none of base64.
  mutating func appendBytes(ofBase64 view: ByteView, from start: Int, to end: Int) -> Int? {
    // SAFETY: the slice is checked, and used at once.
    let text = unsafe view.slice(start, end)
    guard let source = unsafe UnsafeRawPointer(text.baseAddress) else { return 0 }
    let blocks = text.count / 16
    let before = count
    let written = unsafe fill(blocks &* 12) { target in
      for block in 0..<blocks {
        // SAFETY: `blocks` keeps all sixteen within the slice.
        let characters = unsafe source.loadUnaligned(fromByteOffset: block &* 16, as: SIMD16<UInt8>.self)
        // SAFETY: as many plain bits on both sides.
        let values = unsafe unsafeBitCast(Base64Block.values(characters), to: SIMD2<UInt64>.self)
        if (values[0] | values[1]) & 0x8080_8080_8080_8080 != 0 { return -1 }
        // SAFETY: eight bytes for six; the last two lie in the slack.
        unsafe target.storeBytes(
          of: Base64Block.gather(values[0]), toByteOffset: block &* 12, as: UInt64.self)
        unsafe target.storeBytes(
          of: Base64Block.gather(values[1]), toByteOffset: block &* 12 &+ 6, as: UInt64.self)
      }
      return blocks &* 12
    }
    if written < 0 { truncate(to: before) }
    return written < 0 ? nil : written / 12 &* 16
  }
}

private enum Base64Block {
  /// The upper 48 bits as eight groups of six, the first in the low byte.
  @inline(__always)
  static func spread(_ word: UInt64) -> UInt64 {
    let halves = (word >> 40) << 32 | word >> 16 & 0xFF_FFFF
    let quarters = (halves & 0x00FF_F000_00FF_F000) << 4 | halves & 0x0000_0FFF_0000_0FFF
    let groups = (quarters & 0x0FC0_0FC0_0FC0_0FC0) << 2 | quarters & 0x003F_003F_003F_003F
    return groups.bigEndian
  }

  /// The other way; the last two bytes are 0.
  @inline(__always)
  static func gather(_ groups: UInt64) -> UInt64 {
    let groups = UInt64(bigEndian: groups)
    let quarters = (groups & 0x3F00_3F00_3F00_3F00) >> 2 | groups & 0x003F_003F_003F_003F
    let halves = (quarters & 0x0FFF_0000_0FFF_0000) >> 4 | quarters & 0x0000_0FFF_0000_0FFF
    return ((halves >> 32) << 40 | (halves & 0xFF_FFFF) << 16).bigEndian
  }

  /// From 0…63.
  @inline(__always)
  static func characters(_ values: SIMD16<UInt8>) -> SIMD16<UInt8> {
    var result = values &+ UInt8(ascii: "A")
    result.replace(with: values &+ (UInt8(ascii: "a") - 26), where: values .> 25)
    result.replace(with: values &- (52 - UInt8(ascii: "0")), where: values .> 51)
    result.replace(with: UInt8(ascii: "+"), where: values .== 62)
    result.replace(with: UInt8(ascii: "/"), where: values .== 63)
    return result
  }

  /// 0…63, or 255 for what is no character of either alphabet.
  @inline(__always)
  static func values(_ characters: SIMD16<UInt8>) -> SIMD16<UInt8> {
    var result = SIMD16<UInt8>(repeating: 255)
    let upper = characters &- UInt8(ascii: "A")
    let lower = characters &- UInt8(ascii: "a")
    let digits = characters &- UInt8(ascii: "0")
    result.replace(with: upper, where: upper .< 26)
    result.replace(with: lower &+ 26, where: lower .< 26)
    result.replace(with: digits &+ 52, where: digits .< 10)
    result.replace(
      with: 62, where: (characters .== UInt8(ascii: "+")) .| (characters .== UInt8(ascii: "-")))
    result.replace(
      with: 63, where: (characters .== UInt8(ascii: "/")) .| (characters .== UInt8(ascii: "_")))
    return result
  }
}
