import Foundation
import SchemaModel
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

  /// What a template takes and captures, made from the table's second column: the parser is not asked about itself.
  @Test func validTemplatesMatchWhatTheyShould() throws {
    for row in try table("Templates/valid.txt") {
      let columns = row[1].components(separatedBy: " | ")
      let segments = columns[0].split(separator: " ").map(String.init)
      let parts = segments.enumerated().map { index, segment -> String in
        segment == "*" ? "s\(index)%2F" : segment == "**" ? "r\(index)/t" : segment
      }
      let verb = columns[2] == "-" ? "" : ":\(columns[2])"
      let captured = try Self.captured(columns[1], parts)
      let path = "/" + parts.joined(separator: "/") + verb
      #expect(try match(row[0], path) == captured, "\(row[0]) \(path)")
      #expect(try match(row[0], path + "x") == nil || verb.isEmpty, "\(row[0]) \(path)x")
      if segments.last != "**" {
        #expect(try match(row[0], "/" + parts.joined(separator: "/") + "/more" + verb) == nil)
      }
      if let first = segments.first, !first.hasPrefix("*") {
        #expect(try match(row[0], "/~" + path.dropFirst()) == nil, "\(row[0])")
      }
    }
  }

  /// `id=1..3s a=3..4m` of the parts of a path.
  private static func captured(_ variables: String, _ parts: [String]) throws -> [String] {
    if variables == "-" { return [] }
    return try variables.split(separator: " ").map { variable in
      let bounds = try #require(variable.split(separator: "=").last).dropLast().split(separator: ".")
      let first = try #require(Int(bounds[0]))
      let end = try #require(Int(bounds[1]))
      return parts[first..<end].joined(separator: "/")
    }
  }

  /// The captured texts; nil when the route does not take the path.
  private func match(_ template: String, _ path: String) throws -> [String]? {
    var diagnostics = Diagnostics()
    let router = Router.build([try definition("GET " + template)], diagnostics: &diagnostics)
    var captures = router.makeCaptures()
    let bytes = Array(path.utf8)
    guard case .found = router.match(.get, bytes, path: 0..<bytes.count, captures: &captures) else {
      return nil
    }
    return captures.ranges.map { String(decoding: bytes[$0], as: UTF8.self) }
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
