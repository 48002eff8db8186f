import Foundation
import RPCCore
import Testing

@testable import GatewayCore

/// openapi/problem.schema.json against the tables of the code. That problems fit it is checked wherever a test of
/// this folder makes one.
@Suite struct ProblemSchemaTests {
  private static func properties() throws -> [String: [String: Any]] {
    let file = Fixture.root.appending(path: "openapi/problem.schema.json")
    let schema = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    return try #require(schema?["properties"] as? [String: [String: Any]])
  }

  @Test func namesAllTypesAndCodes() throws {
    let properties = try Self.properties()
    #expect(
      properties["type"]?["enum"] as? [String]
        == ProblemType.allCases.map { "urn:drawbridge:problem:\($0.rawValue)" })
    #expect(
      properties["code"]?["enum"] as? [String] == RPCCode.allCases.filter { $0 != .ok }.map(\.name))
    #expect(properties["origin"]?["enum"] as? [String] == ["gateway", "transport", "backend"])
  }

  static let wrong: [(String, String, String)] = [
    ("a type of nobody's", #""urn:drawbridge:problem:internal""#, #""about:blank""#),
    ("a code that is none", #""INTERNAL""#, #""OK""#),
    ("a status of success", "500", "200"),
    ("a status that is text", "500", #""500""#),
    ("an unknown member", #""request_id""#, #""requestId":"x","request_id""#),
    ("a name twice", #""request_id""#, #""code":"INTERNAL","request_id""#),
    ("an origin of nobody's", #""gateway""#, #""client""#),
    ("no list", #""request_id""#, #""errors":[],"request_id""#),
    (
      "an unknown source", #""request_id""#,
      #""errors":[{"pointer":"","source":"x","reason":"y"}],"request_id""#
    ),
    (
      "no pointer", #""request_id""#, #""errors":[{"pointer":"a","source":"body","reason":"y"}],"request_id""#
    ),
    ("no JSON", "}", ""),
  ]

  /// The validator must be able to say no.
  @Test(arguments: wrong) func findsMistakes(_ name: String, _ part: String, _ other: String) throws {
    let good = Problem(.internal, "because").json()
    #expect(try ProblemValidator.verdict(good) == "ok")
    let bad = good.replacing(part, with: other)
    #expect(bad != good)
    #expect(try ProblemValidator.verdict(bad) != "ok", "\(name)")
  }
}
