internal import SchemaModel

/// A value whose shape, type and range the table has confirmed. What was wrong is left out, after a diagnostic.
struct CheckedValue: Sendable {
  enum Content: Sendable {
    case scalar(ScalarValue)
    case list([CheckedValue])
    case mapping([(key: Located, value: CheckedValue)])
  }

  var content: Content
  var location: SourceLocation

  subscript(key: String) -> CheckedValue? { entries.first { $0.key.text == key }?.value }

  /// Of a mapping; empty otherwise.
  var entries: [(key: Located, value: CheckedValue)] {
    if case .mapping(let entries) = content { entries } else { [] }
  }

  /// Of a list; any other value counts as its only element.
  var elements: [CheckedValue] {
    if case .list(let elements) = content { elements } else { [self] }
  }

  var text: String? { if case .scalar(.text(let text)) = content { text } else { nil } }
  var integer: Int? { if case .scalar(.integer(let number)) = content { number } else { nil } }
  var boolean: Bool? { if case .scalar(.boolean(let flag)) = content { flag } else { nil } }
  var duration: Duration? { if case .scalar(.duration(let duration)) = content { duration } else { nil } }

  var located: Located? { text.map { Located($0, at: location) } }

  /// The case that the text names; the table has checked that there is one.
  func choice<Choice: RawRepresentable<String>>() -> Choice? { text.flatMap(Choice.init(rawValue:)) }
}
