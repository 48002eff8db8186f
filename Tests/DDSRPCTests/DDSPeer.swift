import DDSRPC
import Foundation
import TestSupport
import Testing

/// Tests/Peers/dds_peer.py: the same protocol by other hands, in a process of its own.
final class DDSPeer {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let process: ChildProcess

  /// Returns when the peer says that it is ready.
  init(_ role: String, _ network: DDSNetwork, _ arguments: [String] = [], isServer: Bool = true) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let python = root.appending(path: ".venv/bin/python3")
    guard FileManager.default.isExecutableFile(atPath: python.path) else {
      throw Failure(description: "no .venv/bin/python3; `make .venv/.complete` makes it")
    }
    process = try ChildProcess(
      python.path,
      [root.appending(path: "Tests/Peers/dds_peer.py").path, role, "--domain", "\(network.domain)"]
        + (network.cycloneXML.map { ["--xml", $0] } ?? []) + arguments,
      keepsInput: true)
    if isServer { try expect("ready") }
  }

  static func server(_ network: DDSNetwork, _ arguments: String...) throws -> DDSPeer {
    try DDSPeer("server", network, arguments)
  }

  /// The next line that the peer prints; nil at its end.
  func line() -> String? { process.nextLine() }

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
    process.closeInput()
    waitUntilExit()
  }

  func waitUntilExit() { #expect(process.wait() != nil, "the peer does not end") }

  func signal(_ number: Int32) { process.signal(number) }

  /// What a client prints until it ends.
  func finish() -> [String] {
    var lines: [String] = []
    while let line = line() { lines.append(line) }
    waitUntilExit()
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
