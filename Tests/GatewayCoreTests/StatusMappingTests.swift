import Foundation
import RPCCore
import SchemaModel
import Testing

@testable import GatewayCore

/// Every way in which a call can end, and what a client sees of it.
///
/// The expectations are written down here and in Fixtures/daos-codes.txt, not taken from the code.
@Suite struct StatusMappingTests {
  private static let place = SourceLocation(file: "c.yaml")

  private static func override(_ failure: StatusOverride.Failure, _ status: Int) -> StatusOverride {
    StatusOverride(failure: failure, status: status, location: place)
  }

  // MARK: The way to the backend

  struct Row: Sendable, CustomTestStringConvertible {
    var failure: RPCStatus.TransportFailure
    var sent: Bool
    var type: String
    var status: Int
    var code: String
    var retryable: Bool?
    var retryAfter: Int?

    var testDescription: String { "\(failure), \(sent ? "" : "not ")sent" }
  }

  /// What was not sent is safe to repeat, and says so.
  static let transport: [Row] = [
    Row(
      failure: .absent, sent: false, type: "backend-unavailable", status: 503, code: "UNAVAILABLE",
      retryable: true, retryAfter: 1),
    Row(
      failure: .absent, sent: true, type: "backend-unavailable", status: 503, code: "UNAVAILABLE",
      retryable: false),
    Row(
      failure: .permissionDenied, sent: false, type: "backend-unavailable", status: 503, code: "UNAVAILABLE",
      retryable: true, retryAfter: 1),
    Row(
      failure: .permissionDenied, sent: true, type: "backend-unavailable", status: 503, code: "UNAVAILABLE",
      retryable: false),
    Row(
      failure: .overloaded, sent: false, type: "overloaded", status: 503, code: "RESOURCE_EXHAUSTED",
      retryable: true, retryAfter: 1),
    Row(
      failure: .overloaded, sent: true, type: "overloaded", status: 503, code: "RESOURCE_EXHAUSTED",
      retryable: false),
    Row(
      failure: .requestTooLarge, sent: false, type: "payload-too-large", status: 413, code: "OUT_OF_RANGE"),
    Row(
      failure: .requestTooLarge, sent: true, type: "payload-too-large", status: 413, code: "OUT_OF_RANGE"),
    Row(
      failure: .deadline, sent: false, type: "backend-unavailable", status: 503, code: "UNAVAILABLE",
      retryable: true, retryAfter: 1),
    Row(
      failure: .deadline, sent: true, type: "deadline-exceeded", status: 504, code: "DEADLINE_EXCEEDED",
      retryable: false),
    Row(
      failure: .closed, sent: false, type: "backend-unavailable", status: 503, code: "UNAVAILABLE",
      retryable: true, retryAfter: 1),
    Row(failure: .closed, sent: true, type: "bad-reply", status: 502, code: "INTERNAL", retryable: false),
    Row(
      failure: .protocolViolation, sent: false, type: "backend-unavailable", status: 503, code: "UNAVAILABLE",
      retryable: true, retryAfter: 1),
    Row(
      failure: .protocolViolation, sent: true, type: "bad-reply", status: 502, code: "INTERNAL",
      retryable: false),
    Row(failure: .cancelled, sent: false, type: "internal", status: 500, code: "INTERNAL", retryable: true),
    Row(failure: .cancelled, sent: true, type: "internal", status: 500, code: "INTERNAL", retryable: false),
  ]

  @Test(arguments: transport) func transportFailures(_ row: Row) throws {
    let problem = StatusMapping().problem(
      for: .transport(row.failure, sent: row.sent, "the socket is gone"), operation: "engine.PoolQuery")
    #expect(problem.type.rawValue == row.type)
    #expect(problem.status == row.status)
    #expect(problem.code.name == row.code)
    #expect(problem.retryable == row.retryable)
    #expect(problem.retryAfter == row.retryAfter)
    #expect(problem.detail == "the socket is gone")
    #expect(problem.origin == .transport)
    #expect(problem.drpc == nil && problem.daos == nil && problem.errors.isEmpty)
    try ProblemValidator.check(problem)
  }

  /// A failure that joins the enumeration needs its two rows above.
  @Test func eachTransportFailureHasItsRows() {
    for row in Self.transport {
      switch row.failure {
      case .absent, .permissionDenied, .overloaded, .requestTooLarge, .deadline, .closed, .protocolViolation,
        .cancelled:
        #expect(Self.transport.count { $0.failure == row.failure } == 2)
      }
    }
  }

  // MARK: dRPC

