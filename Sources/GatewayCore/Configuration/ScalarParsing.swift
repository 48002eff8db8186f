/// A single value after its type has been checked.
enum ScalarValue: Sendable {
  case text(String)
  case boolean(Bool)
  case integer(Int)
  case duration(Duration)
}

/// What is wrong with a single value; without a full stop.
struct ScalarError: Error {
  var code: String
  var message: String
}

extension ScalarType {
  /// - Throws: `ScalarError` that says what is expected, with range or allowed values.
  func parse(_ text: String) throws(ScalarError) -> ScalarValue {
    switch self {
    case .text: return .text(text)
    case .boolean:
      guard text == "true" || text == "false" else { throw mismatch(text) }
      return .boolean(text == "true")
    case .integer(let range): return .integer(try check(Int(text), in: range, text))
    case .size(let range): return .integer(try check(Self.bytes(text), in: range, text))
    case .duration(let range):
      return .duration(.milliseconds(try check(Self.milliseconds(text), in: range, text)))
    case .choice(let values):
      guard values.contains(text) else { throw mismatch(text) }
      return .text(text)
    case .mode:
      guard (3...5).contains(text.count), let mode = Int(text, radix: 8), (0...0o777).contains(mode) else {
        throw mismatch(text)
      }
      return .integer(mode)
    }
  }

  /// For messages and the reference: `a size from 1KiB to 1MiB`.
  var expectation: String {
    switch self {
    case .text: "a text"
    case .boolean: "true or false"
    case .integer(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    case .size(let range):
      "a size from \(Self.sizeText(range.lowerBound)) to \(Self.sizeText(range.upperBound))"
    case .duration(let range):
      "a duration from \(Self.durationText(range.lowerBound)) to \(Self.durationText(range.upperBound))"
    case .choice(let values): "one of \(values.joined(separator: ", "))"
    case .mode: "octal permission bits like 0660"
    }
  }

  private func mismatch(_ text: String) -> ScalarError {
    ScalarError(code: "invalid-value", message: "'\(text)' is not \(expectation)")
  }

  private func check(_ value: Int?, in range: ClosedRange<Int>, _ text: String) throws(ScalarError) -> Int {
    guard let value else { throw mismatch(text) }
    guard range.contains(value) else {
      throw ScalarError(code: "out-of-range", message: "'\(text)' is not \(expectation)")
    }
    return value
  }

  // MARK: Units

  private static let sizes = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1), ("", 1)]
  private static let durations = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)]

  private static func bytes(_ text: String) -> Int? { scaled(text, by: sizes) }
  private static func milliseconds(_ text: String) -> Int? { scaled(text, by: durations) }

  /// Digits and one of the units; nil also when the result does not fit.
  private static func scaled(_ text: String, by units: [(String, Int)]) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let suffix = text.dropFirst(digits.count)
    guard let number = Int(digits), let factor = units.first(where: { $0.0 == suffix })?.1 else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: factor)
    return overflow ? nil : product
  }

  private static func sizeText(_ bytes: Int) -> String {
    let unit = sizes.first { bytes >= $0.1 && bytes % $0.1 == 0 }
    return unit.map { "\(bytes / $0.1)\($0.0)" } ?? "\(bytes)"
  }

  private static func durationText(_ milliseconds: Int) -> String {
    let unit = durations.reversed().first { milliseconds >= $0.1 && milliseconds % $0.1 == 0 }
    return unit.map { "\(milliseconds / $0.1)\($0.0)" } ?? "\(milliseconds)ms"
  }
}
