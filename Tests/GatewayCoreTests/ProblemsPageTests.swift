import Foundation
import RPCCore
import Testing

@testable import GatewayCore

/// The tables of docs/problems.md against the code.
@Suite struct ProblemsPageTests {
  /// The rows of the table below a heading, as cells without backquotes.
  private func table(_ heading: String) throws -> [[String]] {
    let page = try String(contentsOf: Fixture.root.appending(path: "docs/problems.md"), encoding: .utf8)
    let section = try #require(page.components(separatedBy: "\n## \(heading)\n").dropFirst().first)
    let end = section.range(of: "\n## ")?.lowerBound ?? section.endIndex
    let rows = section[..<end].split(separator: "\n").filter { $0.hasPrefix("|") }.dropFirst(2)
    return rows.map { row in
      row.split(separator: "|").map { $0.replacing("`", with: "").trimmingCharacters(in: .whitespaces) }
    }
  }

  @Test func types() throws {
    let rows = try table("Types")
    #expect(rows.map { $0[0] } == ProblemType.allCases.map(\.rawValue))
    for (row, type) in zip(rows, ProblemType.allCases) {
      #expect(row.count == 4 && row[1] == "\(type.row.status)" && row[2] == type.row.code.name, "\(row)")
    }
  }

  @Test func drpcStatuses() throws {
    let rows = try table("dRPC statuses")
    #expect(rows.map { $0[0] } == (2...7).map(String.init))
    for row in rows {
      let number = try #require(Int32(row[0]))
      let outcome = RPCStatus(
        code: .unknown, origin: .backend, sent: true, detail: .drpc(module: 1, method: 1, status: number))
      let problem = StatusMapping().problem(for: outcome, operation: "a.B")
      #expect(problem.drpc?.status == row[1])
      #expect(row[2...] == [problem.type.rawValue, "\(problem.status)", problem.code.name])
    }
  }

  @Test func daosStatuses() throws {
    var listed: Set<Int32> = []
    for row in try table("DAOS statuses") {
      for entry in row[0].split(separator: ",") {
        let words = entry.split(separator: " ")
        let number = try #require(Int32(words[0]))
        let problem = StatusMapping().problem(bodyStatus: number, isDAOS: true, operation: "a.B")
        #expect(problem.daos?.name == String(words[1]))
        #expect(
          row[1...] == ["\(problem.status)", problem.code.name, problem.retryable == true ? "yes" : "no"])
        listed.insert(number)
      }
    }
    for code in DAOSCode.all where !listed.contains(code.number) {
      let problem = StatusMapping().problem(bodyStatus: code.number, isDAOS: true, operation: "a.B")
      #expect(problem.status == 500 && problem.code == .unknown && problem.retryable == false, "\(code.name)")
    }
  }

  /// Each member of the schema has its row, and the other way round.
  @Test func members() throws {
    let file = Fixture.root.appending(path: "openapi/problem.schema.json")
    let schema = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    let properties = try #require(schema?["properties"] as? [String: Any])
    let required = try #require(schema?["required"] as? [String])
    let rows = try table("Members")
    #expect(Set(rows.map { $0[0] }) == Set(properties.keys))
    #expect(Set(rows.filter { $0[1] == "always" }.map { $0[0] }) == Set(required))
  }
}
