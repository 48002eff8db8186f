/// Where in a JSON text an error lies. Only for the edge: it scans the text once more.
struct JSONPath {
  /// Names as the client wrote them, and indices, from the outermost value inwards.
  private(set) var steps: [Step] = []
  /// The offset lies in the last name itself, not in its value.
  private(set) var endsInName = false
  /// The string or bare text of the value at the offset, for messages that quote it.
  private(set) var valueText = ""

  enum Step: Equatable {
    case name(String)
    case index(Int)
  }

  init(to offset: Int, in text: ByteView, limits: TranscodingLimits) {
    var tape = Stack<JSONToken>()
    // A text that is broken leaves the tape up to the break, which is where the error is.
    do { try JSONScanner.scan(text, onto: &tape, limits: limits) } catch {}
    guard tape.count > 0 else { return }
    var container: Int32 = 0
    while let child = JSONPath.child(of: container, at: offset, tape) {
      let isObject = tape[container].kind == .object
      if isObject {
        steps.append(.name(JSONPath.string(tape[child.token], text)))
        let value = child.token + 1
        guard Int(value) < tape.count, tape[value].offset <= offset else {
          endsInName = true
          return
        }
        container = value
      } else {
        steps.append(.index(child.index))
        container = child.token
      }
    }
    let value = tape[container]
    if value.kind == .string || value.kind == .number { valueText = JSONPath.string(value, text) }
  }

  /// RFC 6901.
  var pointer: String { steps.map { JSONPath.escape($0) }.joined() }

  private static func escape(_ step: Step) -> String {
    switch step {
    case .index(let index): return "/\(index)"
    case .name(let name): return "/" + escape(name)
    }
  }

  static func escape(_ name: String) -> String {
    var escaped = ""
    for character in name.unicodeScalars {
      switch character {
      case "~": escaped += "~0"
      case "/": escaped += "~1"
      default: escaped.unicodeScalars.append(character)
      }
    }
    return escaped
  }

  /// The last key or element of a container that begins at or before `offset`, when the offset is inside.
  private static func child(
    of container: Int32, at offset: Int, _ tape: borrowing Stack<JSONToken>
  ) -> (token: Int32, index: Int)? {
    let parent = tape[container]
    guard parent.kind == .object || parent.kind == .array, offset > parent.start else { return nil }
    let isOpen = parent.end < 0
    let behind = isOpen ? Int32(tape.count) : parent.next
    if !isOpen, offset >= Int(parent.end) - 1 { return nil }
    var found: (token: Int32, index: Int)?
    var at = container + 1
    var index = 0
    var end = offset
    while at < behind, tape[at].offset <= offset {
      found = (at, index)
      let value = parent.kind == .object ? at + 1 : at
      if Int(value) >= tape.count || tape[value].end < 0 { return found }
      end = Int(tape[value].end)
      at = tape[value].next
      index += 1
    }
    // Behind the last value, as a comma too many: the container itself is meant.
    return offset > end ? nil : found
  }

  private static func string(_ token: JSONToken, _ text: ByteView) -> String {
    var sink = ByteSink(capacity: 64)
    JSONString.appendText(of: token, in: text, to: &sink)
    var bytes: [UInt8] = []
    sink.copy(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
