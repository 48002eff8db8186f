import CCyclone
import Foundation
import RPCCore
import TestSupport
import Testing

@testable import DDSRPC

/// Cyclone 0.10 does not survive some replies to type lookups, which any peer can send.
@Suite(.serialized) struct GuardTests {
  static let symbol = "ddsi_tl_handle_reply"

  /// The dynamic linker itself says whose function the library calls: in this program and in `drawbridge`.
  @Test(arguments: [TestPaths.drawbridge, ""])
  func theLibraryBindsToOurs(_ program: String) throws {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let program = program.isEmpty ? CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? tests : program
    let finished = try Finished.run(
      "/bin/sh", ["-c", "exec \"$0\" --help", program],
      environment: ["LD_DEBUG": "bindings", "LD_BIND_NOW": "1"])
    let lines = (finished.output + finished.errors).split(separator: "\n")
      .filter { $0.contains("`\(Self.symbol)'") }
    #expect(!lines.isEmpty)
    let name = URL(filePath: program).lastPathComponent
    for line in lines {
      #expect(line.contains("libddsc.so") && line.contains("/\(name) [0]"), "\(line)")
    }
  }

  /// Two peers of Cyclone 11 whose types differ look each other's types up; the replies reach everybody on the domain.
  @Test func typeLookupDoesNotEndThisProcess() async throws {
    let network = freshNetwork()
    let server = try DDSPeer.server(network)
    let harness = try RequesterHarness(network)
    try await harness.untilServed()
    let before = ccyclone_discarded_type_replies()
    let first = try DDSPeer("types", network, ["--variant", "0"])
    let second = try DDSPeer("types", network, ["--variant", "1"])
    let end = Date(timeIntervalSinceNow: 20)
    while ccyclone_discarded_type_replies() == before {
      try #require(Date() < end, "no type was looked up")
      #expect(await harness.call(Robot.getSpeed).status == .ok)
    }
    #expect(await harness.call(Robot.getSpeed).status == .ok)
    first.stop()
    second.stop()
    server.stop()
    await harness.stop()
  }
}
