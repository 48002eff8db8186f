/// `protobuf:` of a service: the files and how JSON looks.
package struct ProtobufSchemaConfiguration: Sendable {
  package enum Names: String, Sendable, CaseIterable { case json, original }

  /// Descriptor sets, or `.proto` files that `protoc` is run for.
  package var files: [Located]
  /// Import folders for `protoc`.
  package var include: [Located] = []
  package var protoc: String = "protoc"

  package var names: Names = .json
  package var emitDefaults: Bool = false
  package var json = JSONFormConfiguration()

  package init(files: [Located]) { self.files = files }
}
