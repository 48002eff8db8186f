import Foundation
import TestSupport

/// `swift format` of the toolchain that builds this package.
enum Formatter {
  /// Lints files and folders, given relative to the package, with the package's configuration.
  static func lint(_ paths: [String]) throws -> (status: Int32, output: String) {
    let result = try Finished.run(
      "/usr/bin/env",
      ["swift", "format", "lint", "--strict", "--parallel", "--recursive"]
        + ["--configuration", Repository.root.appending(path: ".swift-format").path] + paths,
      folder: Repository.root.path)
    return (result.status, result.output + result.errors)
  }
}
