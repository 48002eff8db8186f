internal import Foundation
package import SchemaModel
internal import SwiftProtobuf

/// Reads all sources, merges their files and lowers them.
package enum ProtobufSchemaLoader {
  /// Most bytes of one descriptor set.
  package static let maximumBytes = 256 << 20

  /// - Returns: nil when there were errors; all of them stand in `diagnostics`.
  package static func load(
    sources: [ProtobufSource], includePaths: [String] = [], protoc: String = "protoc",
    diagnostics: inout Diagnostics
  ) -> ProtobufSchema? {
    var findings = Diagnostics()
    var files: [Google_Protobuf_FileDescriptorProto] = []
    var origins: [String: String] = [:]
    for source in sources {
      guard let (bytes, name) = read(source, includePaths, protoc, &findings) else { continue }
      merge(bytes, name, &files, &origins, &findings)
    }
    var schema: ProtobufSchema?
    if !findings.hasErrors {
      var lowering = DescriptorLowering(origins: origins)
      schema = lowering.run(files, &findings)
    }
    diagnostics.append(contentsOf: findings)
    return findings.hasErrors ? nil : schema
  }

  private static func read(
    _ source: ProtobufSource, _ includePaths: [String], _ protoc: String, _ findings: inout Diagnostics
  ) -> (bytes: [UInt8], name: String)? {
    switch source {
    case .bytes(let bytes, let name):
      return (bytes, name)
    case .proto(let path):
      return ProtocRunner(executable: protoc, includePaths: includePaths).compile(path, &findings)
        .map { ($0, path) }
    case .descriptorSet(let path):
      guard let data = FileManager.default.contents(atPath: path) else {
        findings.error("unreadable-file", at: SourceLocation(file: path), "cannot read the descriptor set")
        return nil
      }
      return ([UInt8](data), path)
    }
  }

  /// Adds the files of a set; a file may come in several sets as long as it is the same.
  private static func merge(
    _ bytes: [UInt8], _ name: String, _ files: inout [Google_Protobuf_FileDescriptorProto],
    _ origins: inout [String: String], _ findings: inout Diagnostics
  ) {
    let location = SourceLocation(file: name)
    guard bytes.count <= maximumBytes else {
      findings.error("descriptor-too-large", at: location, "more than \(maximumBytes) bytes")
      return
    }
    let set: Google_Protobuf_FileDescriptorSet
    do {
      set = try Google_Protobuf_FileDescriptorSet(serializedBytes: bytes)
    } catch {
      findings.error(
        "malformed-descriptor-set", at: location, "this is not a FileDescriptorSet",
        resolution: "make one with protoc --include_imports --include_source_info --descriptor_set_out=FILE")
      return
    }
    if set.file.isEmpty { findings.error("empty-descriptor-set", at: location, "no files in the set") }
    for file in set.file {
      guard let origin = origins[file.name] else {
        origins[file.name] = name
        files.append(file)
        continue
      }
      // Comments and positions may differ: one set may have been made without them.
      var first = files.first { $0.name == file.name } ?? file
      var second = file
      first.clearSourceCodeInfo()
      second.clearSourceCodeInfo()
      if first != second {
        findings.error(
          "conflicting-file", at: location, "'\(file.name)' is not the file of that name in \(origin)")
      }
    }
  }
}
