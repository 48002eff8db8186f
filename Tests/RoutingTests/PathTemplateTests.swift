import Testing

@testable import Routing

/// The tables stand in Templates/: each line is one template.
@Suite struct PathTemplateTests {
  @Test func validTemplatesAreReadAndPrintedBack() throws {
    let rows = try table("Templates/valid.txt")
    for row in rows {
      let template = try PathTemplate(parsing: row[0])
      #expect(template.description == row[0])
      #expect(dump(template) == row[1], "\(row[0])")
    }
    #expect(rows.count >= 160)
  }

  @Test func malformedTemplatesNameTheColumn() throws {
    let rows = try table("Templates/malformed.txt")
    for row in rows {
      let expected = PathTemplateError(column: try #require(Int(row[1])), reason: row[2])
      #expect(throws: expected, "\(row[0])") { try PathTemplate(parsing: row[0]) }
    }
    #expect(rows.count >= 40)
  }

  @Test func everyPrefixOfATemplateIsReadOrRefused() throws {
    for row in try table("Templates/valid.txt") {
      for length in 0..<row[0].utf8.count {
        let prefix = String(row[0].prefix(length))
        guard let template = try? PathTemplate(parsing: prefix) else { continue }
        #expect(template.description == prefix)
      }
    }
  }

  @Test func segmentsAreBounded() throws {
    let longest = String(repeating: "/x", count: PathTemplate.maxSegments)
    #expect(try PathTemplate(parsing: longest).segments.count == PathTemplate.maxSegments)
    #expect(throws: PathTemplateError.self) { try PathTemplate(parsing: longest + "/x") }
  }

  /// `v1 *  | id=1..2s | ping`
  private func dump(_ template: PathTemplate) -> String {
    let variables = template.variables.map { variable in
      "\(variable.name)=\(variable.segments.lowerBound)..\(variable.segments.upperBound)"
        + (template.isSingleSegment(variable) ? "s" : "m")
    }
    return [
      template.segments.map(\.description).joined(separator: " "),
      variables.isEmpty ? "-" : variables.joined(separator: " "),
      template.verb ?? "-",
    ].joined(separator: " | ")
  }
}
