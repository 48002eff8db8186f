import DDSRPC
import Foundation
import TestSupport
import Testing

/// Tests/Peers/dds_peer.py: the same protocol by other hands, in a process of its own.
final class DDSPeer {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var rest = Data()

  /// Returns when the peer says that it is ready.
  init(_ role: String, _ network: DDSNetwork, _ arguments: [String] = [], isServer: Bool = true) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let python = root.appending(path: ".venv/bin/python3")
    guard FileManager.default.isExecutableFile(atPath: python.path) else {
      throw Failure(description: "no .venv/bin/python3; `make .venv/.complete` makes it")
    }
    process.executableURL = python
    process.arguments =
      [root.appending(path: "Tests/Peers/dds_peer.py").path, role, "--domain", "\(network.domain)"]
      + (network.cycloneXML.map { ["--xml", $0] } ?? []) + arguments
    process.standardInput = input
    process.standardOutput = output
    process.standardError = output
    try process.startAlone()
    if isServer { try expect("ready") }
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  static func server(_ network: DDSNetwork, _ arguments: String...) throws -> DDSPeer {
    try DDSPeer("server", network, arguments)
  }

  /// The next line that the peer prints; nil at its end.
  func line() -> String? {
    while true {
      if let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: rest[..<newline], as: UTF8.self)
        rest = Data(rest[rest.index(after: newline)...])
        return line
      }
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { return nil }
      rest += more
    }
  }

  func expect(_ text: String) throws {
    let line = line()
    guard line == text else {
      let all = [line ?? "nothing"] + (line == nil ? [] : remainingLines())
      throw Failure(description: "the peer said \(all.joined(separator: "\n")) instead of \(text)")
    }
  }

  private func remainingLines() -> [String] {
    var lines: [String] = []
    while lines.count < 30, let line = line() { lines.append(line) }
    return lines
  }

  /// Ends the peer in an orderly way and waits until it has gone.
  func stop() {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  func signal(_ number: Int32) { send(number, to: process.processIdentifier) }

  /// What a client prints until it ends.
  func finish() -> [String] {
    var lines: [String] = []
    while let line = line() { lines.append(line) }
    process.waitUntilExit()
    return lines
  }
}

/// A domain of its own, on the loopback interface only.
///
/// - Parameter isTagged: its participants find only each other, whoever else is in the domain; not for peers that get no
///   `cycloneXML`.
func freshNetwork(lease: Duration = .seconds(2), isTagged: Bool = true) -> DDSNetwork {
  var network = DDSNetwork.loopback(domain: freshDomain(), lease: lease)
  if isTagged {
    let tag = "<Discovery><Tag>\(UUID().uuidString)</Tag></Discovery>"
    network.cycloneXML = "<CycloneDDS><Domain Id=\"any\">\(tag)</Domain></CycloneDDS>"
  }
  return network
}
