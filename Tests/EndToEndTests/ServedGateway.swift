import Foundation
import TestSupport

/// `drawbridge serve` with files of the test's own, and `curl` to talk to it.
final class ServedGateway: Sendable {
  let process: ChildProcess
  let port: UInt16
  private let folder: URL
  private let command: [String]

  struct DidNotStart: Error { let lines: [String] }

  /// - Parameters:
  ///   - services: lines below `services:`; the files that they name stand beside the configuration.
  ///   - command: runs gateway and `curl`: `ip netns exec NAME`.
  init(_ services: String, files: [String: String] = [:], through command: [String] = []) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "served-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, text) in files {
      try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
    }
    let configuration = folder.appendingPathComponent("drawbridge.yaml")
    try "listen: [127.0.0.1:0]\nloops: 2\nservices:\n\(services)".write(
      to: configuration, atomically: true, encoding: .utf8)
    let arguments = command + [TestPaths.drawbridge, "serve", "-c", configuration.path]
    let process = try ChildProcess("/usr/bin/env", arguments)
    guard let line = process.lines.wait(seconds: 60, where: { $0.contains(#""event":"serving""#) }),
      let port = line.components(separatedBy: "127.0.0.1:").last.flatMap({
        UInt16($0.prefix(while: \.isNumber))
      })
    else {
      process.stop()
      throw DidNotStart(lines: process.lines.all)
    }
    self.process = process
    self.port = port
    self.folder = folder
    self.command = command
  }

  func stop() {
    process.stop()
    try? FileManager.default.removeItem(at: folder)
  }

  /// Status and body of one request.
  func ask(_ path: String, _ options: [String] = []) throws -> (status: Int, body: String) {
    let run = try Finished.run(
      "/usr/bin/env",
      command + ["curl", "-s", "--max-time", "60", "-w", "\n%{http_code}"] + options
        + ["http://127.0.0.1:\(port)\(path)"])
    let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
    return (Int(lines.last ?? "") ?? 0, lines.dropLast().joined(separator: "\n"))
  }
}

/// A peer of Tests/Peers that runs until its input ends.
func startedServer(_ program: String, _ arguments: [String]) throws -> ChildProcess {
  let pipe = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
  // A pipe that is open at both ends has no end.
  let server = try ChildProcess(
    "/bin/sh", ["-c", "mkfifo \(pipe) && exec \"$@\" <> \(pipe)", "sh", program] + arguments)
  defer { try? FileManager.default.removeItem(atPath: pipe) }
  guard server.lines.wait(seconds: 60, where: { $0 == "ready" }) != nil else {
    server.stop()
    throw ServedGateway.DidNotStart(lines: server.lines.all)
  }
  return server
}
