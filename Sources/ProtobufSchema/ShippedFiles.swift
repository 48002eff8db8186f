internal import Foundation

/// The `.proto` files that come with Drawbridge, for those who import them and have no copy of their own.
enum ShippedFiles {
  private static let all = [
    ("drawbridge/drpc.proto", PackageResources.drpc_proto),
    ("google/api/annotations.proto", PackageResources.annotations_proto),
    ("google/api/http.proto", PackageResources.http_proto),
  ]

  /// Writes them below `folder`.
  static func write(to folder: URL) throws {
    for (name, bytes) in all {
      let file = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: file)
    }
  }
}
