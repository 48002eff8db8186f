/// How one service writes its JSON, and how lenient it reads.
package struct JSONOptions: Sendable, Equatable {
  package enum Enums: String, Sendable { case names, numbers }
  package enum Names: String, Sendable { case json, original }
  package enum Int64Form: String, Sendable { case string, number }
  package enum NonFinite: String, Sendable { case string, null, error }
  package enum UnknownFields: String, Sendable { case error, ignore }
  package enum Missing: String, Sendable { case error, `default` }
  package enum Octets: String, Sendable { case base64, array }
  package enum Conventions: Sendable { case drawbridge, ddsJSON }

  package var enums: Enums = .names
  /// Writes fields that have no presence although they hold their default value.
  package var emitDefaults: Bool = false
  package var names: Names = .json
  package var int64: Int64Form = .string
  /// How NaN and the infinities are written.
  package var nonFinite: NonFinite = .string
  package var caseInsensitiveEnums: Bool = false
  package var unknownFields: UnknownFields = .error
  /// IDL: what becomes of a member that a request lacks, and that is not optional and states no default.
  package var missing: Missing = .error
  /// IDL: how sequences and arrays of octets are written; both are read.
  package var octets: Octets = .base64
  /// IDL: whose JSON it is; see `DDSJSON`.
  package var conventions: Conventions = .drawbridge

  package init() {}
}
