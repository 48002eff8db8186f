import Foundation
import Testing
import Transcoding

/// Numbers to text and back, against the standard library as the oracle.
@Suite struct NumberTests {
  private func text(_ value: Double) -> String {
    var output: [UInt8] = []
    JSONText.append(value, to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  static let forms: [(Double, String)] = [
    (0, "0"), (-0.0, "-0.0"), (1, "1"), (-1.5, "-1.5"), (0.1, "0.1"), (100, "100"),
    (1e15, "1000000000000000"),
    (123_456_789_012_345_683_968, "123456789012345680000"), (1e21, "1e+21"), (1.5e22, "1.5e+22"),
    (0.000001, "0.000001"), (1e-7, "1e-7"), (1.25e-9, "1.25e-9"), (.leastNonzeroMagnitude, "5e-324"),
    (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
    (2.2250738585072014e-308, "2.2250738585072014e-308"),
    (9_007_199_254_740_992, "9007199254740992"), (1.0 / 3, "0.3333333333333333"), (.nan, "null"),
    (.infinity, "null"),
  ]

  @Test(arguments: forms) func doublesHaveTheShortestForm(_ value: Double, _ form: String) {
    #expect(text(value) == form)
  }

  /// As many digits as the standard library's shortest form, and the same number.
  @Test func randomDoublesReadBack() throws {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    for round in 0..<40_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value =
        round % 2 == 0
        ? Double(bitPattern: state ^ state >> 29) : Double(Int64(bitPattern: state) >> 40) / 1000
      guard value.isFinite else { continue }
      let ours = text(value)
      #expect(Double(ours) == value, "\(value)")
      #expect(digits(ours) == digits("\(value)"), "\(value) \(ours)")
    }
  }

  @Test func powersOfTwoAndTenReadBack() {
    for exponent in -1074...1023 {
      let value = Double(sign: .plus, exponent: exponent, significand: 1)
      #expect(Double(text(value)) == value)
      #expect(digits(text(value)) == digits("\(value)"))
    }
    for exponent in -323...308 {
      let value = Double("1e\(exponent)") ?? 0
      #expect(digits(text(value)) == "1", "1e\(exponent)")
    }
  }

  /// Through the codec: floats have their own shortest form, and what is read is rounded right.
  @Test func floatsReadBack() throws {
    let codec = Fixtures.shared.codec
    var state: UInt32 = 12345
    for _ in 0..<20_000 {
      state = state &* 1_664_525 &+ 1_013_904_223
      let value = Float(bitPattern: state)
      guard value.isFinite, value != 0 else { continue }
      let wire = [0x65] + (0..<4).map { UInt8(truncatingIfNeeded: state >> (8 * $0)) }
      let json = try codec.json("corpus.Scalars", wire)
      #expect(try codec.wire("corpus.Scalars", json) == wire)
      #expect(digits(String(json.dropFirst(10).dropLast())) == digits("\(value)"), "\(value) \(json)")
    }
  }

  @Test func doublesAreReadRight() throws {
    let codec = Fixtures.shared.codec
    for text in [
      "1e23", "8.5e22", "9007199254740993", "9007199254740993.0000000000000001",
      "1.00000000000000011102230246251565",
      "2.2250738585072011e-308", "4.9e-324", "2.4703282292062327e-324", "1797693134862315700e290",
      "0.5000000000000001",
      "123456789012345678901234567890e-29", "6.02214076e23", "0.000000000000000000000000000001",
    ] {
      let wire = try codec.wire("corpus.Scalars", "{\"real\":\(text)}")
      let value = Double(text) ?? 0
      let bits =
        wire.count < 9 ? 0 : (0..<8).reduce(UInt64(0)) { $0 | UInt64(wire[1 + $1]) << UInt64(8 * $1) }
      #expect(Double(bitPattern: bits) == value, "\(text)")
    }
  }

  /// The significant digits of a number's text.
  private func digits(_ text: String) -> String {
    let mantissa = text.lowercased().split(separator: "e").first ?? ""
    let all = mantissa.filter(\.isNumber).drop { $0 == "0" }
    return String(all.reversed().drop { $0 == "0" }.reversed())
  }

  /// Texts of all lengths and sizes mean what they mean to the standard library.
  @Test func randomTextsAreReadExactly() throws {
    let codec = Fixtures.shared.codec
    var state: UInt64 = 0xD1B5_4A32_D192_ED03
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 31
    }
    var texts = [
      "9007199254740993", "9007199254740992.5", "1.7976931348623158e308", "2.2250738585072014e-308",
      "2.2250738585072011e-308", "4.9e-324", "18446744073709551615", "1e23", "8.5e22", "5e-324", "1e-323",
      "9.999999999999999e22", "0.1e-5", "123456789012345678e-17", "7450580596923828125e-27",
    ]
    for round in 0..<4_000 {
      let digits = String(next() >> (next() % 60))
      let exponent = round % 3 == 0 ? Int(next() % 600) - 320 : Int(next() % 40) - 25
      texts.append(round % 2 == 0 ? "\(digits)e\(exponent)" : "\(digits.prefix(1)).\(digits)e\(exponent)")
    }
    for text in texts {
      let expected = try #require(Double(text))
      guard expected.isFinite else { continue }
      let wire = try codec.wire("corpus.Optionals", #"{"real":\#(text)}"#)
      let bits = wire.dropFirst().reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      #expect(bits == expected.bitPattern, "\(text)")
    }
  }
}
