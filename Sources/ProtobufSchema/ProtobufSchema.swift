// ProtobufSchema: descriptor sets and .proto files, lowered into SchemaModel and its ProtobufWireTable.
//
// Owns: reading `FileDescriptorSet` bytes (through SwiftProtobuf's descriptor messages), running `protoc`,
// resolving names and features. Everything happens at load.
//
// Invariants
// - Total: whatever the bytes are, the outcome is a schema or diagnostics, never a trap.
// - `wire.fields[i]` belongs to `model.fields[i]`; the fields of a message are contiguous.
// - proto2, proto3 and editions differ only in their features (`DescriptorFeatures`); nothing behind asks for
//   the syntax.
//
// Limits: `ProtobufSchemaLoader.maximumBytes` of all sets together; nesting of messages is bounded by SwiftProtobuf's
// own decoding depth (100).
//
// Files
//   ProtobufSchema.swift         what loading yields
//   ProtobufSchemaLoader.swift   sources to a schema
//   ProtocRunner.swift           .proto files to descriptor bytes
//   DescriptorSets.swift         sets to one list of files; imports
//   WellKnownFiles.swift         the files that every compiler brings
//   DescriptorLowering.swift     files to types, services and methods
//   DescriptorFields.swift       fields, maps and oneofs
//   DescriptorExtensions.swift   fields that other files add
//   FieldScope.swift             numbers and names of the fields of one message
//   DescriptorFeatures.swift     what syntax, edition and options say about presence and encoding
//   DescriptorText.swift         comments, names, default values
//   DescriptorOptions.swift      `google.api.http` and the options of drawbridge/drpc.proto
//   OptionFields.swift           fields of options that SwiftProtobuf does not know
//   ShippedFiles.swift           the .proto files that come with Drawbridge

package import SchemaModel

/// A loaded set of protobuf files.
package struct ProtobufSchema: Sendable {
  package var model: SchemaModel
  package var wire: ProtobufWireTable
  /// Parallel to `model.methods`: what `drawbridge/drpc.proto` says of an rpc; nil where it says nothing.
  package var addresses: [DRPCOption?] = []

  /// The message that a configuration names, with or without a leading dot; a diagnostic when there is none.
  package func message(
    named name: String, at location: SourceLocation?, diagnostics: inout Diagnostics
  ) -> TypeID? {
    let wanted = name.hasPrefix(".") ? String(name.dropFirst()) : name
    if let type = model.typesByName[wanted], case .record = model[type].shape { return type }
    let last = wanted.split(separator: ".").last.map { "." + $0 } ?? wanted
    let names = model.typesByName.filter { if case .record = model[$0.value].shape { true } else { false } }
      .keys.sorted()
    let near = names.first { ("." + $0).hasSuffix(last) } ?? EditDistance.nearest(to: wanted, among: names)
    diagnostics.error(
      "unknown-message", at: location, "no message '\(wanted)' in the protobuf schema",
      resolution: near.map { "did you mean '\($0)'?" })
    return nil
  }
}

/// A file that describes messages.
package enum ProtobufSource: Sendable, Equatable {
  /// A `.proto` file, which `protoc` compiles.
  case proto(path: String)
  /// A `FileDescriptorSet`: `protoc --descriptor_set_out`.
  case descriptorSet(path: String)
  /// The bytes of one, with a name for diagnostics.
  case bytes([UInt8], name: String)

  /// By the name's ending: `.proto`, else a descriptor set.
  package init(path: String) {
    self = path.hasSuffix(".proto") ? .proto(path: path) : .descriptorSet(path: path)
  }
}
