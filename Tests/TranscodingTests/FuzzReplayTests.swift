import Foundation
import FuzzCases
import Testing

/// What the fuzzers began with and what they found, once more: none of it may trap again.
@Suite struct FuzzReplayTests {
  @Test(arguments: FuzzCases.all.keys.sorted())
  func keptInputsPass(_ name: String) throws {
    let run = try #require(FuzzCases.all[name])
    var seeds = 0
    for folder in ["Corpus", "Crashes"] {
      let url = Fixtures.root.appending(path: "Fuzz/\(folder)/\(name)")
      for file in (try? FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil))
        ?? []
      {
        run([UInt8](try Data(contentsOf: file)))
        if folder == "Corpus" { seeds += 1 }
      }
    }
    #expect(seeds > 0)
  }
}
