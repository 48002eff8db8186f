package import Foundation

/// The tables of Tests/Sentences: sentences about routes and binding, each with requests that show it.
///
///     ## Match on the raw path.
///     GET /items/a%2Fb => 200 | route Get | = {"id":"a/b"}
///     POST /items -H 'Accept: text/html' -- {"id":1} => 406 | problem not-acceptable
///
/// Left: method, target, header fields, and behind `--` the body, in which `\xNN` is a byte. A body is JSON unless a header
/// field says otherwise. Right: the status, then in any number
///
///     = JSON        the body is this JSON             problem NAME    the type of the problem
///     body BYTES    the body is this                  @ POINTER       where its first error is
///     ~ TEXT        the body holds this               route NAME      which method has answered
///     H Name: value a header field                    no Name         no such field
///     empty         no body
package struct SentenceTable: Sendable {
  package struct Row: Sendable, CustomStringConvertible {
    package var sentence: String
    package var text: String
    package var method: String
    package var target: String
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    package var status: Int
    package var expectations: [String]

    package var description: String { "\(sentence): \(text)" }
  }

  package static let folder = TestPaths.package.appending(path: "Tests/Sentences")

  /// Each has a configuration, NAME.yaml, and rows, NAME.txt.
  package static func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }.sorted()
  }

  package let rows: [Row]
  package let configuration: String

  package init(_ name: String) throws {
    configuration = try String(contentsOf: Self.folder.appending(path: "\(name).yaml"), encoding: .utf8)
    let text = try String(contentsOf: Self.folder.appending(path: "\(name).txt"), encoding: .utf8)
    var sentence = ""
    var rows: [Row] = []
    for line in text.split(separator: "\n").map(String.init) {
      if line.hasPrefix("## ") {
        sentence = String(line.dropFirst(3))
      } else if !line.hasPrefix("#") {
        rows.append(try Self.row(line, sentence))
      }
    }
    self.rows = rows
  }

  package struct Malformed: Error { let line: String }

  private static func row(_ line: String, _ sentence: String) throws -> Row {
    guard let arrow = line.range(of: " => ") else { throw Malformed(line: line) }
    let right = line[arrow.upperBound...].components(separatedBy: " | ")
    var left = String(line[..<arrow.lowerBound])
    var body: [UInt8] = []
    if let dashes = left.range(of: " -- ") {
      body = bytes(String(left[dashes.upperBound...]))
      left = String(left[..<dashes.lowerBound])
    }
    var headers: [(name: String, value: String)] = []
    while let option = left.range(of: " -H '", options: .backwards) {
      let field = left[option.upperBound...].dropLast()
      guard let colon = field.firstIndex(of: ":") else { throw Malformed(line: line) }
      headers.insert((String(field[..<colon]), String(field[field.index(after: colon)...])), at: 0)
      left = String(left[..<option.lowerBound])
    }
    let words = left.split(separator: " ", maxSplits: 1).map(String.init)
    guard words.count == 2, let status = Int(right[0]) else { throw Malformed(line: line) }
    if !body.isEmpty, !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
      headers.append(("Content-Type", " application/json"))
    }
    return Row(
      sentence: sentence, text: line, method: words[0], target: words[1], headers: headers, body: body,
      status: status, expectations: Array(right.dropFirst()))
  }

  /// The bytes of a text in which `\xNN` is a byte.
  static func bytes(_ text: String) -> [UInt8] {
    let parts = text.components(separatedBy: "\\x")
    return Array(parts[0].utf8)
      + parts.dropFirst().flatMap { [UInt8($0.prefix(2), radix: 16) ?? 0] + Array($0.dropFirst(2).utf8) }
  }
}

/// What a gateway answered to a row.
package struct SentenceAnswer: Sendable {
  package var status: Int
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]
  /// Nil when it cannot be seen from outside.
  package var route: String?

  package init(status: Int, headers: [(name: String, value: String)], body: [UInt8], route: String? = nil) {
    self.status = status
    self.headers = headers
    self.body = body
    self.route = route
  }

  /// What is not as the row says; empty when all is.
  package func faults(_ row: SentenceTable.Row) -> [String] {
    let text = String(decoding: body, as: UTF8.self)
    var faults = row.expectations.filter { !holds($0, text) }
    if status != row.status { faults.insert("\(row.status)", at: 0) }
    return faults.map { "\(row): expected \($0), got \(status) \(headers) \(text)" }
  }

  private func holds(_ expectation: String, _ text: String) -> Bool {
    let parts = expectation.split(separator: " ", maxSplits: 1).map(String.init)
    let rest = parts.count > 1 ? parts[1] : ""
    switch parts[0] {
    case "=": return Self.json(text) == Self.json(rest) && Self.json(rest) != nil
    case "body": return body == SentenceTable.bytes(rest)
    case "~": return text.contains(rest)
    case "problem": return text.contains("urn:drawbridge:problem:\(rest)\"")
    case "@": return pointer(text) == rest
    case "route": return route == nil || route == rest
    case "H":
      let field = rest.components(separatedBy: ": ")
      return values(field[0]) == [field.dropFirst().joined(separator: ": ")]
    case "no": return values(rest).isEmpty
    case "empty": return body.isEmpty
    default: return false
    }
  }

  private func values(_ name: String) -> [String] {
    headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
  }

  private func pointer(_ text: String) -> String? {
    let object = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any]
    return (object?["errors"] as? [[String: Any]])?.first?["pointer"] as? String
  }

  private static func json(_ text: String) -> NSObject? {
    (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)) as? NSObject
  }
}
