/// JSON for those who write little of it: problems, logs, documents. Appends to an array.
package enum JSONText {
  /// Appends `text` as a JSON string with its quotes.
  package static func append(_ text: some StringProtocol, to output: inout [UInt8]) {
    var sink = ByteSink(capacity: text.utf8.count * 2)
    _ = Array(text.utf8).withView { JSONString.appendLiteral($0, from: 0, to: $0.count, into: &sink) }
    sink.copy(to: &output)
  }

  /// Appends `bytes` as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
  package static func append(_ bytes: some Collection<UInt8>, to output: inout [UInt8]) {
    append(String(decoding: bytes, as: UTF8.self), to: &output)
  }

  /// Appends a finite number in its shortest form; `null` for one that is not finite.
  package static func append(_ number: Double, to output: inout [UInt8]) {
    guard number.isFinite else {
      output += Array("null".utf8)
      return
    }
    var sink = ByteSink(capacity: 32)
    FloatingPointText.append(number, to: &sink)
    sink.copy(to: &output)
  }

  /// Appends an integer, exactly.
  package static func append(_ number: Int64, to output: inout [UInt8]) {
    var sink = ByteSink(capacity: 32)
    DecimalDigits.append(number, to: &sink)
    sink.copy(to: &output)
  }

  /// Appends `bytes` as a JSON string of base64.
  package static func appendBase64(_ bytes: [UInt8], to output: inout [UInt8]) {
    var sink = ByteSink(capacity: bytes.count / 3 * 4 + 8)
    sink.append(UInt8(ascii: "\""))
    bytes.withView { Base64.encode($0, from: 0, to: $0.count, into: &sink) }
    sink.append(UInt8(ascii: "\""))
    sink.copy(to: &output)
  }

  /// The names of an object's members; none for other values and for what is no JSON.
  package static func memberNames(_ json: [UInt8]) -> [String] {
    json.withView { text in
      var tape = Stack<JSONToken>(capacity: 64)
      do throws(TranscodeError) {
        try JSONScanner.scan(text, onto: &tape, limits: TranscodingLimits())
      } catch { return [] }
      guard tape[0].kind == .object else { return [] }
      var names: [String] = []
      var at: Int32 = 1
      while at < tape[0].next {
        var sink = ByteSink(capacity: 64)
        JSONString.appendText(of: tape[at], in: text, to: &sink)
        var name: [UInt8] = []
        sink.copy(to: &name)
        names.append(String(decoding: name, as: UTF8.self))
        at = tape[at + 1].next
      }
      return names
    }
  }
}
