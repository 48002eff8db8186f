internal import Foundation
package import SchemaModel

/// Reads all sources, merges their files and lowers them.
package enum ProtobufSchemaLoader {
  /// Most bytes of all descriptor sets together.
  package static let maximumBytes = 64 << 20

  /// - Returns: nil when there were errors; all of them stand in `diagnostics`.
  package static func load(
    sources: [ProtobufSource], includePaths: [String] = [], protoc: String = "protoc",
    diagnostics: inout Diagnostics
  ) -> ProtobufSchema? {
    var findings = Diagnostics()
    var sets = DescriptorSets()
    for source in sources {
      guard let (bytes, name) = read(source, includePaths, protoc, &findings) else { continue }
      sets.add(bytes, from: name, &findings)
    }
    sets.completeImports(&findings)
    sets.checkCycles(&findings)
    var schema: ProtobufSchema?
    if !findings.hasErrors {
      var lowering = DescriptorLowering(origins: sets.origins)
      schema = lowering.run(sets.files, &findings)
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
      guard mayBeRead(path, &findings) else { return nil }
      return ProtocRunner(executable: protoc, includePaths: includePaths).compile(path, &findings)
        .map { ($0, path) }
    case .descriptorSet(let path):
      guard mayBeRead(path, &findings) else { return nil }
      let handle = FileHandle(forReadingAtPath: path)
      defer { try? handle?.close() }
      // One byte more shows that there are too many.
      guard let handle, let data = try? handle.read(upToCount: maximumBytes + 1) ?? Data() else {
        findings.error("unreadable-file", at: SourceLocation(file: path), "cannot read the descriptor set")
        return nil
      }
      return ([UInt8](data), path)
    }
  }

  private static func mayBeRead(_ path: String, _ findings: inout Diagnostics) -> Bool {
    guard FileKind(of: path) == .other else { return true }
    findings.error("unreadable-file", at: SourceLocation(file: path), "this is no regular file")
    return false
  }
}
