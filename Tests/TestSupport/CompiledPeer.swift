internal import Foundation

/// A peer in C or C++ that a test compiles, once for each state of its sources.
package enum CompiledPeer {
  package struct DoesNotCompile: Error { package let messages: String }

  /// Typed C of idlc 0.10: Tests/Peers/idlc.
  package static func idlc() throws -> String {
    try compiled("idlc", sources: ["lab.idl", "peer.c"]) { folder, program in
      [
        "cd \(folder) && idlc lab.idl",
        "cc -O2 -Wall -Werror -I\(folder) -o \(program) \(folder)/peer.c \(folder)/lab.c -lddsc",
      ]
    }
  }

  /// C++ on Fast DDS 2.9: Tests/Peers/fastdds.
  package static func fastDDS() throws -> String { try fastDDS("peer") }

  /// The same in other dialects.
  package static func dialects() throws -> String { try fastDDS("dialects") }

  private static func fastDDS(_ name: String) throws -> String {
    try compiled("fastdds", sources: ["\(name).cpp", "fast.hpp"]) { folder, program in
      ["g++ -std=c++17 -O1 -Wall -o \(program) \(folder)/\(name).cpp -lfastrtps -lfastcdr"]
    }
  }

  private static func compiled(
    _ name: String, sources: [String], _ commands: (String, String) -> [String]
  ) throws -> String {
    let files = FileManager.default
    let origin = TestPaths.package.appending(path: "Tests/Peers/\(name)")
    let texts = try sources.map { try String(contentsOf: origin.appending(path: $0), encoding: .utf8) }
    // FNV-1a: names a state of the sources.
    let state = texts.joined().utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    let folder = TestPaths.package.appending(path: ".build/peers/\(name)-\(String(state, radix: 16))")
    let program = folder.appending(path: "peer").path
    if files.isExecutableFile(atPath: program) { return program }
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    for (source, text) in zip(sources, texts) {
      try text.write(to: folder.appending(path: source), atomically: true, encoding: .utf8)
    }
    for command in commands(folder.path, program) {
      let run = try Finished.run("/bin/sh", ["-c", command])
      guard run.status == 0 else { throw DoesNotCompile(messages: run.output + run.errors) }
    }
    return program
  }
}
