import IDLSchema
import SchemaModel
import Testing
import Transcoding

/// The hand-worked bytes once more, by types that were read from IDL; and the request and reply types of an interface.
@Suite struct IDLToCDRTests {
  static let types = """
    enum E { ZERO, ONE, TWO };
    @final struct Final { octet a; sequence<E> b; E c[2]; sequence<boolean> d; sequence<octet> e; sequence<char> f;
      boolean g[2]; sequence<string> h; sequence<long> i; octet j; };
    @appendable struct Appendable { octet a; sequence<E> b; E c[2]; sequence<boolean> d; sequence<octet> e;
      sequence<char> f; boolean g[2]; sequence<string> h; sequence<long> i; octet j; };
    struct Numbers { octet a; long long b; unsigned short c; double d; };
    struct Wide { wchar a; wstring b; };
    struct Quad { octet a; long double b; };
    struct Counts { map<string, long> a; };
    struct Plain { map<long, short> a; };
    struct Names { map<E, string> a; };
    bitset Packed { bitfield<3> low; bitfield<1> flag; bitfield<6>; bitfield<6, int8> high; };
    struct Bits { octet a; Packed b; };
    @final struct Optional { octet a; @optional long long b; @optional octet c; octet d; };
    @mutable struct Mutable { @id(1) long long a; @id(2) @optional octet b; @id(70000) @must_understand string c; };
    @final union Choice switch (long) { case 1: long long a; case 2: case 3: string b; default: octet c; };
    @mutable union Either switch (E) { case ONE: @id(5) long long a; case TWO: @id(6) octet b; };
    @final struct Holder { octet a; Either b; };
    @bit_bound(8) enum Small { OFF, @value(100) LAST };
    @bit_bound(12) bitmask Flags { A, @position(3) B, C };
    typedef long Row[3];
    typedef Small SmallRow[2];
    struct Base { octet id; };
    struct Derived : Base { Small s; Flags f; Row m[2]; SmallRow n[1]; @default(5) short d; @range(min=1, max=3) long r; };
    @mutable union Numbered switch (octet) { case 1: long a; case 2: long b; };
    """

  private static func load(_ text: String) throws -> IDLSchema {
    var diagnostics = Diagnostics()
    let schema = IDLSchemaLoader.load(
      sources: [.text(text, name: "test.idl")], diagnostics: &diagnostics)
    return try #require(schema, "\(diagnostics.all)")
  }

  private static func check(_ schema: IDLSchema, _ type: String, _ wire: [UInt8], _ json: String) throws {
    let codec = CDRCodec(model: schema.model, wire: schema.wire)
    let id = try #require(schema.model.typesByName[type])
    var read: [UInt8] = []
    try codec.decode(id, from: wire, at: 4, selecting: [], into: &read, scratch: TranscodingScratch())
    #expect(String(decoding: read, as: UTF8.self) == json)
    var written = Array(wire[..<4])
    try codec.encode(
      id, from: RequestInput(body: Array(json.utf8)), into: &written, scratch: TranscodingScratch())
    #expect(written.hex == wire.hex)
  }

  @Test func handWorkedBytes() throws {
    let schema = try Self.load(Self.types)
    for row in HandWorkedTests.rows {
      try Self.check(schema, row.type, [UInt8](hex: row.wire), row.json)
    }
  }

  static let more: [(type: String, wire: String, json: String)] = [
    // Base members first; 8 and 16 bits of enumeration and bitmask; dimensions through typedefs are one array, so that
    // it has one size (in XCDR2) if the innermost elements are not primitive.
    (
      "Derived",
      """
      00010000 07 64 0900 01000000 02000000 03000000 04000000 05000000 06000000 64 00 0500 03000000
      """,
      #"{"id":7,"s":"LAST","f":["A","B"],"m":[[1,2,3],[4,5,6]],"n":[["LAST","OFF"]],"d":5,"r":3}"#
    ),
    (
      "Derived",
      """
      00070000 07 64 0900 01000000 02000000 03000000 04000000 05000000 06000000 02000000 64 00 0500 03000000
      """,
      #"{"id":7,"s":"LAST","f":["A","B"],"m":[[1,2,3],[4,5,6]],"n":[["LAST","OFF"]],"d":5,"r":3}"#
    ),
    // Members of a mutable union are numbered from 1: 0 is the discriminator's.
    ("Numbered", "000b0000 10000000 00000000 02000000 02000020 07000000", #"{"b":7}"#),
  ]

  @Test(arguments: more)
  func moreBytes(_ row: (type: String, wire: String, json: String)) throws {
    try Self.check(try Self.load(Self.types), row.type, [UInt8](hex: row.wire), row.json)
  }
}