  static let drpc: [(number: Int32, name: String, code: String, type: String, status: Int)] = [
    (2, "FAILURE", "UNKNOWN", "backend-failed", 502),
    (3, "UNKNOWN_MODULE", "UNIMPLEMENTED", "not-implemented", 501),
    (4, "UNKNOWN_METHOD", "UNIMPLEMENTED", "not-implemented", 501),
    (5, "FAILED_UNMARSHAL_CALL", "INTERNAL", "bad-reply", 502),
    (6, "FAILED_UNMARSHAL_PAYLOAD", "INVALID_ARGUMENT", "malformed-request", 400),
    (7, "FAILED_MARSHAL", "INTERNAL", "bad-reply", 502),
    (8, "STATUS_8", "INTERNAL", "bad-reply", 502),
    (-1, "STATUS_-1", "INTERNAL", "bad-reply", 502),
    (.max, "STATUS_2147483647", "INTERNAL", "bad-reply", 502),
    // No failures: `problem(for:)` is not asked about them, and does not invent a promise if it is.
    (0, "SUCCESS", "INTERNAL", "internal", 500),
    (1, "SUBMITTED", "INTERNAL", "internal", 500),
  ]

  @Test(arguments: drpc)
  func drpcStatuses(_ number: Int32, _ name: String, _ code: String, _ type: String, _ status: Int) throws {
    let outcome = RPCStatus(
      code: .unknown, origin: .backend, sent: true, detail: .drpc(module: 2, method: 223, status: number))
    let problem = StatusMapping().problem(for: outcome, operation: "engine.PoolQuery")
    #expect(problem.type.rawValue == type)
    #expect(problem.status == status)
    #expect(problem.code.name == code)
    #expect(problem.retryable == false)
    #expect(problem.retryAfter == nil)
    #expect(problem.origin == .backend)
    #expect(problem.drpc == .init(module: 2, method: 223, status: name))
    #expect(problem.detail.hasPrefix("engine.PoolQuery: "))
    try ProblemValidator.check(problem)
  }

  // MARK: DAOS

  struct DAOSRow {
    var number: Int32
    var status: Int
    var code: String
    var retryable: Bool
    var name: String
    var text: String
  }

