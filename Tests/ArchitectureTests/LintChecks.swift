/// Rules about single lines that swift-format does not know.
enum LintChecks {
  static func check(_ file: SourceFile, detachedTasksIn permitted: Set<String> = detachedTaskFiles)
    -> [Finding]
  {
    var findings: [Finding] = []
    for (index, code) in file.code.enumerated() {
      func add(_ message: String) {
        findings.append(Finding(path: file.path, line: index + 1, message: message))
      }
      for (banned, reason) in bannedCode where contains(code, banned) { add("`\(banned)`: \(reason)") }
      for mark in marks where SourceFile.words(file.lines[index]).contains(mark) {
        add("`\(mark)`: finish it, or write what is true now")
      }
      let words = SourceFile.words(code)
      if words.contains("Mutex") {
        add("`Mutex`: ThreadSanitizer cannot see it on Linux; use `Lock` of EventLoop")
      }
      if contains(code, "Task.detached"), !permitted.contains(file.path) {
        add("`Task.detached` leaves the loop; only files of `detachedTaskFiles` may")
      }
      if startsTask(code), !preference(file.code, from: index) {
        add("a task without `executorPreference` leaves the loop")
      }
    }
    return findings
  }

  private static let bannedCode = [
    ("try!", "throw a typed error"),
    ("as!", "throw a typed error"),
    ("fatalError(", "what a file or peer can cause is an error value; our own bugs are `precondition`"),
    ("Task.sleep", "wakes through Dispatch; use `EventLoop.sleep`"),
  ]

  private static let marks = ["TODO", "FIXME", "XXX", "HACK"]

  /// `text` in `code`, not as the tail of a longer name.
  private static func contains(_ code: String, _ text: String) -> Bool {
    code.ranges(of: text).contains { range in
      guard let before = code[..<range.lowerBound].last else { return true }
      return !(before.isLetter || before.isNumber || before == "_")
    }
  }

  /// `Task {`, `Task(`, `Task<…>(`: a new unstructured task.
  private static func startsTask(_ code: String) -> Bool {
    if contains(code, "Task {") || contains(code, "Task(") { return true }
    guard contains(code, "Task<"), let close = code.lastIndex(of: ">") else { return false }
    let rest = code[code.index(after: close)...].drop(while: \.isWhitespace)
    return rest.first == "(" || (rest.first == "{" && !code.contains("->"))
  }

  /// Whether the call names its executor, on its line or, when it is broken, the two after.
  private static func preference(_ code: [String], from index: Int) -> Bool {
    code[index..<min(index + 3, code.count)].contains { $0.contains("executorPreference:") }
  }
}
