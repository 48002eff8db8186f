import SchemaModel
import Testing

@testable import IDLSchema

@Suite struct HashTests {
  /// RFC 1321, A.5.
  @Test(arguments: [
    ("", "d41d8cd98f00b204e9800998ecf8427e"),
    ("a", "0cc175b9c0f1b6a831c399e269772661"),
    ("abc", "900150983cd24fb0d6963f7d28e17f72"),
    ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
    (
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
      "d174ab98d277d9f5a5611c2c9f419d9f"
    ),
    (
      "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
      "57edf4a22be3c955ac49da2e2107b67a"
    ),
  ]) func md5(_ text: String, _ digest: String) {
    let hexadecimal = MD5.digest(text.utf8).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    #expect(hexadecimal.joined() == digest)
  }

  /// Every length around a block's end pads to whole blocks; that they differ shows that all bytes count.
  @Test func lengthsAroundABlock() {
    let digests = (0...130).map { MD5.digest([UInt8](repeating: 0x61, count: $0)) }
    #expect(Set(digests).count == digests.count)
    #expect(digests.allSatisfy { $0.count == 16 })
  }

  @Test(
    arguments: [
      ("command", 0xFEAD_CC1D, -22_164_451, 0x0EAD_CC1D, 0xB97E_906F),
      ("setSpeed", 0x4CDD_A3FB, 1_289_593_851, 0x0CDD_A3FB, 0x3867_6077),
      ("getSpeed", 0x92F8_EEEC, -1_829_179_668, 0x02F8_EEEC, 0xA356_5EA8),
      ("getStatus", 0x8292_03FE, -2_104_359_938, 0x0292_03FE, 0xD249_7AF2),
      ("TooFast", 0x9110_D57E, -1_861_167_746, 0x0110_D57E, 0x606F_AFED),
      ("robot::TooFast", 0x698F_F57C, 1_771_042_172, 0x098F_F57C, 0xFE6E_C8BF),
      ("get_attribute_speed", 0x32CE_63F1, 852_386_801, 0x02CE_63F1, 0x4F00_684B),
      ("getTypes", 0xD182_52D3, -779_988_269, 0x0182_52D3, 0x5820_D7AE),
    ] as [(String, UInt32, Int32, UInt32, UInt32)])
  func names(_ name: String, _ unsigned: UInt32, _ signed: Int32, _ member: UInt32, _ last: UInt32) {
    #expect(UInt32(bitPattern: Dialect.Hash.firstFourLittleEndian(name)) == unsigned)
    #expect(Dialect.Hash.firstFourLittleEndian(name) == signed)
    #expect(MemberIDs.hash(name) == member)
    #expect(UInt32(bitPattern: Dialect.Hash.lastFourBigEndian(name)) == last)
  }
}
