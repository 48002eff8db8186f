internal import EventLoop
internal import RPCCore
internal import Routing
internal import SchemaModel
internal import Transcoding

/// What the head of a request decides: its route, what the URL binds, the media types, the deadline.
extension Gateway {
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

  // MARK: Names

  /// Longest `X-Request-Id` that is taken over.
  package static let longestRequestID = 128

  /// The client's own, when it is short and plain; otherwise a new one.
  func requestID(of exchange: HTTPExchange) -> String {
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
