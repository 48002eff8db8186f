import Foundation

/// `swift format` of the toolchain that builds this package.
enum Formatter {
  /// Lints files and folders, given relative to the package, with the package's configuration.
  static func lint(_ paths: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      ["swift", "format", "lint", "--strict", "--parallel", "--recursive"]
      + ["--configuration", Repository.root.appending(path: ".swift-format").path] + paths
    process.currentDirectoryURL = Repository.root
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
