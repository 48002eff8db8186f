/// `protobuf:` of a service: the files and how JSON looks.
package struct ProtobufSchemaConfiguration: Sendable {
  package enum Names: String, Sendable, CaseIterable { case json, original }
  package enum Enums: String, Sendable, CaseIterable { case names, numbers }
  package enum Int64Form: String, Sendable, CaseIterable { case string, number }
  package enum NonFinite: String, Sendable, CaseIterable { case string, null, error }

  /// Descriptor sets, or `.proto` files that `protoc` is run for.
  package var files: [Located]
  /// Import folders for `protoc`.
  package var include: [Located] = []
  package var protoc: String = "protoc"

  package var names: Names = .json
  package var enums: Enums = .names
  package var emitDefaults: Bool = false
  package var int64: Int64Form = .string
  package var nonFinite: NonFinite = .string
  package var caseInsensitiveEnums: Bool = false
  package var unknownFields: UnknownFields = .error

  package init(files: [Located]) { self.files = files }
}

/// What happens to fields of a request that the schema does not know.
package enum UnknownFields: String, Sendable, CaseIterable {
  case error
  /// Dropped, counted, and named in a response header.
  case ignore
}
