import Foundation
import TestSupport

/// A Python program of Tests/Peers that answers one JSON object a line with another.
final class LinePeer {
  private let process: ChildProcess
  private let script: String

  init(_ script: String) throws {
    self.script = script
    let python = Fixtures.root.appending(path: ".venv/bin/python3").path
    guard FileManager.default.isExecutableFile(atPath: python) else {
      throw Oracle.Failure(description: "\(python) is missing; run `make setup`")
    }
    process = try ChildProcess(
      python, [Fixtures.root.appending(path: "Tests/Peers/\(script)").path], keepsInput: true,
      takesErrors: false)
  }

  func ask(_ request: [String: Any]) throws -> [String: Any] {
    let line = try JSONSerialization.data(withJSONObject: request)
    guard process.write(String(decoding: line, as: UTF8.self) + "\n"), let answer = process.nextLine() else {
      throw Oracle.Failure(description: "\(script) has ended: \(process.lines.all.suffix(20))")
    }
    return try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any] ?? [:]
  }
}
