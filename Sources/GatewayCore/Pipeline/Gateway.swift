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

  // MARK: Head

  package func admit(_ exchange: HTTPExchange) -> Admission {
    exchange.requestID = requestID(of: exchange)
    if let cors = snapshot.cors { exchange.cors = cors }
    let target = exchange.target
    if target.count == 1, target[0] == UInt8(ascii: "*"), exchange.method == .options {
      return noContent(exchange, allow: nil)
    }
    guard let path = pathRange(of: target) else {
      return respond(exchange, Problem(.malformedRequest, "the request target is not a path"))
    }
    let route: CompiledRoute
    do throws(Refusal) {
      route = try resolve(exchange, path: path)
    } catch {
      return error.admission
    }
    return admitBody(exchange, route) ?? setDeadline(exchange, route) ?? .proceed
  }

  /// The answer already stands in the exchange.
  private struct Refusal: Error { let admission: Admission }

  /// Finds the route and binds what the URL says.
  private func resolve(_ exchange: HTTPExchange, path: Range<Int>) throws(Refusal) -> CompiledRoute {
    let routing = exchange.context.routing(in: snapshot)
    let problem: Problem
    var match = snapshot.router.match(
      exchange.method, exchange.target, path: path, captures: &routing.captures)
    if case .notFound = match, snapshot.trailingSlash != .strict {
      match = matchWithoutSlash(exchange, path: path, routing)
      if case .found = match, snapshot.trailingSlash == .redirect {
        throw Refusal(admission: redirect(exchange, path: path))
      }
    }
    switch match {
    case .found(let index):
      let route = snapshot.routes[index]
      exchange.route = route
      guard let failure = bind(exchange, route, path: path, routing) else { return route }
      problem = failure
    case .notFound: problem = Problem(.routeNotFound, "no route has this path")
    case .malformed(let offset):
      problem = Problem(
        .malformedRequest, "the path has a broken percent-encoding or a NUL at byte \(offset)")
    case .options(let allowed):
      if let cors = exchange.cors, CORSPolicy.isPreflight(exchange) {
        cors.addPreflight(exchange, methods: Self.allowValue(allowed))
      }
      throw Refusal(admission: noContent(exchange, allow: Self.allowValue(allowed)))
    case .methodNotAllowed(let allowed):
      let value = Self.allowValue(allowed)
      var refusal = Problem(
        .methodNotAllowed, "this path has no \(exchange.method.name); it has \(value)")
      refusal.allow = value
      problem = refusal
    }
    throw Refusal(admission: respond(exchange, problem))
  }

  private static func allowValue(_ methods: [HTTPMethod]) -> String {
    methods.map(\.name).joined(separator: ", ")
  }

  private func bind(
    _ exchange: HTTPExchange, _ route: CompiledRoute, path: Range<Int>, _ routing: RoutingScratch
  ) -> Problem? {
    let input = exchange.input
    if case .field(let bodyPath) = route.body, !bodyPath.isEmpty { input.bodyPath = bodyPath }
    let target = exchange.target
    let query = min(path.upperBound + 1, target.count)..<target.count
    if query.isEmpty && !route.bindsFields { return nil }
    do throws(BindingError) {
      route.constants.bindFixed(into: &input.bound)
      try route.pathBinder.bind(target, routing.captures, into: &input.bound, scratch: &routing.binding)
      if !query.isEmpty {
        try route.queryBinder.bind(target, query: query, into: &input.bound, scratch: &routing.binding)
        if route.ignoresUnknown { report(ignoredParameters: routing.binding.ignored, exchange) }
      }
      if let extras = route.extras { try bindExtras(exchange, extras) }
      route.constants.bindFallbacks(into: &input.bound)
      if let peer = route.peer {
        let (chosen, problem) = try peer.choose(exchange, routing.captures, scratch: &routing.binding)
        exchange.callTarget = chosen
        if let problem { return problem }
      }
      if !route.lookups.isEmpty {
        exchange.lookup = try Lookup.prepare(
          route.lookups, target, routing.captures, for: &input.bound, scratch: &routing.binding)
      }
    } catch {
      return exchange.problem(of: error)
    }
    return nil
  }

  private func admitBody(_ exchange: HTTPExchange, _ route: CompiledRoute) -> Admission? {
    if route.replies != nil {
      if streamForm(exchange) == nil {
        let forms = "application/x-ndjson or text/event-stream"
        return respond(exchange, Problem(.notAcceptable, "answers are \(forms), which Accept excludes"))
      }
      return admitContent(exchange, route)
    }
    // Several fields are one list (RFC 9110 section 5.3), of which `headers` keeps the last part only; Accept may be
    // disregarded (section 12.5.1), a request that it allows not be refused.
    if exchange.headers.count(.accept) == 1, let accept = exchange.headers.value(.accept),
      !ContentNegotiation.acceptsJSON(accept) || route.extras != nil
    {
      guard chooseForm(exchange, route, accept) else {
        return respond(exchange, notAcceptable(route))
      }
    }
    return admitContent(exchange, route)
  }

  /// Nil when `Accept` excludes all; several such fields may be disregarded, as above.
  func streamForm(_ exchange: HTTPExchange) -> StreamForm? {
    StreamForm.accepted(
      by: exchange.headers.count(.accept) == 1 ? exchange.headers.value(.accept) : nil)
  }

  private func admitContent(_ exchange: HTTPExchange, _ route: CompiledRoute) -> Admission? {
    if exchange.bodyLength == .none { return nil }
    if route.body == .none {
      return respond(exchange, Problem(.malformedRequest, "\(route.summary) takes no body"))
    }
    guard let type = exchange.headers.value(.contentType), ContentNegotiation.isJSON(type) else {
      return admitRawBody(exchange, route).map { respond(exchange, $0) }
    }
    return nil
  }

  private func setDeadline(_ exchange: HTTPExchange, _ route: CompiledRoute) -> Admission? {
    var patience = route.timeout
    let headers = exchange.headers
    if headers.count(.requestTimeout) > 0, let text = headers.value(.requestTimeout) {
      guard let asked = RequestDeadline.requestTimeout(text) else {
        return notATime(exchange, .requestTimeout)
      }
      patience = min(patience, asked)
    }
    if headers.count(.grpcTimeout) > 0, let text = headers.value(.grpcTimeout) {
      guard let asked = RequestDeadline.grpcTimeout(text) else { return notATime(exchange, .grpcTimeout) }
      patience = min(patience, asked)
    }
    exchange.deadline = Deadline(exchange.arrival.advanced(nanoseconds: patience))
    return nil
  }

  private func notATime(_ exchange: HTTPExchange, _ header: KnownHeader) -> Admission {
    respond(exchange, Problem(.malformedRequest, "\(header.fieldName) is not a time such as 2.5s"))
  }

  // MARK: Answer

  /// Only what lives across the call stands here: whatever else an asynchronous function holds makes the memory of
  /// each request's task larger.
  package func answer(_ exchange: HTTPExchange) async {
    guard let route = exchange.route else {
      return fail(exchange, Problem(.internal, "the request has no route"))
    }
    guard enter(exchange) else { return }
    defer { inFlight.subtract(1, ordering: .relaxed) }
    if let lookup = exchange.lookup {
      guard await perform(lookup, exchange, route) else { return }
    }
    if let rule = route.replies { return await answer(exchange, route, rule) }
    guard let call = call(exchange, route) else { return }
    let reply = UnaryReply()
    let status = await route.service.backend.call(call, sink: reply)
    if !exchange.clientIsGone { conclude(exchange, route, status, reply) }
  }

  /// Counts the request in; false when it has been refused because too many are in flight.
  @inline(never)
  private func enter(_ exchange: HTTPExchange) -> Bool {
    if inFlight.add(1, ordering: .relaxed).newValue <= mostInFlight { return true }
    inFlight.subtract(1, ordering: .relaxed)
    var problem = Problem(.overloaded, "the gateway has \(mostInFlight) requests in flight; try again")
    problem.retryable = true
    fail(exchange, problem)
    return false
  }

  /// Makes the call that comes before the route's own; false when the request has been answered.
  @inline(never)
  private func perform(
    _ lookup: PendingLookup, _ exchange: HTTPExchange, _ route: CompiledRoute
  ) async -> Bool {
    guard let problem = await lookup.perform(exchange, route.mapping) else { return true }
    fail(exchange, problem)
    return false
  }

  /// The call that the request asks for; nil when it has been refused.
  @inline(never)
  private func call(_ exchange: HTTPExchange, _ route: CompiledRoute) -> RPCCall? {
    guard let body = encode(exchange, route) else { return nil }
    return RPCCall(
      method: route.method, body: body, deadline: exchange.deadline, target: exchange.callTarget,
      abandonable: route.isRead)
  }

  /// Turns the outcome of the call into the answer.
  @inline(never)
  private func conclude(
    _ exchange: HTTPExchange, _ route: CompiledRoute, _ status: RPCStatus, _ reply: UnaryReply
  ) {
    guard status.code == .ok else { return send(exchange, problem(exchange, route, status)) }
    decode(exchange, route, reply.body ?? ReplyBody([]), status)
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

  private func respond(_ exchange: HTTPExchange, _ problem: Problem) -> Admission {
    fail(exchange, problem)
    return .respond
  }

  private func noContent(_ exchange: HTTPExchange, allow: String?) -> Admission {
    exchange.response.status = 204
    exchange.response.contentType = .none
    if let allow { exchange.response.headers.append(("Allow", allow)) }
    addCommonHeaders(exchange, mayBeStored: true)
    return .respond
  }

  /// A failure that the gateway found by itself; the route may want another status for it.
  @inline(never)
  private func fail(_ exchange: HTTPExchange, _ problem: Problem) {
    send(exchange, (exchange.route?.mapping ?? StatusMapping()).overriding(problem))
  }

  func send(_ exchange: HTTPExchange, _ problem: Problem) {
    exchange.problemName = problem.type.rawValue
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

  // MARK: Names

  /// Longest `X-Request-Id` that is taken over.
  package static let longestRequestID = 128

  /// The client's own, when it is short and plain; otherwise a new one.
  private func requestID(of exchange: HTTPExchange) -> String {
    if exchange.headers.count(.requestID) > 0, let given = exchange.headers.value(.requestID), !given.isEmpty,
      given.count <= Self.longestRequestID,
      given.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
    {
      return String(decoding: given, as: UTF8.self)
    }
    return exchange.context.makeRequestID()
  }

  /// Where the path stands in an origin-form or absolute-form target (RFC 9112 section 3.2); nil without a path.
  private func pathRange(of target: [UInt8]) -> Range<Int>? {
    let end = target.firstIndex(of: UInt8(ascii: "?")) ?? target.count
    if target.first == UInt8(ascii: "/") { return 0..<end }
    for scheme in Self.schemes {
      // Schemes are taken in any case (RFC 3986 section 3.1).
      guard target.count > scheme.count,
        zip(target, scheme).allSatisfy({ $0 == $1 || ($0 | 0x20 == $1 && $0 >= UInt8(ascii: "A")) }),
        let start = target[scheme.count..<end].firstIndex(of: UInt8(ascii: "/"))
      else { continue }
      return start..<end
    }
    return nil
  }

  private static let schemes = [Array("http://".utf8), Array("https://".utf8)]
}

extension HTTPExchange {
  /// What the client sees of a URL that does not fill the request.
  func problem(of error: BindingError) -> Problem {
    guard let route else { return Problem(.internal, "the request has no route") }
    let explained = error.problem(in: target) { route.codec.writtenName(of: $0) }
    let place = explained.pointer.isEmpty ? "the \(explained.source)" : explained.pointer
    var problem = Problem(.invalidField, "\(place): \(explained.reason)")
    problem.errors = [explained]
    return problem
  }
}

extension RPCStatus {
  /// dRPC SUBMITTED: accepted, still at work.
  fileprivate var isSubmitted: Bool {
    if case .drpc(_, _, 1) = detail { return true }
    return false
  }
}
