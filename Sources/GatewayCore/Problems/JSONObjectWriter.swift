internal import Transcoding

/// Writes small JSON objects of known members: problems, logs, admin pages. Not for messages.
package struct JSONObjectWriter {
  private var output: [UInt8]
  private var isFirst = true

  package init(output: [UInt8] = []) {
    self.output = output
    self.output.append(UInt8(ascii: "{"))
  }

  package mutating func string(_ name: String, _ value: String) {
    member(name)
    Self.appendString(value, to: &output)
  }

  /// A value that is already text: a number as it stands, anything else as a string.
  package mutating func member(_ name: String, text: String, isNumber: Bool) {
    member(name)
    if isNumber { output.append(contentsOf: text.utf8) } else { Self.appendString(text, to: &output) }
  }

  /// Appends a JSON string literal.
  package static func appendString(_ value: String, to output: inout [UInt8]) {
    JSONText.append(value, to: &output)
  }

  /// A value that is JSON text already.
  package mutating func json(_ name: String, _ text: [UInt8]) {
    member(name)
    output += text
  }

  package mutating func number(_ name: String, _ value: Int) {
    member(name)
    output.append(contentsOf: String(value).utf8)
  }

  package mutating func boolean(_ name: String, _ value: Bool) {
    member(name)
    output.append(contentsOf: (value ? "true" : "false").utf8)
  }

  package mutating func object(_ name: String, _ body: (inout JSONObjectWriter) -> Void) {
    member(name)
    append(body)
  }

  package mutating func array<Element>(
    _ name: String, of elements: [Element], _ body: (Element, inout JSONObjectWriter) -> Void
  ) {
    member(name)
    output.append(UInt8(ascii: "["))
    for (position, element) in elements.enumerated() {
      if position > 0 { output.append(UInt8(ascii: ",")) }
      append { body(element, &$0) }
    }
    output.append(UInt8(ascii: "]"))
  }

  /// Closes the object and gives the bytes back.
  package consuming func finish() -> [UInt8] {
    output.append(UInt8(ascii: "}"))
    return output
  }

  private mutating func append(_ body: (inout JSONObjectWriter) -> Void) {
    var taken: [UInt8] = []
    swap(&taken, &output)
    var inner = JSONObjectWriter(output: taken)
    body(&inner)
    output = inner.finish()
  }

  private mutating func member(_ name: String) {
    if !isFirst { output.append(UInt8(ascii: ",")) }
    isFirst = false
    Self.appendString(name, to: &output)
    output.append(UInt8(ascii: ":"))
  }
}
