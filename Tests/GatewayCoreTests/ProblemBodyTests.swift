import Foundation
import RPCCore
import Testing
import Transcoding

@testable import GatewayCore

/// The bytes of a problem: members, their order, and what is escaped.
@Suite struct ProblemBodyTests {
  private static func make(_ type: ProblemType, _ change: (inout Problem) -> Void = { _ in }) -> Problem {
    var problem = Problem(type, "because")
    change(&problem)
    return problem
  }

  /// A problem and what stands between `"origin":"gateway"` and the end, `request_id` included.
  static let golden: [(Problem, String)] = [
    (
      make(.routeNotFound),
      #"{"type":"urn:drawbridge:problem:route-not-found","title":"No such route","status":404,"detail":"because","instance":"/v1/pools/tank","code":"NOT_FOUND","origin":"gateway","request_id":"0123456789abc"}"#
    ),
    (
      make(.overloaded) {
        $0.retryable = true; $0.retryAfter = 1; $0.allow = "GET"
      },
      #"{"type":"urn:drawbridge:problem:overloaded","title":"Too many calls in flight","status":503,"detail":"because","instance":"/v1/pools/tank","code":"RESOURCE_EXHAUSTED","origin":"gateway","retryable":true,"request_id":"0123456789abc"}"#
    ),
    (
      make(.bodyStatus) {
        $0.title = "DER_NONEXIST"
        $0.status = 404
        $0.code = .notFound
        $0.origin = .backend
        $0.retryable = false
        $0.drpc = .init(module: 2, method: 223, status: "SUCCESS")
        $0.daos = DAOSCode(number: -1005)
      },
      #"{"type":"urn:drawbridge:problem:body-status","title":"DER_NONEXIST","status":404,"detail":"because","instance":"/v1/pools/tank","code":"NOT_FOUND","origin":"backend","retryable":false,"request_id":"0123456789abc","drpc":{"module":2,"method":223,"status":"SUCCESS"},"daos":{"status":-1005,"name":"DER_NONEXIST"}}"#
    ),
    (
      make(.invalidField) {
        $0.errors = [
          FieldProblem(source: "body", pointer: "/a~1b/0", reason: "no \"number\"", offset: 12),
          FieldProblem(source: "query", pointer: "/rank", reason: "twice"),
        ]
      },
      #"{"type":"urn:drawbridge:problem:invalid-field","title":"Invalid field","status":400,"detail":"because","instance":"/v1/pools/tank","code":"INVALID_ARGUMENT","origin":"gateway","request_id":"0123456789abc","errors":[{"pointer":"/a~1b/0","source":"body","reason":"no \"number\"","offset":12},{"pointer":"/rank","source":"query","reason":"twice"}]}"#
    ),
    (
      make(.remoteException) {
        $0.origin = .backend
        $0.remoteException = "REMOTE_EX_UNSUPPORTED"
      },
      #"{"type":"urn:drawbridge:problem:remote-exception","title":"Remote exception","status":500,"detail":"because","instance":"/v1/pools/tank","code":"UNKNOWN","origin":"backend","request_id":"0123456789abc","remote_exception":"REMOTE_EX_UNSUPPORTED"}"#
    ),
  ]

  @Test(arguments: golden) func bytes(_ problem: Problem, _ expected: String) throws {
    #expect(problem.json() == expected)
    #expect(try JSONSerialization.jsonObject(with: Data(expected.utf8)) is [String: Any])
    try ProblemValidator.check(problem)
  }

  /// What a text may hold, and how it is written.
  static let texts: [(String, String)] = [
    ("plain", "plain"),
    ("\"\\", #"\"\\"#),
    ("a\nb\rc\td", #"a\nb\rc\td"#),
    ("\u{0}\u{1f}", #"\u0000\u001f"#),
    ("été 中 🐟", "été 中 🐟"),
    ("</script>", "</script>"),
    (String(repeating: "x\"", count: 100), String(repeating: #"x\""#, count: 100)),
  ]

  @Test(arguments: texts) func textsAreEscaped(_ value: String, _ written: String) throws {
    var problem = Problem(.internal, value)
    problem.errors = [FieldProblem(source: "body", pointer: "/a", reason: value + ".", offset: 0)]
    let json = problem.json(instance: value)
    #expect(json.contains("\"detail\":\"\(written)\",\"instance\":\"\(written)\""))
    let parsed = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(parsed["detail"] as? String == value)
    #expect(parsed["instance"] as? String == value)
    #expect((parsed["errors"] as? [[String: Any]])?.first?["reason"] as? String == value + ".")
    try ProblemValidator.check(problem)
  }

  /// A target is bytes; what is not UTF-8 must not break the JSON.
  @Test func anInstanceNeedNotBeUTF8() throws {
    var output = Array("before ".utf8)
    Problem(.internal, "because").write(to: &output, instance: [0x2f, 0xff, 0x22, 0xc3], requestID: "r")
    let json = text(output.dropFirst(7))
    #expect(json.contains("\"instance\":\"/\u{fffd}\\\"\u{fffd}\""), "\(json)")
    #expect(text(output).hasPrefix("before {"))
    try ProblemValidator.check(Array(json.utf8))
  }

  @Test func anotherTypeKeepsWhatWasSaid() {
    var problem = Problem(.malformedRequest, "because")
    problem.apply(.deadlineExceeded)
    #expect(problem == Problem(.deadlineExceeded, "because"))
  }
}
