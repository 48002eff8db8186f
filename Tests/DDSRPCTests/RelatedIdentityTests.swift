import CCyclone
import Testing

@testable import DDSRPC

/// What a sample's inline QoS says about the request that it answers: lists of parameters worked by hand after RTPS 2.5,
/// section 9.4.2.11.
@Suite struct RelatedIdentityTests {
  private static let writer: [UInt8] = Array(1...16)
  private static let identity = SampleIdentity(
    writer: GUID(first: 0x0102_0304_0506_0708, second: 0x090A_0B0C_0D0E_0F10), sequence: 1 << 32 | 2)

  private func related(_ list: [UInt8], isLittleEndian: Bool = true) -> SampleIdentity? {
    var found = ccyclone_identity()
    let isFound = unsafe list.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return false }
      return unsafe ccyclone_related_identity(base, buffer.count, isLittleEndian, &found)
    }
    return isFound ? SampleIdentity(found) : nil
  }

  private func parameter(_ id: UInt16, _ value: [UInt8], isLittleEndian: Bool = true) -> [UInt8] {
    let numbers = [id, UInt16(value.count)].flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    return (isLittleEndian ? numbers : [numbers[1], numbers[0], numbers[3], numbers[2]]) + value
  }

  private static let little = writer + [1, 0, 0, 0, 2, 0, 0, 0]
  private static let big = writer + [0, 0, 0, 1, 0, 0, 0, 2]
  private static let end: [UInt8] = [1, 0, 0, 0]

  /// The specification's number, eProsima's, with the bit "must be understood", and longer than it has to be.
  @Test(arguments: [0x0083, 0x800F, 0x4083, 0xC00F] as [UInt16])
  func numbers(_ id: UInt16) {
    #expect(related(parameter(id, Self.little) + Self.end) == Self.identity)
    #expect(related(parameter(id, Self.little + [9, 9, 9, 9]) + Self.end) == Self.identity)
    #expect(
      related(parameter(id, Self.big, isLittleEndian: false) + [0, 1, 0, 0], isLittleEndian: false)
        == Self.identity)
  }

  @Test func amongOthers() {
    let other = parameter(0x0071, [0, 0, 0, 1]) + parameter(0x0061, Self.little)
    #expect(related(other + parameter(0x0083, Self.little) + other + Self.end) == Self.identity)
    #expect(related(other + Self.end) == nil)
    // Behind the end there is nothing.
    #expect(related(Self.end + parameter(0x0083, Self.little) + Self.end) == nil)
    // The specification's number comes before eProsima's, wherever they stand.
    let foreign = [UInt8](repeating: 9, count: 24)
    for list in [
      parameter(0x800F, foreign) + parameter(0x0083, Self.little),
      parameter(0x0083, Self.little) + parameter(0x800F, foreign),
    ] { #expect(related(list + Self.end) == Self.identity) }
    // Too short to be one.
    #expect(related(parameter(0x0083, Array(Self.little.prefix(20))) + Self.end) == nil)
  }

  @Test func cutOffAnywhere() {
    let list = parameter(0x0071, [0, 0, 0, 1]) + parameter(0x0083, Self.little) + Self.end
    for count in 0..<list.count { #expect(related(Array(list[..<count])) == nil, "\(count)") }
    // Lengths that reach beyond the end.
    for position in [2, 3, 10, 11] {
      var changed = list
      changed[position] = 0xFF
      #expect(related(changed) == nil)
    }
  }
}
