/// A JSON value as the texts that a URL would give for the same field: one for a scalar, one each for the elements of
/// a list. Off the fast path.
package enum JSONValues {
  /// Nil when `json` is no JSON, or holds objects or nested lists; empty for `null`.
  package static func texts(_ json: [UInt8]) -> [[UInt8]]? {
    json.withView { text in
      var tape = Stack<JSONToken>(capacity: 16)
      do throws(TranscodeError) {
        try JSONScanner.scan(text, onto: &tape, limits: TranscodingLimits())
      } catch {
        return nil
      }
      var texts: [[UInt8]] = []
      var isFlat = true
      for position in 0..<Int32(tape.count) {
        let token = tape[position]
        switch token.kind {
        case .array: if position > 0 { isFlat = false }
        case .object: isFlat = false
        case .null: if position > 0 { isFlat = false }
        case .string:
          var sink = ByteSink(capacity: Int(token.end - token.start))
          JSONString.appendText(of: token, in: text, to: &sink)
          var bytes: [UInt8] = []
          sink.copy(to: &bytes)
          texts.append(bytes)
        case .number, .true, .false:
          texts.append((Int(token.start)..<Int(token.end)).map { text[$0] })
        }
      }
      return isFlat ? texts : nil
    }
  }
}
