/// One row of the table that the validator and the reference are made from.
package struct ConfigurationKey: Sendable {
  /// What may stand there.
  package enum Shape: Sendable, Equatable {
    case scalar(ScalarType)
    /// The keys of the rows one level below.
    case mapping
    /// Any names; the row `path.*` describes their values.
    case names
    /// A scalar, or any names; the row `path.*` describes their values, where a name has no row of its own.
    case scalarOrNames(ScalarType)
    /// The row `path[]` describes the elements.
    case list
    /// A text, a list of texts, or names with a text each.
    case texts
    /// A scalar, or a mapping of the rows one level below.
    case scalarOrMapping(ScalarType)
    /// A mapping of the rows one level below, or a list of such.
    case oneOrMany
    /// Field names of a request with values, lists of values, or again fields.
    case fields
  }

  /// `services.*.drpc.queue`: `*` stands for a name, `[]` for an element.
  package let path: String
  package let shape: Shape
  /// As one writes it; nil when leaving it out means something that only words can say.
  package let defaultText: String?
  /// One sentence.
  package let documentation: String
  package let required: Bool
  /// Not available: read, checked and refused by name.
  package let available: Bool

  init(
    _ path: String, _ shape: Shape, default defaultText: String? = nil, required: Bool = false,
    available: Bool = true, _ documentation: String
  ) {
    self.path = path
    self.shape = shape
    self.defaultText = defaultText
    self.required = required
    self.available = available
    self.documentation = documentation
  }

  /// The last name of the path.
  package var name: String { String(path.split(separator: ".").last ?? "") }
}

/// Types of single values, with unit and range.
package enum ScalarType: Sendable, Equatable {
  case text
  case boolean
  case integer(ClosedRange<Int>)
  /// Bytes: `4MiB`.
  case size(ClosedRange<Int>)
  /// In milliseconds: `60s`.
  case duration(ClosedRange<Int>)
  case choice([String])
  /// Octal permission bits: `0660`.
  case mode
}
