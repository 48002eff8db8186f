internal import EventLoop
internal import RPCCore
internal import Routing
internal import SchemaModel
internal import Synchronization
internal import Transcoding

/// The request pipeline: route, bind, translate, call, translate, answer.
package final class Gateway: HTTPHandler {
  package let snapshot: Snapshot
  private let log: Log
  private let mostInFlight: Int
  private let inFlight = Atomic<Int>(0)

  package init(snapshot: Snapshot, log: Log, limits: LimitsConfiguration) {
    self.snapshot = snapshot
    self.log = log
    mostInFlight = limits.inFlight
  }

  // MARK: Answer

  package func answer(_ exchange: HTTPExchange) {
    guard let route = exchange.route else {
      fail(exchange, Problem(.internal, "the request has no route"))
      exchange.front?.answered(exchange)
      return
    }
    guard enter(exchange) else {
      exchange.front?.answered(exchange)
      return
    }
    if exchange.lookup == nil && route.replies == nil { return begin(exchange, route) }
    exchange.perform { [self] in
      await answerInSteps(exchange, route)
      leave(exchange)
    }
  }

  /// What takes more than one call, or gives more than one reply.
  private func answerInSteps(_ exchange: HTTPExchange, _ route: CompiledRoute) async {
    if let problem = await exchange.lookup?.perform(exchange, route.mapping) {
      return fail(exchange, problem)
    }
    if let rule = route.replies { return await answer(exchange, route, rule) }
    let reply = UnaryReply()
    guard let status = await route.service.backend.call(sink: reply, { call(exchange, route) }) else {
      return
    }
    if !exchange.clientIsGone { conclude(exchange, route, status, reply.body ?? ReplyBody([])) }
  }

  private func begin(_ exchange: HTTPExchange, _ route: CompiledRoute) {
    guard let call = call(exchange, route) else { return leave(exchange) }
    exchange.perform(call, on: route.service.backend, for: self)
  }

  /// The one call of a request has ended.
  ///
  /// - Parameter call: nil when it was written for the second time.
  func callEnded(_ exchange: HTTPExchange, _ call: RPCCall?, _ status: RPCStatus, _ reply: ReplyBody) {
    guard !exchange.clientIsGone, let route = exchange.route else { return leave(exchange) }
    if status.code != .ok, let call, route.service.backend.wantsAnew(call, after: status) {
      guard let again = self.call(exchange, route) else { return leave(exchange) }
      return exchange.perform(again, on: route.service.backend, for: self, isSecond: true)
    }
    conclude(exchange, route, status, reply)
    leave(exchange)
  }

  /// Counts the request in; false when it has been refused because too many are in flight.
  private func enter(_ exchange: HTTPExchange) -> Bool {
    if inFlight.add(1, ordering: .relaxed).newValue <= mostInFlight { return true }
    inFlight.subtract(1, ordering: .relaxed)
    var problem = Problem(.overloaded, "the gateway has \(mostInFlight) requests in flight; try again")
    problem.retryable = true
    fail(exchange, problem)
    return false
  }

  /// Counts the request out, answered.
  private func leave(_ exchange: HTTPExchange) {
    inFlight.subtract(1, ordering: .relaxed)
    exchange.front?.answered(exchange)
  }

  /// The call that the request asks for; nil when it has been refused.
  private func call(_ exchange: HTTPExchange, _ route: CompiledRoute) -> RPCCall? {
    guard let body = encode(exchange, route) else { return nil }
    return RPCCall(
      method: route.method, body: body, deadline: exchange.deadline, target: exchange.callTarget,
      abandonable: route.isRead)
  }

  /// Turns the outcome of the call into the answer.
  private func conclude(
    _ exchange: HTTPExchange, _ route: CompiledRoute, _ status: RPCStatus, _ reply: ReplyBody
  ) {
    guard status.code == .ok else { return send(exchange, problem(exchange, route, status)) }
    decode(exchange, route, reply, status)
  }

  /// What a client sees of a call that did not end well.
  func problem(_ exchange: HTTPExchange, _ route: CompiledRoute, _ status: RPCStatus) -> Problem {
    var problem = route.mapping.problem(for: status, operation: route.operation)
    if case .userException(let name, let body) = status.detail {
      problem.exception = route.service.exception(
        name, body, codec: route.codec, scratch: exchange.context.scratch)
    }
    return problem
  }

  func encode(_ exchange: HTTPExchange, _ route: CompiledRoute) -> [UInt8]? {
    var body = route.service.backend.requestPrefix(for: route.method, target: exchange.callTarget)
    guard let type = route.request else { return body }
    let scratch = exchange.context.scratch
    do throws(TranscodeError) {
      if route.extras != nil, exchange.hasRawBody {
        try route.codec.appendRaw(exchange.input.body, to: &body)
        return body
      }
      try route.codec.encode(type, from: exchange.input, into: &body, scratch: scratch)
      if route.ignoresUnknown { report(ignored: scratch.ignoredMembers(of: exchange.input.body), exchange) }
      return body
    } catch {
      let explained = route.codec.explain(
        error, encoding: type, from: exchange.input, scratch: scratch)
      var problem = Problem(
        explained.source == "body" ? .malformedRequest : .invalidField,
        "\(explained.pointer.isEmpty ? "the \(explained.source)" : explained.pointer): \(explained.reason)")
      if !explained.pointer.isEmpty { problem.apply(.invalidField) }
      problem.errors = [explained]
      fail(exchange, problem)
      return nil
    }
  }

  private func decode(
    _ exchange: HTTPExchange, _ route: CompiledRoute, _ reply: ReplyBody, _ status: RPCStatus
  ) {
    exchange.response.status = status.isSubmitted ? route.mapping.submitted : route.success
    let codec = route.codec
    guard let type = route.response else {
      return succeed(exchange, route, emptyObject: true)
    }
    do throws(TranscodeError) {
      if let bodyStatus = route.bodyStatus {
        let number = try codec.integer(bodyStatus.field, in: reply.bytes, at: reply.start)
        if bodyStatus.isFailure(number) {
          var problem = route.mapping.problem(
            bodyStatus: Int32(clamping: number), isDAOS: bodyStatus.isDAOS, operation: route.operation)
          problem.drpc = status.detail.flatMap(StatusMapping.drpcDetail)
          return send(exchange, problem)
        }
      }
      if let extras = route.extras { try addHeaders(exchange, extras, codec, type, reply) }
      if exchange.wantsRawAnswer {
        try codec.appendRaw(reply.bytes, at: reply.start, to: &exchange.response.body)
      } else {
        try codec.decode(
          type, from: reply.bytes, at: reply.start, selecting: route.responsePath,
          into: &exchange.response.body, scratch: exchange.context.scratch)
      }
    } catch {
      return send(exchange, unreadable(reply, route, error))
    }
    succeed(exchange, route, emptyObject: false)
  }

  /// A reply that breaks its schema.
  func unreadable(_ reply: ReplyBody, _ route: CompiledRoute, _ error: TranscodeError) -> Problem {
    var problem = Problem(
      .badReply, "\(route.operation) answered with a message that cannot be read", origin: .transport)
    problem.retryable = false
    if let type = route.response {
      let explained = route.codec.explain(error, decoding: type, from: reply.bytes, at: reply.start)
      problem.detail += ": \(explained.reason)"
      problem.errors = [explained]
    }
    return route.mapping.overriding(problem)
  }

  private func succeed(_ exchange: HTTPExchange, _ route: CompiledRoute, emptyObject: Bool) {
    if emptyObject { exchange.response.body = [UInt8(ascii: "{"), UInt8(ascii: "}")] }
    if exchange.response.status == 204 {
      exchange.response.body.removeAll(keepingCapacity: true)
      exchange.response.contentType = .none
    } else {
      exchange.response.contentType = exchange.wantsRawAnswer ? rawContentType(route) : .json
    }
    addCommonHeaders(exchange, mayBeStored: route.isRead)
  }

  // MARK: Failures

  package func refuse(_ exchange: HTTPExchange, as type: ProblemType, detail: String) {
    if exchange.requestID.isEmpty { exchange.requestID = requestID(of: exchange) }
    exchange.cors = snapshot.cors
    fail(exchange, Problem(type, detail))
  }

  func respond(_ exchange: HTTPExchange, _ problem: Problem) -> Admission {
    fail(exchange, problem)
    return .respond
  }

  func noContent(_ exchange: HTTPExchange, allow: String?) -> Admission {
    exchange.response.status = 204
    exchange.response.contentType = .none
    if let allow { exchange.response.headers.append(("Allow", allow)) }
    addCommonHeaders(exchange, mayBeStored: true)
    return .respond
  }

  /// A failure that the gateway found by itself; the route may want another status for it.
  func fail(_ exchange: HTTPExchange, _ problem: Problem) {
    send(exchange, (exchange.route?.mapping ?? StatusMapping()).overriding(problem))
  }

  func send(_ exchange: HTTPExchange, _ problem: Problem) {
    exchange.problemName = problem.type.rawValue
    if problem.type == .backendUnavailable { exchange.obstacle = problem.detail }
    exchange.response.status = problem.status
    exchange.response.body.removeAll(keepingCapacity: true)
    exchange.response.contentType = exchange.route?.errorFormat == .google ? .json : .problem
    write(problem, of: exchange, to: &exchange.response.body)
    if let seconds = problem.retryAfter {
      exchange.response.headers.append(("Retry-After", "\(seconds)"))
    }
    if let allow = problem.allow { exchange.response.headers.append(("Allow", allow)) }
    addCommonHeaders(exchange, mayBeStored: false)
  }

  /// In the form that the route wants.
  func write(_ problem: Problem, of exchange: HTTPExchange, to output: inout [UInt8]) {
    if exchange.route?.errorFormat == .google {
      problem.writeGoogle(to: &output, requestID: exchange.requestID)
    } else {
      let path = exchange.target.prefix { $0 != UInt8(ascii: "?") }
      problem.write(to: &output, instance: path, requestID: exchange.requestID)
    }
  }

  func addCommonHeaders(_ exchange: HTTPExchange, mayBeStored: Bool) {
    exchange.response.requestID = exchange.requestID
    exchange.response.mayBeStored = mayBeStored
    exchange.cors?.addHeaders(exchange)
  }

  package func finished(_ exchange: HTTPExchange, status: Int) { log.access(exchange, status: status) }
}

extension RPCStatus {
  /// dRPC SUBMITTED: accepted, still at work.
  fileprivate var isSubmitted: Bool {
    if case .drpc(_, _, 1) = detail { return true }
    return false
  }
}
