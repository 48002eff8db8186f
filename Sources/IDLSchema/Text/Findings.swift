internal import SchemaModel

/// Diagnostics of one load, located by tokens, with a note where a file came in by `#include`.
struct Findings: Sendable {
  var sources = SourceSet()
  private(set) var diagnostics = Diagnostics()
  private let limit: Int
  private var errors = 0
  private var seen: Set<SourcePlace> = []
  private var origins: [Int32: SourcePlace] = [:]

  init(limit: Int) { self.limit = limit }

  /// No more errors are taken: reading on is of no use.
  var isExhausted: Bool { errors >= limit }
  var hasErrors: Bool { errors > 0 }

  mutating func noteInclusion(of file: Int32, at place: SourcePlace) {
    if origins[file] == nil, file != place.file { origins[file] = place }
  }

  /// One error a place: what follows from it at the same place says nothing new.
  mutating func error(_ code: String, _ place: SourcePlace, _ message: String, resolution: String? = nil) {
    guard !isExhausted, seen.insert(place).inserted else { return }
    errors += 1
    diagnostics.error(code, at: sources.location(place), message, resolution: resolution)
    explainInclusion(of: place.file)
    if isExhausted {
      diagnostics.error("too-many-errors", at: nil, "more than \(limit) errors; the rest is not looked at")
    }
  }

  mutating func warning(_ code: String, _ place: SourcePlace, _ message: String, resolution: String? = nil) {
    diagnostics.warning(code, at: sources.location(place), message, resolution: resolution)
  }

  mutating func note(_ code: String, _ place: SourcePlace, _ message: String) {
    diagnostics.add(Diagnostic(.note, code: code, at: sources.location(place), message))
  }

  /// Once a file, and once for each that it came through.
  private mutating func explainInclusion(of file: Int32) {
    var file = file
    while let origin = origins.removeValue(forKey: file) {
      note("included-here", origin, "'\(sources.paths[Int(file)])' is included here")
      file = origin.file
    }
  }
}