  static func daosRows() throws -> [DAOSRow] {
    try Fixture.text("daos-codes.txt").split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      let words = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true).map(String.init)
      return DAOSRow(
        number: try #require(Int32(words[0])), status: try #require(Int(words[1])), code: words[2],
        retryable: words[3] == "yes", name: words[4],
        text: words[5].trimmingCharacters(in: .whitespaces))
    }
  }

  @Test func eachDAOSCode() throws {
    let rows = try Self.daosRows()
    #expect(rows.count == 98)
    #expect(DAOSCode.all.map(\.number) == rows.map(\.number))
    for row in rows {
      let outcome = RPCStatus(code: .unknown, origin: .backend, sent: true, detail: .bodyStatus(row.number))
      let problem = StatusMapping().problem(for: outcome, operation: "engine.PoolQuery")
      #expect(problem.type == .bodyStatus)
      #expect(problem.status == row.status, "\(row.name)")
      #expect(problem.code.name == row.code, "\(row.name)")
      #expect(problem.retryable == row.retryable, "\(row.name)")
      #expect(problem.retryAfter == (row.retryable ? 1 : nil), "\(row.name)")
      #expect(problem.daos == DAOSCode(number: row.number, name: row.name, text: row.text))
      #expect(problem.title == row.name)
      #expect(problem.detail == "\(row.text) (\(row.name) \(row.number)), reported by engine.PoolQuery")
      #expect(DAOSCode.named(row.name)?.number == row.number)
      try ProblemValidator.check(problem)
    }
  }

  @Test(arguments: [-1, -1000, -1047, -2053, .min] as [Int32])
  func unknownDAOSCodesAre500(_ number: Int32) throws {
    let problem = StatusMapping().problem(bodyStatus: number, isDAOS: true, operation: "a.B")
    #expect(problem.status == 500 && problem.code == .unknown && problem.retryable == false)
    #expect(problem.daos == DAOSCode(number: number, name: "DER_UNKNOWN", text: "Unknown error"))
    try ProblemValidator.check(problem)
  }

  /// `codes: none`: the number means nothing to us, also when DAOS has one like it.
  @Test(arguments: [7, -1005, .max] as [Int32]) func numbersWithoutNames(_ number: Int32) throws {
    let problem = StatusMapping().problem(bodyStatus: number, isDAOS: false, operation: "a.B")
    #expect(problem.type == .bodyStatus && problem.status == 500 && problem.code == .unknown)
    #expect(problem.daos == nil && problem.retryable == false && problem.retryAfter == nil)
    #expect(problem.title == "Failure reported in the reply")
    #expect(problem.detail == "status \(number), reported by a.B")
    try ProblemValidator.check(problem)
  }

  // MARK: Overrides

  @Test func submittedIs202UnlessOverridden() {
    #expect(StatusMapping().submitted == 202)
    #expect(StatusMapping([Self.override(.drpcStatus(1), 201)]).submitted == 201)
  }

  /// A failure, the overrides of service and route in that order, and the HTTP status.
  static let overrides: [(RPCStatus.Detail?, [StatusOverride], Int)] = [
    (nil, [], 503),
    (nil, [override(.problem("backend-unavailable"), 502)], 502),
    (nil, [override(.problem("backend-failed"), 500)], 503),
    (
      nil, [override(.problem("backend-unavailable"), 502), override(.problem("backend-unavailable"), 504)],
      504
    ),
    (.drpc(module: 1, method: 2, status: 2), [override(.drpcStatus(2), 500)], 500),
    (.drpc(module: 1, method: 2, status: 3), [override(.drpcStatus(2), 500)], 501),
    (.drpc(module: 1, method: 2, status: 3), [override(.problem("not-implemented"), 404)], 404),
    // The number is more exact than the type, whichever was written first.
    (
      .drpc(module: 1, method: 2, status: 3),
      [override(.drpcStatus(3), 410), override(.problem("not-implemented"), 404)], 410
    ),
    (.bodyStatus(-1005), [override(.bodyStatus(-1005), 410)], 410),
    (.bodyStatus(-1004), [override(.bodyStatus(-1005), 410)], 409),
    (.bodyStatus(-1004), [override(.problem("body-status"), 502)], 502),
    (.bodyStatus(-1005), [override(.problem("body-status"), 502), override(.bodyStatus(-1005), 410)], 410),
    (.bodyStatus(-1005), [override(.bodyStatus(-1005), 410), override(.bodyStatus(-1005), 418)], 418),
    (.remoteException(1), [override(.remoteException(1), 405)], 405),
    (.remoteException(2), [override(.remoteException(1), 405)], 400),
    (.remoteException(3), [override(.problem("remote-exception"), 429)], 429),
    (.userException(name: "a::B", body: ReplyBody([])), [override(.exception("a::B"), 409)], 409),
  ]

  @Test(arguments: overrides)
  func overridesChangeTheStatusOnly(_ detail: RPCStatus.Detail?, _ list: [StatusOverride], _ status: Int) {
    let outcome =
      detail.map { RPCStatus(code: .unknown, origin: .backend, sent: true, detail: $0) }
      ?? .transport(.absent, sent: false, "gone")
    let plain = StatusMapping().problem(for: outcome, operation: "a.B")
    var expected = plain
    expected.status = status
    expected.retryAfter = status == 503 ? plain.retryAfter : nil
    #expect(StatusMapping(list).problem(for: outcome, operation: "a.B") == expected)
  }

  @Test func retryAfterFollowsTheStatus() {
    let outcome = RPCStatus(code: .unknown, origin: .backend, sent: true, detail: .bodyStatus(-1012))
    func retryAfter(_ status: Int) -> Int? {
      StatusMapping([Self.override(.bodyStatus(-1012), status)]).problem(for: outcome, operation: "a")
        .retryAfter
    }
    #expect(retryAfter(503) == 1)
    #expect(retryAfter(409) == nil)
  }

  // MARK: DDS-RPC

  static let remoteExceptions: [(Int32, String, Int, String, Bool)] = [
    (1, "REMOTE_EX_UNSUPPORTED", 501, "UNIMPLEMENTED", false),
    (2, "REMOTE_EX_INVALID_ARGUMENT", 400, "INVALID_ARGUMENT", false),
    (3, "REMOTE_EX_OUT_OF_RESOURCES", 503, "UNAVAILABLE", true),
    (4, "REMOTE_EX_UNKNOWN_OPERATION", 501, "UNIMPLEMENTED", false),
    (5, "REMOTE_EX_UNKNOWN_EXCEPTION", 500, "UNKNOWN", false),
    (6, "REMOTE_EX_6", 500, "UNKNOWN", false), (-1, "REMOTE_EX_-1", 500, "UNKNOWN", false),
  ]

  @Test(arguments: remoteExceptions)
  func aRemoteExceptionHasARow(
    _ number: Int32, _ name: String, _ status: Int, _ code: String, _ retryable: Bool
  ) {
    let outcome = RPCStatus(
      code: .unknown, origin: .backend, sent: true, detail: .remoteException(number))
    let problem = StatusMapping().problem(for: outcome, operation: "robot.setSpeed")
    #expect(problem.type == .remoteException && problem.status == status && problem.code.name == code)
    #expect(problem.remoteException == name && problem.retryable == retryable)
    #expect(problem.retryAfter == (status == 503 ? 1 : nil))
    let other = StatusMapping([Self.override(.problem("remote-exception"), 418)])
    #expect(other.problem(for: outcome, operation: "robot.setSpeed").status == 418)
  }

  @Test func aDeclaredExceptionHasItsOwnStatus() {
    let outcome = RPCStatus(
      code: .failedPrecondition, origin: .backend, sent: true,
      detail: .userException(name: "robot::TooFast", body: ReplyBody([])))
    let plain = StatusMapping().problem(for: outcome, operation: "robot.setSpeed")
    #expect(plain.type == .userException && plain.status == 422 && plain.title == "TooFast")
    #expect(plain.detail == "robot::TooFast raised by robot.setSpeed" && plain.retryable == false)
    let overrides = [
      Self.override(.problem("user-exception"), 400), Self.override(.exception("robot::TooFast"), 409),
      Self.override(.exception("robot::Other"), 410),
    ]
    #expect(StatusMapping(overrides).problem(for: outcome, operation: "x").status == 409)
  }
}
