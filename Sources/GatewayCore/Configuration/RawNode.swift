internal import SchemaModel

/// One value of the configuration file as it was written, with its place; no type has been looked at.
struct RawNode: Sendable {
  enum Content: Sendable {
    /// `plain`: written without quotes, so that `~` and `null` mean nothing.
    case scalar(String, plain: Bool)
    /// A scalar whose substitution failed; that has been reported.
    case broken
    case list([RawNode])
    /// In the order of the file; keys are unique.
    case mapping([(key: Located, value: RawNode)])
  }

  var content: Content
  var location: SourceLocation

  var isNull: Bool {
    guard case .scalar(let text, plain: true) = content else { return false }
    return text.isEmpty || text == "~" || text == "null"
  }

  /// For messages: `a list`.
  var kind: String {
    switch content {
    case .scalar, .broken: isNull ? "nothing" : "a single value"
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }
}
