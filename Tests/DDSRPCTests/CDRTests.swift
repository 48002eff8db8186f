import Testing

@testable import DDSRPC

/// The reader and writer for types written by hand. The bytes are worked out from DDS-XTypes 1.3, section 7.4.
@Suite struct CDRTests {
  private func reader(_ sample: [UInt8]) throws -> CDRReader {
    CDRReader(sample, at: CDRCursor(try Encapsulation(sample.span)))
  }

  private func written(_ representation: DDSRepresentation) -> [UInt8] {
    var writer = CDRWriter(Encapsulation(representation))
    writer.write(true)
    writer.write(Int16(-2))
    writer.write(UInt8(3))
    writer.write(Double(1))
    writer.write(Int8(-1))
    writer.write(UInt64(0x0102_0304_0506_0708))
    writer.write("é")
    writer.write(UInt16(0xABCD))
    writer.write(Float(3.5))
    writer.write(Int64(-1))
    writer.write(bytes: [9, 8])
    writer.write(Int32(-3))
    writer.write(UInt32(4))
    return writer.bytes
  }

  @Test func alignment() throws {
    let head: [UInt8] = [1, 0, 0xFE, 0xFF, 3, 0, 0, 0]
    let one: [UInt8] = [0, 0, 0, 0, 0, 0, 0xF0, 0x3F]
    let number: [UInt8] = [8, 7, 6, 5, 4, 3, 2, 1]
    let text: [UInt8] = [3, 0, 0, 0, 0xC3, 0xA9, 0]
    let minus = [UInt8](repeating: 0xFF, count: 8)
    let tail: [UInt8] = [9, 8, 0, 0, 0xFD, 0xFF, 0xFF, 0xFF, 4, 0, 0, 0]
    let xcdr1 =
      [0, 1, 0, 0] + head + one + [0xFF, 0, 0, 0, 0, 0, 0, 0] + number + text + [0, 0xCD, 0xAB, 0, 0]
      + [0, 0, 0x60, 0x40] + minus + tail
    let xcdr2 =
      [0, 7, 0, 0] + head + one + [0xFF, 0, 0, 0] + number + text + [0, 0xCD, 0xAB, 0, 0]
      + [0, 0, 0x60, 0x40] + minus + tail
    #expect(written(.xcdr1) == xcdr1)
    #expect(written(.xcdr2) == xcdr2)
    for sample in [xcdr1, xcdr2] {
      try check(sample)
      for end in 0..<sample.count {
        let cut = Array(sample[..<end])
        #expect(throws: CDRError.self) { try check(cut) }
      }
    }
  }

  private func check(_ sample: [UInt8]) throws {
    var reader = try reader(sample)
    #expect(try reader.readBool())
    #expect(try reader.readInt16() == -2)
    #expect(try reader.readUInt8() == 3)
    #expect(try reader.readDouble() == 1)
    #expect(try reader.readInt8() == -1)
    #expect(try reader.readUInt64() == 0x0102_0304_0506_0708)
    #expect(try reader.readString() == "é")
    #expect(try reader.readUInt16() == 0xABCD)
    #expect(try reader.readFloat() == 3.5)
    #expect(try reader.readInt64() == -1)
    #expect(try reader.readBytes(2) == [9, 8])
    #expect(try reader.readInt32() == -3)
    #expect(try reader.readUInt32() == 4)
    #expect(reader.remaining == 0)
  }

  @Test func bigEndian() throws {
    var reader = try reader([0, 0, 0, 0, 0x01, 0, 0x02, 0x03, 0, 0, 0, 2, 0x41, 0])
    #expect(try reader.readUInt8() == 1)
    #expect(try reader.readUInt16() == 0x0203)
    #expect(try reader.readString() == "A")
  }

  @Test(arguments: [
    [2], [3, 0, 0, 0, 65, 66, 67], [2, 0, 0, 0, 0xFF, 0], [0xFF, 0xFF, 0xFF, 0xFF, 0],
    [0xFF, 0xFF, 0xFF, 0x7F],
  ])
  func valuesThatCannotBe(_ body: [UInt8]) throws {
    if body.count == 1 {
      var reader = try reader([0, 1, 0, 0] + body)
      #expect(throws: CDRError.self) { try reader.readBool() }
    } else {
      var reader = try reader([0, 1, 0, 0] + body)
      #expect(throws: CDRError.self) { try reader.readString() }
    }
    var reader = try reader([0, 1, 0, 0] + body)
    #expect(throws: CDRError.self) { try reader.readBytes(-1) }
    #expect(throws: CDRError.self) { try reader.readBytes(.max) }
  }

  @Test func emptyStringsOfOldPeers() throws {
    var reader = try reader([0, 1, 0, 0, 0, 0, 0, 0, 7])
    #expect(try reader.readString() == "")
    #expect(try reader.readUInt8() == 7)
  }
}
