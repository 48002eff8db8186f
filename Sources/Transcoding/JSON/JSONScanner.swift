/// Turns a JSON text (RFC 8259) into a tape of tokens, once, checking everything that needs no schema:
/// grammar, UTF-8, escapes, paired surrogates, nesting. What follows may rely on that.
///
/// Strict where RFC 8259 allows leniency: no byte order mark, nothing but blanks behind the value.
struct JSONScanner: ~Copyable {
  private let text: ByteView
  private let limits: TranscodingLimits
  private var index = 0

  private init(_ text: ByteView, _ limits: TranscodingLimits) {
    self.text = text
    self.limits = limits
  }

  static func scan(
    _ text: ByteView, onto tape: inout Stack<JSONToken>, limits: TranscodingLimits
  ) throws(TranscodeError) {
    tape.removeAll()
    if text.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF {
      throw TranscodeError(.byteOrderMark, offset: 0)
    }
    if text.count > Int(Int32.max) { throw TranscodeError(.tooLarge, offset: 0) }
    var scanner = JSONScanner(text, limits)
    try scanner.run(&tape)
  }

  private mutating func run(_ tape: inout Stack<JSONToken>) throws(TranscodeError) {
    var parent: Int32 = -1
    var depth = 0
    var inObject = false
    skipBlanks()
    while true {
      // A value begins here.
      let start = index
      if tape.count >= limits.tokens { throw TranscodeError(.tooManyTokens, offset: index) }
      switch try current() {
      case UInt8(ascii: "\""):
        try string(&tape)
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        try number(&tape)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        if depth > limits.containers { throw TranscodeError(.tooDeep, offset: index) }
        inObject = text[index] == UInt8(ascii: "{")
        tape.append(
          JSONToken(kind: inObject ? .object : .array, start: Int32(start), end: -1, next: parent))
        parent = Int32(tape.count - 1)
        index += 1
        skipBlanks()
        if try current() != (inObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
          if inObject { try key(&tape) }
          continue
        }
      case UInt8(ascii: "t"):
        try literal("true", .true, &tape)
      case UInt8(ascii: "f"):
        try literal("false", .false, &tape)
      case UInt8(ascii: "n"):
        try literal("null", .null, &tape)
      default:
        throw TranscodeError(.unexpectedByte, offset: index)
      }

      // A value has ended: close containers until one goes on.
      while true {
        skipBlanks()
        if parent < 0 {
          if index < text.count { throw TranscodeError(.trailingBytes, offset: index) }
          return
        }
        let byte = try current()
        if byte == UInt8(ascii: ",") {
          index += 1
          skipBlanks()
          if inObject { try key(&tape) }
          break
        }
        guard byte == (inObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
          throw TranscodeError(.unexpectedByte, offset: index)
        }
        index += 1
        let closed = parent
        parent = tape[closed].next
        tape[closed].end = Int32(index)
        tape[closed].next = Int32(tape.count)
        depth -= 1
        inObject = parent >= 0 && tape[parent].kind == .object
      }
    }
  }

  @inline(__always)
  private func current() throws(TranscodeError) -> UInt8 {
    if index >= text.count { throw TranscodeError(.unexpectedEnd, offset: text.count) }
    return text[index]
  }

  @inline(__always)
  private mutating func skipBlanks() {
    while index < text.count, text[index] <= 0x20 {
      switch text[index] {
      case 0x20, 0x09, 0x0A, 0x0D: index &+= 1
      default: return
      }
    }
  }

  private mutating func key(_ tape: inout Stack<JSONToken>) throws(TranscodeError) {
    guard try current() == UInt8(ascii: "\"") else { throw TranscodeError(.unexpectedByte, offset: index) }
    if tape.count >= limits.tokens { throw TranscodeError(.tooManyTokens, offset: index) }
    try string(&tape)
    skipBlanks()
    guard try current() == UInt8(ascii: ":") else { throw TranscodeError(.unexpectedByte, offset: index) }
    index += 1
    skipBlanks()
  }

  private mutating func literal(
    _ word: StaticString, _ kind: JSONToken.Kind, _ tape: inout Stack<JSONToken>
  ) throws(TranscodeError) {
    let end = index + word.utf8CodeUnitCount
    guard text.equals(index, end, word) else { throw TranscodeError(.unexpectedByte, offset: index) }
    tape.append(
      JSONToken(kind: kind, start: Int32(index), end: Int32(end), next: Int32(tape.count + 1)))
    index = end
  }

  private mutating func number(_ tape: inout Stack<JSONToken>) throws(TranscodeError) {
    let number = JSONNumber.extent(text, from: index, to: text.count)
    if number.end < 0 { throw TranscodeError(.malformedNumber, offset: index) }
    tape.append(
      JSONToken(
        kind: .number, isComplex: number.isComplex, start: Int32(index), end: Int32(number.end),
        next: Int32(tape.count + 1)))
    index = number.end
  }

  /// From the opening quote to behind the closing one.
  private mutating func string(_ tape: inout Stack<JSONToken>) throws(TranscodeError) {
    let start = index &+ 1
    var at = start
    var escaped = false
    while true {
      at = shortStop(from: at)
      if at >= text.count { throw TranscodeError(.unexpectedEnd, offset: text.count) }
      let byte = text[at]
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\") {
        escaped = true
        at = try escape(at)
      } else if byte < 0x20 {
        throw TranscodeError(.controlCharacter, offset: at)
      } else {
        at = UTF8Form.endOfScalars(text, from: at, to: text.count)
        if at < text.count, text[at] >= 0x80 { throw TranscodeError(.invalidUTF8, offset: at) }
      }
    }
    tape.append(
      JSONToken(
        kind: .string, isComplex: escaped, start: Int32(truncatingIfNeeded: start),
        end: Int32(truncatingIfNeeded: at), next: Int32(truncatingIfNeeded: tape.count &+ 1)))
    index = at &+ 1
  }

  /// `ByteView.firstStop` with the first eight bytes looked at in place: most names and texts are short.
  @inline(__always)
  private func shortStop(from start: Int) -> Int {
    if start &+ 8 <= text.count {
      let stops = JSONString.stops(text.word(at: start))
      if stops != 0 { return start &+ stops.trailingZeroBitCount >> 3 }
      return text.firstStop(from: start &+ 8, to: text.count)
    }
    return text.firstStop(from: start, to: text.count)
  }

  /// Checks the escape at `at`; returns where the text goes on.
  private func escape(_ at: Int) throws(TranscodeError) -> Int {
    guard at + 1 < text.count else { throw TranscodeError(.unexpectedEnd, offset: text.count) }
    switch text[at + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return at + 2
    case UInt8(ascii: "u"):
      guard at + 6 <= text.count else { throw TranscodeError(.unexpectedEnd, offset: text.count) }
      guard let unit = JSONString.hexUnit(text, at: at + 2) else {
        throw TranscodeError(.malformedEscape, offset: at)
      }
      guard unit & 0xF800 == 0xD800 else { return at + 6 }
      guard unit < 0xDC00, at + 12 <= text.count, text[at + 6] == UInt8(ascii: "\\"),
        text[at + 7] == UInt8(ascii: "u"), let low = JSONString.hexUnit(text, at: at + 8),
        low & 0xFC00 == 0xDC00
      else { throw TranscodeError(.loneSurrogate, offset: at) }
      return at + 12
    default:
      throw TranscodeError(.malformedEscape, offset: at)
    }
  }
}
