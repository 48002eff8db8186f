import Foundation
import TestSupport

/// Tests/Peers/drpc_peer.py: the same protocol by other hands.
final class PythonPeer {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let process: ChildProcess

  private init(_ arguments: [String]) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let python = root.appending(path: ".venv/bin/python3")
    guard FileManager.default.isExecutableFile(atPath: python.path) else {
      throw Failure(description: "no .venv/bin/python3; `make .venv/.complete` makes it")
    }
    process = try ChildProcess(
      python.path, [root.appending(path: "Tests/Peers/drpc_peer.py").path] + arguments, keepsInput: true)
  }

  /// A server that listens.
  static func server(_ path: String, framing: String, behaviour: String = "good") throws -> PythonPeer {
    let peer = try PythonPeer(["server", path, "--framing", framing, "--behaviour", behaviour])
    guard peer.process.nextLine() == "ready" else {
      throw Failure(description: "the peer did not start: \(peer.process.lines.all)")
    }
    return peer
  }

  /// Runs the peer's calls; returns what it complains about, empty when nothing.
  static func client(_ path: String, framing: String) throws -> String {
    let peer = try PythonPeer(["client", path, "--framing", framing])
    var complaints: [String] = []
    while let line = peer.process.nextLine() { complaints.append(line) }
    let status = peer.process.wait()
    if complaints.isEmpty, status != 0 { return status.map { "exit \($0)" } ?? "it does not end" }
    return complaints.joined(separator: "\n")
  }

  /// Ends a server and waits until it has gone.
  func stop() {
    process.closeInput()
    _ = process.wait()
  }
}
