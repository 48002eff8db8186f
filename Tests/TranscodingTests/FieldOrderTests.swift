import Testing
import Transcoding

/// Fields in the order of their numbers are written as they are read, others after all have been noted: the JSON is
/// the same.
@Suite struct FieldOrderTests {
  @Test(arguments: RandomMessageTests.types)
  func orderDoesNotMatter(_ type: String) throws {
    let codec = Fixtures.shared.codec
    let oracle = try Oracle()
    var reordered = 0
    for (wire, _) in try oracle.randoms(type, from: 90_000, count: 200) {
      let fields = try Self.fields(of: wire)
      // What has one number stays in its order.
      let numbers = Set(fields.map(\.number)).sorted(by: >)
      let other = numbers.flatMap { number in fields.filter { $0.number == number }.flatMap(\.bytes) }
      let expected = try? codec.json(type, wire)
      let json = try? codec.json(type, other)
      #expect(json == expected, "\(wire.hex) \(other.hex)")
      if numbers.count > 1, expected != nil { reordered += 1 }
    }
    #expect(reordered > 50)
  }

  /// The top-level fields with their tags.
  private static func fields(of wire: [UInt8]) throws -> [(number: UInt64, bytes: ArraySlice<UInt8>)] {
    var fields: [(number: UInt64, bytes: ArraySlice<UInt8>)] = []
    var rest = wire[...]
    while !rest.isEmpty {
      let start = rest
      let tag = try varint(&rest)
      try skip(tag, &rest)
      fields.append((tag >> 3, start[..<rest.startIndex]))
    }
    return fields
  }

  private static func skip(_ tag: UInt64, _ rest: inout ArraySlice<UInt8>) throws {
    switch tag & 7 {
    case 0: _ = try varint(&rest)
    case 1: rest = rest.dropFirst(8)
    case 2:
      let length = try varint(&rest)
      rest = rest.dropFirst(Int(length))
    case 3:
      while true {
        let inner = try varint(&rest)
        if inner == tag + 1 { return }
        try skip(inner, &rest)
      }
    default: rest = rest.dropFirst(4)
    }
  }

  private static func varint(_ rest: inout ArraySlice<UInt8>) throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      let next = rest.popFirst()
      let byte = try #require(next)
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { break }
    }
    return value
  }
}
