/// One place that breaks a rule.
struct Finding: CustomStringConvertible, Equatable {
  let path: String
  let line: Int
  let message: String

  var description: String { "\(path):\(line): \(message)" }
}

/// One finding a line, for a test's comment.
func report(_ findings: [Finding]) -> String {
  findings.map(\.description).joined(separator: "\n")
}
