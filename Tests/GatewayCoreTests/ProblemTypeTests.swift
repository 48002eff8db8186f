import RPCCore
import Testing

@testable import GatewayCore

/// The table of problem types is a promise; this is its second copy.
@Suite struct ProblemTypeTests {
  static let table: [(name: String, status: Int, code: String)] = [
    ("malformed-request", 400, "INVALID_ARGUMENT"),
    ("invalid-field", 400, "INVALID_ARGUMENT"),
    ("unauthenticated", 401, "UNAUTHENTICATED"),
    ("permission-denied", 403, "PERMISSION_DENIED"),
    ("route-not-found", 404, "NOT_FOUND"),
    ("method-not-allowed", 405, "UNIMPLEMENTED"),
    ("not-acceptable", 406, "INVALID_ARGUMENT"),
    ("request-timeout", 408, "DEADLINE_EXCEEDED"),
    ("payload-too-large", 413, "OUT_OF_RANGE"),
    ("uri-too-long", 414, "INVALID_ARGUMENT"),
    ("unsupported-media-type", 415, "INVALID_ARGUMENT"),
    ("expectation-failed", 417, "INVALID_ARGUMENT"),
    ("head-too-large", 431, "INVALID_ARGUMENT"),
    ("rate-limited", 429, "RESOURCE_EXHAUSTED"),
    ("overloaded", 503, "RESOURCE_EXHAUSTED"),
    ("backend-unavailable", 503, "UNAVAILABLE"),
    ("deadline-exceeded", 504, "DEADLINE_EXCEEDED"),
    ("bad-reply", 502, "INTERNAL"),
    ("backend-failed", 502, "UNKNOWN"),
    ("not-implemented", 501, "UNIMPLEMENTED"),
    ("remote-exception", 500, "UNKNOWN"),
    ("user-exception", 422, "FAILED_PRECONDITION"),
    ("body-status", 500, "UNKNOWN"),
    ("internal", 500, "INTERNAL"),
  ]

  @Test func theTableIsComplete() {
    #expect(ProblemType.allCases.map(\.rawValue) == Self.table.map(\.name))
    #expect(ProblemType.urnPrefix == "urn:drawbridge:problem:")
  }

  @Test(arguments: table) func eachRow(_ name: String, _ status: Int, _ code: String) throws {
    let type = try #require(ProblemType(rawValue: name))
    #expect(type.row.status == status)
    #expect(type.row.code.name == code)
    #expect(!type.row.title.isEmpty)
    let problem = Problem(type, "because")
    #expect(problem.type == type && problem.status == status && problem.code == type.row.code)
    #expect(problem.title == type.row.title && problem.detail == "because" && problem.origin == .gateway)
    #expect(problem.retryable == nil && problem.retryAfter == nil && problem.allow == nil)
    try ProblemValidator.check(problem)
  }

  /// google/rpc/code.proto.
  @Test func codes() {
    let names = [
      "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
      "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE",
      "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ]
    #expect(RPCCode.allCases.map(\.name) == names)
    #expect(RPCCode.allCases.map(\.rawValue) == Array(0...16))
  }
}
