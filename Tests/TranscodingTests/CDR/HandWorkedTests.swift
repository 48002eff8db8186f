import SchemaModel
import Testing
import Transcoding

/// Bytes worked out by hand from XTypes 1.3, section 7.4, for what no installed implementation writes, and the vector
/// that both Cyclone's C and Python agree on.
@Suite struct HandWorkedTests {
  static let types = """
    enum E = ZERO:0 ONE:1 TWO:2
    struct Final final { a uint8, b seq<E>, c arr<E;2>, d seq<boolean>, e bytes, f seq<char>, g arr<boolean;2>, \
    h seq<string>, i seq<int32>, j uint8 }
    struct Appendable appendable { a uint8, b seq<E>, c arr<E;2>, d seq<boolean>, e bytes, f seq<char>, \
    g arr<boolean;2>, h seq<string>, i seq<int32>, j uint8 }
    struct Numbers { a uint8, b int64, c uint16, d float64 }
    struct Wide { a wchar, b wstring }
    struct Quad { a uint8, b float128 }
    struct Counts { a map<string;int32> }
    struct Plain { a map<int32;int16> }
    struct Names { a map<E;string> }
    bits Packed/16 = low:0:3:uint8 flag:3:1:boolean high:10:6:int8
    struct Bits { a uint8, b Packed }
    struct Optional final { a uint8, b int64 optional, c uint8 optional, d uint8 }
    struct Mutable mutable { a int64 id=1, b uint8 optional id=2, c string id=70000 mu }
    union Choice (int32) final { 1 a int64, 2|3 b string, * c uint8 }
    union Either (E) mutable { 1 a int64 id=5, 2 b uint8 id=6 }
    struct Holder final { a uint8, b Either }
    """

  /// Written by the C types that idlc 0.10.2 makes of them.
  static let recordedTypes = """
    enum Small/8 = OFF:0 ON:1
    enum E = ZERO:0 ONE:1 TWO:2
    struct Firm final { x char, y float64 }
    struct Grown appendable { x char, y float64 }
    struct Loose mutable { x char id=10, y float64 id=3 }
    struct Members mutable { a uint8, p Firm, q Grown, r Loose, s seq<Grown>, t string, u seq<int16>, v seq<int32>, \
    w seq<float64>, k arr<int32;2>, e E, f Small, o seq<uint8>, n arr<string;2>, b seq<boolean>, z int32 optional }
    struct Rows final { a uint8, m arr<arr<int32;3>;2>, n arr<arr<Small;2>;1>, z uint8 }
    struct Smalls final { a Small, b Small, c uint8 }
    """

