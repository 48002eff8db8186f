/// What a service says about its JSON, whatever its schema language.
package struct JSONFormConfiguration: Sendable {
  package enum Enums: String, Sendable, CaseIterable { case names, numbers }
  package enum Int64Form: String, Sendable, CaseIterable { case string, number }
  package enum NonFinite: String, Sendable, CaseIterable { case string, null, error }

  package var enums: Enums = .names
  package var int64: Int64Form = .string
  package var nonFinite: NonFinite = .string
  package var caseInsensitiveEnums: Bool = false
  package var unknownFields: UnknownFields = .error

  package init() {}
}

/// What happens to fields of a request that the schema does not know.
package enum UnknownFields: String, Sendable, CaseIterable {
  case error
  /// Dropped, counted, and named in a response header.
  case ignore
}
