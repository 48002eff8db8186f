import Foundation
import GatewayCore
import TestSupport
import Testing

/// Python's `jsonschema` with openapi/problem.schema.json: an implementation that is not ours, one process for all
/// tests.
final class ProblemValidator: @unchecked Sendable {
  // SAFETY: `process` is used with `lock` held.
  private let lock = NSLock()
  private let process: ChildProcess

  private static let shared = Result { try ProblemValidator() }

  private init() throws {
    let python = Fixture.root.appending(path: ".venv/bin/python3")
    guard FileManager.default.isExecutableFile(atPath: python.path) else {
      throw Unavailable(reason: "\(python.path) is missing; run 'make setup'")
    }
    process = try ChildProcess(
      python.path,
      [
        Fixture.folder.appending(path: "validate.py").path,
        Fixture.root.appending(path: "openapi/problem.schema.json").path,
      ], keepsInput: true, takesErrors: false)
    guard try ask("") == "ready" else {
      throw Unavailable(reason: "the validator does not start; is Tests/requirements.txt installed?")
    }
  }

  private struct Unavailable: Error { let reason: String }

  /// Fails the test when `body` does not fit the schema.
  static func check(_ body: [UInt8], _ place: SourceLocation = #_sourceLocation) throws {
    let verdict = try shared.get().ask(text(body))
    #expect(verdict == "ok", "\(text(body))", sourceLocation: place)
  }

  static func check(_ problem: Problem, _ place: SourceLocation = #_sourceLocation) throws {
    try check(Array(problem.json().utf8), place)
  }

  /// What the validator says about any text.
  static func verdict(_ body: String) throws -> String { try shared.get().ask(body) }

  /// One line there, one line back; empty at the end of the stream.
  private func ask(_ line: String) throws -> String {
    lock.lock()
    defer { lock.unlock() }
    return process.write(line + "\n") ? process.nextLine() ?? "" : ""
  }
}
