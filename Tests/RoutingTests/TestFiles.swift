import Foundation

/// The lines of a table beside this file, without comments, split at tabs.
func table(_ name: String, file: String = #filePath) throws -> [[String]] {
  try lines(name, file: file).filter { !$0.hasPrefix("#") && !$0.isEmpty }
    .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
}

func lines(_ name: String, file: String = #filePath) throws -> [String] {
  let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
  let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}

/// Names of the files of a folder beside this file, sorted.
func caseNames(_ folder: String, file: String = #filePath) throws -> [String] {
  let path = URL(fileURLWithPath: file).deletingLastPathComponent().appending(path: folder).path
  return try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".txt") }.sorted()
}

/// A small generator with a seed, so that a failure can be repeated (xorshift64*).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed | 1 }

  mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 0x2545_F491_4F6C_DD1D
  }
}
