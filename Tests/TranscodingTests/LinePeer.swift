import Foundation

/// A Python program of Tests/Peers that answers one JSON object a line with another.
final class LinePeer {
  private let process = Process()
  private let requests = Pipe()
  private let answers = Pipe()
  private let script: String

  init(_ script: String) throws {
    self.script = script
    let python = Fixtures.root.appending(path: ".venv/bin/python3").path
    guard FileManager.default.isExecutableFile(atPath: python) else {
      throw Oracle.Failure(description: "\(python) is missing; run `make setup`")
    }
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = [Fixtures.root.appending(path: "Tests/Peers/\(script)").path]
    process.standardInput = requests
    process.standardOutput = answers
    try process.run()
  }

  deinit {
    try? requests.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  func ask(_ request: [String: Any]) throws -> [String: Any] {
    var line = try JSONSerialization.data(withJSONObject: request)
    line.append(UInt8(ascii: "\n"))
    try requests.fileHandleForWriting.write(contentsOf: line)
    // One request, one line: the newline is the last byte of what comes.
    var answer = Data()
    while answer.last != UInt8(ascii: "\n") {
      let more = answers.fileHandleForReading.availableData
      if more.isEmpty { throw Oracle.Failure(description: "\(script) has ended") }
      answer += more
    }
    return try JSONSerialization.jsonObject(with: answer) as? [String: Any] ?? [:]
  }
}
