internal import SchemaModel

/// Diagnostics of one load, located by tokens, with a note where a file came in by `#include`.
struct Findings: Sendable {
  var sources = SourceSet()
  private(set) var diagnostics = Diagnostics()
  private let limit: Int
  private let repeatLimit: Int
  private let remarkLimit: Int
  private var errors = 0
  /// Errors that were not told.
  private var repeated = 0
  /// Warnings and notes.
  private var remarks = 0
  private var seen: Set<SourcePlace> = []
  private var origins: [Int32: SourcePlace] = [:]

  init(limits: IDLLimits) {
    limit = limits.errors
    repeatLimit = limits.repeatedErrors
    remarkLimit = limits.remarks
  }

  /// No more errors are taken: reading on is of no use.
  var isExhausted: Bool { errors >= limit || repeated >= repeatLimit }
  var hasErrors: Bool { errors > 0 }

  mutating func noteInclusion(of file: Int32, at place: SourcePlace) {
    if origins[file] == nil, file != place.file { origins[file] = place }
  }

  /// One error a place: what follows from it at the same place says nothing new.
  mutating func error(
    _ code: String, _ place: SourcePlace, _ message: String, resolution: @autoclosure () -> String? = nil
  ) {
    guard !isExhausted else { return }
    if seen.insert(place).inserted {
      errors += 1
      diagnostics.error(code, at: sources.location(place), message, resolution: resolution())
      explainInclusion(of: place.file)
    } else {
      // A macro may make any number of them at the place of its use.
      repeated += 1
    }
    if isExhausted {
      let most = errors >= limit ? "\(limit) errors" : "\(repeatLimit) errors that follow from others"
      diagnostics.error("too-many-errors", at: nil, "more than \(most); the rest is not looked at")
    }
  }

  /// Whether one more warning or note is taken; the first that is not says so.
  private mutating func takesRemark() -> Bool {
    remarks += 1
    if remarks == remarkLimit + 1 {
      diagnostics.warning(
        "too-many-warnings", at: nil, "more than \(remarkLimit) warnings and notes; the rest is left out")
    }
    return remarks <= remarkLimit
  }

  mutating func warning(
    _ code: String, _ place: SourcePlace, _ message: String, resolution: @autoclosure () -> String? = nil
  ) {
    guard takesRemark() else { return }
    let resolution = resolution()
    diagnostics.warning(code, at: sources.location(place), message, resolution: resolution)
  }

  mutating func note(_ code: String, _ place: SourcePlace, _ message: String) {
    guard takesRemark() else { return }
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
