/// What a token is made of.
extension Lexer {
  /// Reads one token from the first byte that is not white space.
  mutating func scan() -> Token.Kind {
    guard let byte = peek() else { return .end }
    if byte == UInt8(ascii: "L"), let quote = peek(1),
      quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
    {
      position += 1
      return quoted(quote)
    }
    if Self.isLetter(byte) {
      repeatWhile { Self.isLetter($0) || Self.isDigit($0) }
      return .word
    }
    if Self.isDigit(byte) || (byte == UInt8(ascii: ".") && peek(1).map(Self.isDigit) == true) {
      return number()
    }
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { return quoted(byte) }
    for pair in Self.pairs where pair.0 == byte && pair.1 == peek(1) {
      position += 2
      return .punctuator
    }
    position += 1
    if Self.singles.contains(byte) { return .punctuator }
    // The other bytes of the same character.
    repeatWhile { $0 & 0xC0 == 0x80 }
    return .invalid
  }

  /// The bytes since `start`, without line continuations.
  func spelling(_ start: Int) -> String {
    var bytes: [UInt8] = []
    var index = start
    while index < position {
      if let length = continuation(index) {
        index += length
      } else {
        bytes.append(text[index])
        index += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func repeatWhile(_ condition: (UInt8) -> Bool) {
    while let byte = peek() {
      if condition(byte) {
        position += 1
      } else if continuation(position) != nil {
        skipContinuation()
      } else {
        return
      }
    }
  }

  /// A preprocessing number: also takes what is no number, so that the mistake is reported as a whole.
  private mutating func number() -> Token.Kind {
    var isExponent = false
    let isHexadecimal = peek(1).map { $0 | 0x20 == UInt8(ascii: "x") } ?? false
    repeatWhile { byte in
      let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
      defer { isExponent = byte | 0x20 == UInt8(ascii: "e") && !isHexadecimal }
      return Self.isLetter(byte) || Self.isDigit(byte) || byte == UInt8(ascii: ".") || (isSign && isExponent)
    }
    return .number
  }

  private mutating func quoted(_ quote: UInt8) -> Token.Kind {
    position += 1
    while let byte = peek(), byte != UInt8(ascii: "\n") {
      if continuation(position) != nil {
        skipContinuation()
      } else if byte == UInt8(ascii: "\\"), let next = peek(1), next != UInt8(ascii: "\n") {
        position += 2
      } else {
        position += 1
        if byte == quote { return quote == UInt8(ascii: "'") ? .character : .string }
      }
    }
    return .invalid
  }

  static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
  }

  static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static let singles = Set("{}[]()<>;:,=+-*/%~^&|@#!?.".utf8)

  private static let pairs: [(UInt8, UInt8)] = ["::", "<<", ">>", "##", "&&", "||", "==", "!=", "<=", ">="]
    .map { text in
      let bytes = Array(text.utf8)
      return (bytes[0], bytes[1])
    }
}
