internal import SchemaModel

/// What the encoders of all wire forms do with the tape's strings.
extension TranscodingBuffers {
  func offset(of token: Int32) -> Int { token < 0 ? 0 : tape[token].offset }

  /// Calls `body` with the characters of a string, its escapes resolved: bytes, start, end.
  @inline(__always)
  mutating func withText<Result>(
    of token: JSONToken, in text: ByteView, _ body: (ByteView, Int, Int) -> Result
  ) -> Result {
    if !token.isComplex { return body(text, Int(token.start), Int(token.end)) }
    spare.removeAll()
    JSONString.appendText(of: token, in: text, to: &spare)
    return spare.withView { body($0, 0, $0.count) }
  }

  /// Appends to the sink what the base64 of a string stands for; false when it is not base64.
  mutating func appendBase64(of token: JSONToken, in text: ByteView) -> Bool {
    guard token.isComplex else {
      return Base64.decode(text, from: Int(token.start), to: Int(token.end), into: &sink)
    }
    // `/` may be escaped.
    spare.removeAll()
    JSONString.appendText(of: token, in: text, to: &spare)
    return Base64.decode(spare, into: &sink)
  }

  /// Objects in an ignored value may not repeat a name either (RFC 8259 §4 leaves it open; both mappings forbid it).
  mutating func checkIgnored(_ value: Int32, in text: ByteView) throws(TranscodeError) {
    for token in value..<tape[value].next where tape[token].kind == .object {
      try checkNames(of: token, in: text)
    }
  }

  /// The names of an object's own members, some of which nobody knows.
  mutating func checkNames(of object: Int32, in text: ByteView) throws(TranscodeError) {
    let mark = keys.mark
    var at = object + 1
    while at < tape[object].next {
      let key = tape[at]
      keys.add(tag: at) { JSONString.appendText(of: key, in: text, to: &$0) }
      at = tape[at + 1].next
    }
    try checkKeys(since: mark, nil)
  }

  /// Equal keys of one object, added since `mark` with their tokens as tags, are an error.
  mutating func checkKeys(since mark: DuplicateKeys.Mark, _ field: FieldID?) throws(TranscodeError) {
    defer { keys.drop(to: mark) }
    guard let duplicate = keys.firstRepeated(since: mark) else { return }
    throw TranscodeError(.duplicateKey, offset: offset(of: duplicate), field: field)
  }
}
