internal import Foundation
internal import SchemaModel

/// Runs `protoc` on one `.proto` file. Load time only.
struct ProtocRunner {
  var executable: String
  var includePaths: [String]

  /// The bytes of the descriptor set with all imports; nil after a diagnostic.
  func compile(_ path: String, _ findings: inout Diagnostics) -> [UInt8]? {
    let location = SourceLocation(file: path)
    guard FileManager.default.isReadableFile(atPath: path) else {
      findings.error("unreadable-file", at: location, "cannot read the file")
      return nil
    }
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch {
      findings.error("no-temporary-directory", at: location, "cannot create \(directory.path)")
      return nil
    }
    defer { try? FileManager.default.removeItem(at: directory) }
    let output = directory.appendingPathComponent("set.binpb")
    do { try ShippedFiles.write(to: directory) } catch {
      findings.error("no-temporary-directory", at: location, "cannot write to \(directory.path)")
      return nil
    }
    let errors = Pipe()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [executable] + arguments(path, output.path, shipped: directory.path)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    do {
      try process.run()
    } catch {
      findings.error("protoc-failed", at: location, "cannot run \(executable)", resolution: Self.remedy)
      return nil
    }
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if process.terminationStatus == 0, let data = FileManager.default.contents(atPath: output.path) {
      report(text, .warning, of: path, &findings)
      return [UInt8](data)
    }
    // `env` answers 126 and 127 when it cannot find or run the program.
    if process.terminationStatus == 127 || process.terminationStatus == 126 {
      findings.error("protoc-missing", at: location, "cannot run '\(executable)'", resolution: Self.remedy)
    } else {
      report(text, .error, of: path, &findings)
      if !findings.hasErrors {
        findings.error("protoc-failed", at: location, "\(executable) ended with \(process.terminationStatus)")
      }
    }
    return nil
  }

  private static let remedy =
    "install the package protobuf-compiler, or load a set made elsewhere with --descriptor_set_out"

  private static let editions =
    "a file with an edition needs protoc 27 or later: name one in the key 'protoc'"

  private func arguments(_ path: String, _ output: String, shipped: String) -> [String] {
    (folders(of: path) + [shipped]).map { "--proto_path=\($0)" } + [
      "--include_imports", "--include_source_info", "--descriptor_set_out=\(output)",
      URL(fileURLWithPath: path).path,
    ]
  }

  /// Where files are looked for: protoc wants each below one of them, so that the file's own comes last.
  private func folders(of path: String) -> [String] {
    includePaths + [URL(fileURLWithPath: path).deletingLastPathComponent().path]
  }

  /// `name.proto:3:5: message`, one finding a line.
  private func report(
    _ text: String, _ severity: Diagnostic.Severity, of path: String, _ findings: inout Diagnostics
  ) {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
      var location = SourceLocation(file: path)
      var message = Substring(line)
      if parts.count == 4, let row = Int(parts[1]), let column = Int(parts[2]) {
        location = SourceLocation(file: found(String(parts[0]), of: path), line: row, column: column)
        message = parts[3].drop { $0 == " " }
      }
      let isWarning =
        severity == .warning || message.hasPrefix("warning:") || line.hasPrefix("[libprotobuf WARNING")
      let hasEdition =
        message.hasPrefix("Expected top-level statement") && Self.statesEdition(location)
      findings.add(
        Diagnostic(
          isWarning ? .warning : .error, code: "protoc", at: location, String(message),
          resolution: hasEdition ? Self.editions : nil))
    }
  }

  /// Where the file is that protoc names as it stands below one of the folders.
  private func found(_ name: String, of path: String) -> String {
    if name == URL(fileURLWithPath: path).lastPathComponent { return path }
    let places = folders(of: path).map { $0.hasSuffix("/") ? $0 + name : "\($0)/\(name)" }
    return places.first { FileManager.default.fileExists(atPath: $0) } ?? name
  }

  /// Whether a line states an edition, which compilers before 27 do not know.
  private static func statesEdition(_ location: SourceLocation) -> Bool {
    guard let data = FileManager.default.contents(atPath: location.file) else { return false }
    let lines = String(decoding: data, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    guard lines.indices.contains(location.line - 1) else { return false }
    return lines[location.line - 1].drop { $0 == " " || $0 == "\t" }.hasPrefix("edition")
  }
}
