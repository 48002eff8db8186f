import Foundation
import FuzzCases
import Testing

/// What the fuzzers began with and what they found, once more: none of it may trap again.
@Suite struct FuzzReplayTests {
  @Test(arguments: FuzzCases.all.keys.sorted())
  func keptInputsPass(_ name: String) throws {
    let run = try #require(FuzzCases.all[name])
    #expect(!files(in: "Corpus/\(name)").isEmpty, "the fuzzer has no seeds")
    for file in files(in: "Corpus/\(name)") + files(in: "Crashes/\(name)") {
      run([UInt8](try Data(contentsOf: file)))
    }
  }

  /// `make fuzz` runs the cases that have a folder.
  @Test func everyFolderHasACase() {
    for folder in ["Corpus", "Crashes"] {
      let names = Set(files(in: folder).map(\.lastPathComponent))
      #expect(names.isSubset(of: FuzzCases.all.keys))
    }
  }

  private func files(in folder: String) -> [URL] {
    let url = Fixtures.root.appending(path: "Fuzz/\(folder)")
    return (try? FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)) ?? []
  }
}
