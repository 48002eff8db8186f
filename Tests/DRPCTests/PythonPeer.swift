import Foundation
import TestSupport

/// Tests/Peers/drpc_peer.py: the same protocol by other hands.
final class PythonPeer {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  private init(_ arguments: [String]) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let python = root.appending(path: ".venv/bin/python3")
    guard FileManager.default.isExecutableFile(atPath: python.path) else {
      throw Failure(description: "no .venv/bin/python3; `make .venv/.complete` makes it")
    }
    process.executableURL = python
    process.arguments = [root.appending(path: "Tests/Peers/drpc_peer.py").path] + arguments
    process.standardInput = input
    process.standardOutput = output
    process.standardError = output
    try process.startAlone()
  }

  deinit { if process.isRunning { process.terminate() } }

  /// A server that listens.
  static func server(_ path: String, framing: String, behaviour: String = "good") throws -> PythonPeer {
    let peer = try PythonPeer(["server", path, "--framing", framing, "--behaviour", behaviour])
    let line = peer.output.fileHandleForReading.availableData
    guard line == Data("ready\n".utf8) else {
      throw Failure(description: "the peer did not start: \(String(decoding: line, as: UTF8.self))")
    }
    return peer
  }

  /// Runs the peer's calls; returns what it complains about, empty when nothing.
  static func client(_ path: String, framing: String) throws -> String {
    let peer = try PythonPeer(["client", path, "--framing", framing])
    let complaint = peer.output.fileHandleForReading.readDataToEndOfFile()
    peer.process.waitUntilExit()
    let text = String(decoding: complaint, as: UTF8.self)
    return text.isEmpty && peer.process.terminationStatus != 0
      ? "exit \(peer.process.terminationStatus)" : text
  }

  /// Ends a server and waits until it has gone.
  func stop() {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
