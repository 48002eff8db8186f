package import RPCCore

/// The one table from `RPCStatus` to what a client sees.
///
/// Rows of its tables can be overridden per service and per route; an override changes the HTTP status, and with
/// it whether there is a `Retry-After`.
package struct StatusMapping: Sendable {
  private var overrides: [StatusOverride.Failure: Int] = [:]

  /// Later overrides win: pass those of the service first, then those of the route.
  package init(_ overrides: [StatusOverride] = []) {
    for override in overrides { self.overrides[override.failure] = override.status }
  }

  /// Seconds in `Retry-After` of a 503 that the gateway decides.
  package static let retryAfter = 1

  /// What a client sees of a call that did not end well. `operation` is `service.Method`.
  package func problem(for status: RPCStatus, operation: String) -> Problem {
    switch status.detail {
    case .drpc(_, _, let number):
      overriding(drpcProblem(status, number: number, operation), as: .drpcStatus(number))
    case .bodyStatus(let number): problem(bodyStatus: number, isDAOS: true, operation: operation)
    case .remoteException(let number):
      overriding(remoteProblem(status, number: number, operation), as: .remoteException(number))
    case .userException(let name, _):
      overriding(exceptionProblem(status, name, operation), as: .exception(name))
    case nil: overriding(plainProblem(status))
    }
  }

  /// What a client sees of a reply whose own status says failure. Numbers that are not DAOS's have no names.
  package func problem(bodyStatus number: Int32, isDAOS: Bool, operation: String) -> Problem {
    overriding(
      isDAOS ? daosProblem(number, operation) : unnamedProblem(number, operation), as: .bodyStatus(number))
  }

  /// `problem` with the status that the configuration wants: that of `failure` before that of its type.
  func overriding(_ problem: Problem, as failure: StatusOverride.Failure? = nil) -> Problem {
    var problem = problem
    if let status = failure.flatMap({ overrides[$0] }) ?? overrides[.problem(problem.type.rawValue)] {
      problem.status = status
    }
    problem.retryAfter = problem.status == 503 && problem.retryable == true ? Self.retryAfter : nil
    return problem
  }

  /// HTTP status of a dRPC SUBMITTED: accepted, still at work.
  package var submitted: Int { overrides[.drpcStatus(1)] ?? 202 }

  // MARK: Transport and gateway

  private func plainProblem(_ status: RPCStatus) -> Problem {
    let type: ProblemType =
      switch status.failure {
      case .absent, .permissionDenied: .backendUnavailable
      case .overloaded: .overloaded
      case .requestTooLarge: .payloadTooLarge
      case .deadline: status.sent ? .deadlineExceeded : .backendUnavailable
      case .closed, .protocolViolation: status.sent ? .badReply : .backendUnavailable
      case nil where status.code == .invalidArgument: .invalidField
      case .cancelled, nil: .internal
      }
    var problem = Problem(type, status.message, origin: status.origin)
    if problem.status >= 500 { problem.retryable = !status.sent }
    return problem
  }

  // MARK: dRPC

  private func drpcProblem(_ status: RPCStatus, number: Int32, _ operation: String) -> Problem {
    let row = Self.drpcRow(number)
    var problem = Problem(row.type, "\(operation): \(row.text)", origin: status.origin)
    problem.retryable = false
    problem.drpc = status.detail.flatMap(Self.drpcDetail)
    return problem
  }

  /// What a problem shows of a dRPC status; nil for others.
  package static func drpcDetail(_ detail: RPCStatus.Detail) -> Problem.DRPCDetail? {
    guard case .drpc(let module, let method, let number) = detail else { return nil }
    return .init(module: module, method: method, status: drpcRow(number).name)
  }

  /// Names as `drpc.proto` writes them.
  package static func drpcRow(_ number: Int32) -> (name: String, type: ProblemType, text: String) {
    switch number {
    case 0: ("SUCCESS", .internal, "the call succeeded")
    case 1: ("SUBMITTED", .internal, "the call was accepted and goes on")
    case 2: ("FAILURE", .backendFailed, "the server says only that the call failed")
    case 3: ("UNKNOWN_MODULE", .notImplemented, "the server has no such module")
    case 4: ("UNKNOWN_METHOD", .notImplemented, "the server's module has no such method")
    case 5: ("FAILED_UNMARSHAL_CALL", .badReply, "the server could not read the call; is the framing right?")
    case 6:
      ("FAILED_UNMARSHAL_PAYLOAD", .malformedRequest, "the server could not read the request message")
    case 7: ("FAILED_MARSHAL", .badReply, "the server could not write its reply")
    default: ("STATUS_\(number)", .badReply, "the server answered with a status that dRPC does not define")
    }
  }

  // MARK: DDS-RPC

  private func remoteProblem(_ status: RPCStatus, number: Int32, _ operation: String) -> Problem {
    let row = Self.remoteExceptionRow(number)
    var problem = Problem(.remoteException, "\(operation): \(row.text)", origin: status.origin)
    (problem.status, problem.code) = (row.status, row.code)
    problem.remoteException = row.name
    problem.retryable = number == 3
    return problem
  }

  /// `RemoteExceptionCode_t` (OMG DDS-RPC 1.0, table 7.2); OUT_OF_RESOURCES means that nothing was done.
  package static func remoteExceptionRow(
    _ number: Int32
  ) -> (name: String, status: Int, code: RPCCode, text: String) {
    switch number {
    case 1: ("REMOTE_EX_UNSUPPORTED", 501, .unimplemented, "the service does not offer the operation")
    case 2:
      ("REMOTE_EX_INVALID_ARGUMENT", 400, .invalidArgument, "the service says that a parameter is illegal")
    case 3: ("REMOTE_EX_OUT_OF_RESOURCES", 503, .unavailable, "the service has no resources for it now")
    case 4: ("REMOTE_EX_UNKNOWN_OPERATION", 501, .unimplemented, "the service has no such operation")
    case 5: ("REMOTE_EX_UNKNOWN_EXCEPTION", 500, .unknown, "the service failed in a way that it does not say")
    default:
      ("REMOTE_EX_\(number)", 500, .unknown, "the service answered with a code that DDS-RPC does not define")
    }
  }

  private func exceptionProblem(_ status: RPCStatus, _ name: String, _ operation: String) -> Problem {
    var problem = Problem(.userException, "\(name) raised by \(operation)", origin: status.origin)
    problem.title = name.split(separator: ":").last.map(String.init) ?? name
    problem.retryable = false
    return problem
  }

  // MARK: Body status

  private func unnamedProblem(_ number: Int32, _ operation: String) -> Problem {
    var problem = Problem(.bodyStatus, "status \(number), reported by \(operation)", origin: .backend)
    problem.retryable = false
    return problem
  }

  private func daosProblem(_ number: Int32, _ operation: String) -> Problem {
    let code = DAOSCode(number: number)
    let row = Self.bodyStatusRow(number)
    var problem = Problem(
      .bodyStatus, "\(code.text) (\(code.name) \(number)), reported by \(operation)", origin: .backend)
    problem.title = code.name
    problem.status = row.status
    problem.code = row.code
    problem.daos = code
    problem.retryable = Self.retryableBodyStatus.contains(number)
    return problem
  }

  /// Those after which the work certainly was not done.
  private static let retryableBodyStatus: Set<Int32> = [-1012, -1013, -1036, -2007, -2008, -2048]

  /// HTTP status and code by DAOS number.
  package static func bodyStatusRow(_ number: Int32) -> (status: Int, code: RPCCode) {
    switch number {
    case -1005, -2003, -2050: (404, .notFound)
    case -1004: (409, .alreadyExists)
    case -1001, -2043, -2044: (403, .permissionDenied)
    case -1003: (400, .invalidArgument)
    case -1007, -1046: (507, .resourceExhausted)
    case -1010, -2037: (501, .unimplemented)
    case -1011: (504, .deadlineExceeded)
    case -1006, -1012, -1013, -1036, -2007, -2008, -2018, -2039, -2048: (503, .unavailable)
    default: (500, .unknown)
    }
  }
}
