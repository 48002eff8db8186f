package import EventLoop
internal import RPCCore
internal import Routing
internal import SchemaModel
internal import Transcoding

/// A request that nobody has sent.
package struct ExplainedRequest {
  package var method: String
  package var target: String
  package var headers: [(name: String, value: String)] = []
  package var json: [UInt8]?

  package init(method: String, target: String) {
    self.method = method
    self.target = target
  }
}

/// What becomes of a request: the gateway itself decides, up to the bytes that would leave.
package enum Explanation {
  package static func lines(
    of request: ExplainedRequest, in snapshot: Snapshot, limits: LimitsConfiguration, loop: EventLoop
  ) -> [String] {
    var silent = LogConfiguration()
    silent.access = false
    let gateway = Gateway(snapshot: snapshot, log: Log(silent), limits: limits)
    let exchange = HTTPExchange(context: LoopContext(loop: loop), peer: "explain")
    let headers = ExplainedHeaders(request)
    headers.fill(exchange, request)
    defer { withExtendedLifetime(headers) {} }
    var admission = gateway.admit(exchange)
    var lines = Self.route(exchange, request, snapshot)
    var wire: [UInt8]?
    if case .proceed = admission, let route = exchange.route {
      exchange.input.body = request.json ?? []
      lines += bound(exchange, route)
      if let lookup = exchange.lookup { return lines + Self.lookup(lookup, exchange, route) }
      wire = gateway.encode(exchange, route)
      if wire == nil { admission = .respond }
    }
    if case .respond = admission {
      lines.append(row("answer", "\(exchange.response.status) \(exchange.problemName)"))
      lines += exchange.response.headers.map { row("", "\($0.name): \($0.value)") }
      if !exchange.response.body.isEmpty {
        lines.append(row("", String(decoding: exchange.response.body, as: UTF8.self)))
      }
      return lines
    }
    guard let route = exchange.route, let wire else { return lines }
    return lines + Self.request(wire, route) + [row("backend", Self.address(route, exchange.callTarget))]
  }

  static func row(_ title: String, _ text: String) -> String {
    title + String(repeating: " ", count: max(1, 10 - title.utf8.count)) + text
  }

  // MARK: Route

  private static func route(
    _ exchange: HTTPExchange, _ request: ExplainedRequest, _ snapshot: Snapshot
  ) -> [String] {
    let target = exchange.target
    let end = target.firstIndex(of: UInt8(ascii: "?")) ?? target.count
    var captures = snapshot.router.makeCaptures()
    let candidates = snapshot.router.candidates(target, path: 0..<end, captures: &captures)
    var lines = [row("route", exchange.route.map { describe($0, snapshot) } ?? "none")]
    for index in candidates where snapshot.routes[index] !== exchange.route {
      let definition = snapshot.router.routes[index]
      let isOther = definition.method.map { !takes($0, exchange.method) } ?? false
      let reason = isOther ? "takes \(definition.method?.name ?? "*")" : "less specific"
      lines.append(row("rejected", "\(describe(snapshot.routes[index], snapshot)): \(reason)"))
    }
    return lines
  }

  private static func takes(_ route: HTTPMethod, _ method: HTTPMethod) -> Bool {
    route == method || method == .head && route == .get
  }

  private static func describe(_ route: CompiledRoute, _ snapshot: Snapshot) -> String {
    let index = snapshot.routes.firstIndex { $0 === route }
    let place = index.flatMap { snapshot.router.routes[$0].location }.map { ", \($0)" } ?? ""
    return "\(route.summary)  \(route.operation) (\(route.source.rawValue)\(place))"
  }

  // MARK: Fields

  private static func bound(_ exchange: HTTPExchange, _ route: CompiledRoute) -> [String] {
    var lines: [String] = []
    let bound = exchange.input.bound
    for node in bound.nodes.indices where bound.nodes[node].firstValue >= 0 {
      let name = bound.path(to: Int32(node)).map { part(bound.nodes[Int($0)], bound, route) }.joined()
      var value = bound.nodes[node].firstValue
      while value >= 0 {
        let each = bound.values[Int(value)]
        lines.append(row("bound", "\(name.dropFirst()) = \(text(each, bound))  from the \(each.source.name)"))
        value = each.next
      }
    }
    if !exchange.input.body.isEmpty {
      let place =
        exchange.input.bodyPath.isEmpty
        ? "" : RouteListing.name(exchange.input.bodyPath, route.service.model) + ": "
      let names = JSONText.memberNames(exchange.input.body)
      let what = names.isEmpty ? "\(exchange.input.body.count) bytes" : names.joined(separator: ", ")
      lines.append(row("bound", "\(place)\(what)  from the body"))
    }
    return lines
  }

  private static func part(
    _ node: BoundFields.Node, _ bound: BoundFields, _ route: CompiledRoute
  ) -> String {
    if node.element >= 0 { return "[\(node.element)]" }
    if node.keyStart >= 0 {
      return "[\(String(decoding: bound.text[Int(node.keyStart)..<Int(node.keyEnd)], as: UTF8.self))]"
    }
    return "." + route.codec.writtenName(of: node.field)
  }

  private static func text(_ value: BoundFields.Value, _ bound: BoundFields) -> String {
    let bytes = Array(bound.text[Int(value.start)..<Int(value.end)])
    if value.isCompiled { return bytes.isEmpty ? "the default" : hex(bytes[...]) }
    return "\"\(String(decoding: bytes, as: UTF8.self))\""
  }

  // MARK: Backend

  private static let bytesPerLine = 16

  private static func request(_ wire: [UInt8], _ route: CompiledRoute) -> [String] {
    [row("request", "\(wire.count) bytes, \(typeName(route))")] + dump(wire)
  }

  private static func typeName(_ route: CompiledRoute) -> String {
    route.request.map { route.service.model[$0].name } ?? "no body"
  }

  private static func dump(_ wire: [UInt8]) -> [String] {
    stride(from: 0, to: wire.count, by: bytesPerLine).map { start in
      row("", hex(wire[start..<min(start + bytesPerLine, wire.count)]))
    }
  }

  /// The call that comes first, and what it gives to the route's own, whose request nobody can know before.
  private static func lookup(
    _ lookup: PendingLookup, _ exchange: HTTPExchange, _ route: CompiledRoute
  ) -> [String] {
    var lines: [String] = []
    do throws(TranscodeError) {
      let wire = try lookup.encode(exchange.context.scratch)
      lines.append(row("lookup", "\(lookup.operation) is called first with \(wire.count) bytes"))
      lines += dump(wire)
    } catch {
      let problem = lookup.unencodable(error, exchange.context.scratch)
      return [row("lookup", "\(lookup.operation) cannot be called: \(problem.detail)")]
    }
    lines += lookup.takings.map { taking in
      let field = RouteListing.name(taking.field, route.service.model)
      return row("bound", "\(field) = '\(taking.sourceName)' of the reply  from the lookup")
    }
    lines.append(row("request", typeName(route)))
    return lines + [row("backend", address(route, exchange.callTarget))]
  }

  private static func hex(_ bytes: ArraySlice<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }

  private static func address(_ route: CompiledRoute, _ target: RPCTarget) -> String {
    let index = Int(route.method.rawValue)
    let plan = route.service.plan
    switch (plan.service.backend, plan.addresses) {
    case (.drpc(let drpc), .drpc(let addresses)):
      let number = addresses[index].map { "module \($0.module), method \($0.method)" } ?? "no number"
      let sockets = drpc.sockets.filter { if case .named(let name) = target { $0.key == name } else { true } }
      return "dRPC \(number), \(sockets.map(\.path.text).joined(separator: ", "))"
    case (.dds(let dds), .dds(let table)):
      guard let operation = table.operations[index] else { return "DDS-RPC" }
      let interface = table.interfaces[operation.interface]
      let label = operation.label.map { ", operation \($0)" } ?? ""
      return
        "DDS-RPC domain \(dds.domain), topics \(interface.requestTopic) and \(interface.replyTopic)\(label)"
    default: return ""
    }
  }
}

/// The header fields of an explained request, as a front would find them.
private final class ExplainedHeaders: HTTPExchangeFront {
  private let headers: [(name: String, value: String)]

  init(_ request: ExplainedRequest) {
    let hasType = request.headers.contains { $0.name.lowercased() == "content-type" }
    headers = request.headers + (request.json == nil || hasType ? [] : [("Content-Type", "application/json")])
  }

  func fill(_ exchange: HTTPExchange, _ request: ExplainedRequest) {
    exchange.begin(HTTPMethod(request.method), at: MonotonicInstant(nanoseconds: 0))
    exchange.target = Array(request.target.utf8)
    exchange.bodyLength = request.json.map { .known($0.count) } ?? .none
    for header in headers {
      exchange.headers.add(name: Array(header.name.utf8).span, value: Array(header.value.utf8).span)
    }
    exchange.front = self
  }

  func headerValues(named name: String) -> [[UInt8]] {
    headers.filter { $0.name.lowercased() == name.lowercased() }.map { Array($0.value.utf8) }
  }

  // Nothing is answered.
  func answered(_ exchange: HTTPExchange) {}
  func streamBegins(_ exchange: HTTPExchange) {}
  func streamChanged(_ stream: ResponseStream) {}
}