  static let recorded: [(type: String, wire: String, json: String)] = [
    (
      "Members",
      """
      000b0000 0c010000 00000000 01000000 010000400c00000061000000000000000000f83f 02000040100000000c0000006200000000000000
      00000440 0300004018000000140000000a00000063000000030000300000000000000c40 0400005014000000010000000c00000062000000
      0000000000000440 050000500300000078790000 060000400a0000000300000001000200 03000000 070000600100000007000000
      0800007002000000000000000000f03f0000000000000040 09000040080000000500000006000000 0a00002001000000 0b00000001000000
      0c0000500300000001020300 0d0000500d0000000200000070000000 01000000 00000000 0e0000500200000001000000 0f00002009000000
      """,
      #"{"a":1,"p":{"x":"a","y":1.5},"q":{"x":"b","y":2.5},"r":{"x":"c","y":3.5},"s":[{"x":"b","y":2.5}],"t":"xy","#
        + #""u":[1,2,3],"v":[7],"w":[1,2],"k":[5,6],"e":"ONE","f":"ON","o":"AQID","n":["p",""],"b":[true,false],"z":9}"#
    ),
    (
      "Rows", "00010000 01000000 01000000 02000000 03000000 04000000 05000000 06000000 00 01 09",
      #"{"a":1,"m":[[1,2,3],[4,5,6]],"n":[["OFF","ON"]],"z":9}"#
    ),
    (
      "Rows", "00070000 01000000 01000000 02000000 03000000 04000000 05000000 06000000 02000000 00 01 09",
      #"{"a":1,"m":[[1,2,3],[4,5,6]],"n":[["OFF","ON"]],"z":9}"#
    ),
    ("Smalls", "00010000 010003", #"{"a":"ON","b":"OFF","c":3}"#),
    ("Smalls", "00070000 010003", #"{"a":"ON","b":"OFF","c":3}"#),
  ]

  @Test(arguments: recorded)
  func bytesOfCTypes(_ row: (type: String, wire: String, json: String)) throws {
    let schema = try TestSchema(Self.recordedTypes)
    let wire = [UInt8](hex: row.wire)
    #expect(try schema.json(row.type, wire) == row.json)
    #expect(try schema.wire(row.type, row.json, after: Array(wire[..<4])).hex == wire.hex)
  }

  static let rows: [(type: String, wire: String, json: String)] = [
    (
      "Final",
      """
      00070000 aa000000 0c000000 02000000 01000000 02000000 08000000 01000000 02000000 03000000 01000100 03000000
      01020300 01000000 78010000 0a000000 01000000 02000000 71000000 01000000 07000000 bb
      """,
      #"{"a":170,"b":["ONE","TWO"],"c":["ONE","TWO"],"d":[true,false,true],"e":"AQID","f":["x"],"g":[true,false],"#
        + #""h":["q"],"i":[7],"j":187}"#
    ),
    (
      "Appendable",
      """
      00090000 51000000 aa000000 0c000000 02000000 01000000 02000000 08000000 01000000 02000000 03000000 01000100
      03000000 01020300 01000000 78010000 0a000000 01000000 02000000 71000000 01000000 07000000 bb
      """,
      #"{"a":170,"b":["ONE","TWO"],"c":["ONE","TWO"],"d":[true,false,true],"e":"AQID","f":["x"],"g":[true,false],"#
        + #""h":["q"],"i":[7],"j":187}"#
    ),
    // 7.4.1: primitives align to their size, to at most 8 in XCDR1 and 4 in XCDR2.
    (
      "Numbers", "00010000 01000000 00000000 feffffffffffffff 03000000 00000000 000000000000f03f",
      #"{"a":1,"b":"-2","c":3,"d":1}"#
    ),
    (
      "Numbers", "00070000 01000000 feffffffffffffff 03000000 000000000000f03f",
      #"{"a":1,"b":"-2","c":3,"d":1}"#
    ),
    // 7.4.1.1.1, 7.4.1.1.3: wide characters are UTF-16 units; the length of a wide string is in bytes, without NUL.
    ("Wide", "00070000 e900 0000 06000000 4100 3dd8 00de", #"{"a":"é","b":"A😀"}"#),
    ("Wide", "00010000 e900 0000 00000000", #"{"a":"é","b":""}"#),
    // 7.4.1.1.1: long double is binary128, aligned to 8 (XCDR1) or 4: 1.5 × 2^0.
    (
      "Quad", "00010000 01000000 00000000 0000000000000000 000000000080ff3f", #"{"a":1,"b":1.5}"#
    ),
    ("Quad", "00070000 01000000 0000000000000000 000000000080ffbf", #"{"a":1,"b":-1.5}"#),
    // 7.4.3.5.3 rules 12 and 13: a count and pairs; XCDR2 puts the size before what is not all primitive.
    ("Counts", "00010000 01000000 02000000 6b000000 05000000", #"{"a":{"k":5}}"#),
    ("Counts", "00070000 10000000 01000000 02000000 6b000000 05000000", #"{"a":{"k":5}}"#),
    ("Plain", "00070000 02000000 01000000 0200 0000 ffffffff 0400", #"{"a":{"1":2,"-1":4}}"#),
    ("Names", "00070000 0e000000 01000000 02000000 02000000 7800", #"{"a":{"TWO":"x"}}"#),
    // 7.4.1.1.1: a bit set is the smallest unsigned integer that holds it: 5 | 1 << 3 | -2 << 10.
    ("Bits", "00010000 01 00 0df8", #"{"a":1,"b":{"low":5,"flag":true,"high":-2}}"#),
    // Rules 15 and 20: optional members have a boolean in XCDR2, and a parameter header in XCDR1 behind which
    // alignment begins anew.
    ("Optional", "00070000 01 01 0000 0200000000000000 00 03", #"{"a":1,"b":"2","d":3}"#),
    (
      "Optional",
      "00010000 01000000 017f0800 01000000 08000000 0200000000000000 017f0800 02000000 00000000 03",
      #"{"a":1,"b":"2","d":3}"#
    ),
    // Rules 23 and 24: members with their ids.
    (
      "Mutable",
      """
      00030000 017f0800 01000000 08000000 0200000000000000 017f0800 70110140 08000000 03000000 61620000
      027f0000
      """,
      #"{"a":"2","c":"ab"}"#
    ),
    (
      "Mutable", "000b0000 1f000000 01000030 0200000000000000 02000000 05 000000 701101d0 03000000 616200",
      #"{"a":"2","b":5,"c":"ab"}"#
    ),
    // Rules 26 and 27: the discriminator and the selected member.
    ("Choice", "00010000 01000000 00000000 0700000000000000", #"{"a":"7"}"#),
    ("Choice", "00070000 03000000 02000000 7800", ##"{"$discriminator":3,"b":"x"}"##),
    ("Choice", "00070000 09000000 07", ##"{"$discriminator":9,"c":7}"##),
    // Rule 28: in a mutable union the discriminator is the member 0. A size that follows is the member's own.
    ("Either", "000b0000 14000000 00000020 01000000 05000030 0700000000000000", #"{"a":"7"}"#),
    (
      "Either", "00030000 017f0800 00000000 04000000 02000000 017f0800 06000000 04000000 07000000 027f0000",
      #"{"b":7}"#
    ),
    ("Either", "000b0000 08000000 00000020 00000000", ##"{"$discriminator":"ZERO"}"##),
    (
      "Holder", "00070000 01000000 14000000 00000020 01000000 05000030 0700000000000000",
      #"{"a":1,"b":{"a":"7"}}"#
    ),
  ]

  @Test(arguments: rows)
  func bytesAndJSON(_ row: (type: String, wire: String, json: String)) throws {
    let schema = try TestSchema(Self.types)
    let wire = [UInt8](hex: row.wire)
    #expect(try schema.json(row.type, wire) == row.json)
    #expect(try schema.wire(row.type, row.json, after: Array(wire[..<4])).hex == wire.hex)
  }
}
