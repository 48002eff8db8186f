package import SchemaModel

/// Finds the route of a request. Immutable; built once a snapshot. A class, so that to use it copies no tables.
package final class Router: Sendable {
  package let routes: [RouteDefinition]
  private let trie: RouteTrie
  private let otherMethods: [String: Int32]

  /// Adds an `ambiguous-route` error for each route that takes the same requests as an earlier one.
  package static func build(_ routes: [RouteDefinition], diagnostics: inout Diagnostics) -> Router {
    var builder = RouteTrieBuilder()
    for (index, route) in routes.enumerated() {
      guard let earlier = builder.insert(route, as: Int32(clamping: index)) else { continue }
      let other = routes[Int(earlier)]
      let place = other.location.map { " (\($0))" } ?? ""
      diagnostics.error(
        "ambiguous-route", at: route.location,
        "'\(route.summary)' of \(route.name) takes the same requests as "
          + "'\(other.summary)' of \(other.name)\(place)",
        resolution: "change the path or the method of one of them")
    }
    return Router(routes: routes, trie: builder.freeze(), otherMethods: builder.otherMethods)
  }

  private init(routes: [RouteDefinition], trie: RouteTrie, otherMethods: [String: Int32]) {
    self.routes = routes
    self.trie = trie
    self.otherMethods = otherMethods
  }

  /// What `match` needs beside the tables; one per loop, for this router only.
  package func makeCaptures() -> RouteCaptures { RouteCaptures(depth: trie.depth) }

  /// Looks up `target[path]`, the path as it came, without the query.
  ///
  /// A verb that some template has is tried first: `/ranks/3:ping` is the verb `ping` of rank 3 when a route with
  /// that verb takes the request, otherwise the id `3:ping`. Only a colon that stands there itself separates a verb.
  /// - Postcondition: after `found`, `captures` holds the ranges of the route's variables.
  package func match(
    _ method: HTTPMethod, _ target: [UInt8], path: Range<Int>, captures: inout RouteCaptures
  ) -> RouteMatch {
    let malformed = captures.segments.scan(target, path)
    if malformed >= 0 { return .malformed(offset: malformed) }
    let number = MethodNumber.number(of: method, others: otherMethods)
    // HEAD is answered by the route of GET (RFC 9110 §9.3.2).
    let fallback = method == .head ? MethodNumber.get : number
    let colon = captures.segments.colon
    if colon >= 0, let root = trie.root(ofVerb: colon + 1..<path.upperBound, in: target) {
      captures.segments.end = colon
      let route = trie.find(number, fallback: fallback, in: target, captures.segments, from: root, at: 0)
      if route >= 0 {
        captures.take(routes[Int(route)].template)
        return .found(route: Int(route))
      }
      captures.segments.end = path.upperBound
    }
    let root = trie.roots[0].node
    let route = trie.find(number, fallback: fallback, in: target, captures.segments, from: root, at: 0)
    if route >= 0 {
      captures.take(routes[Int(route)].template)
      return .found(route: Int(route))
    }
    let allowed = allowedMethods(target, path: path, captures: &captures)
    if allowed.isEmpty { return .notFound }
    return method == .options ? .options(allowed: allowed) : .methodNotAllowed(allowed: allowed)
  }

  /// Every route that the path leads to, whatever its method, the most specific first; empty for a malformed path.
  package func candidates(_ target: [UInt8], path: Range<Int>, captures: inout RouteCaptures) -> [Int] {
    endpoints(target, path: path, captures: &captures).map { Int($0.route) }
  }

  private func endpoints(
    _ target: [UInt8], path: Range<Int>, captures: inout RouteCaptures
  ) -> [RouteTrie.Endpoint] {
    var found: [RouteTrie.Endpoint] = []
    guard captures.segments.scan(target, path) < 0 else { return [] }
    let colon = captures.segments.colon
    if colon >= 0, let root = trie.root(ofVerb: colon + 1..<path.upperBound, in: target) {
      captures.segments.end = colon
      trie.collect(in: target, captures.segments, from: root, at: 0, into: &found)
      captures.segments.end = path.upperBound
    }
    trie.collect(in: target, captures.segments, from: trie.roots[0].node, at: 0, into: &found)
    return found
  }

  /// For `Allow`: in order of precedence, HEAD after GET, OPTIONS last.
  private func allowedMethods(
    _ target: [UInt8], path: Range<Int>, captures: inout RouteCaptures
  ) -> [HTTPMethod] {
    var allowed: [HTTPMethod] = []
    for endpoint in endpoints(target, path: path, captures: &captures) {
      guard let method = routes[Int(endpoint.route)].method else { continue }
      for each in method == .get ? [.get, .head] : [method] where !allowed.contains(each) {
        allowed.append(each)
      }
    }
    if !allowed.isEmpty, !allowed.contains(.options) { allowed.append(.options) }
    return allowed
  }
}

/// What a lookup comes to.
package enum RouteMatch: Sendable, Equatable {
  /// `route` is an index into `Router.routes`.
  case found(route: Int)
  /// OPTIONS on a known path that has no route for it: 204 with `Allow`.
  case options(allowed: [HTTPMethod])
  /// Known path, other method: 405 with `Allow`.
  case methodNotAllowed(allowed: [HTTPMethod])
  case notFound
  /// Not a path, a broken percent-encoding, or a NUL, at this offset of the target: 400.
  case malformed(offset: Int)
}

/// The parts of the path that the variables of the found route cover, in the order of the template. Reused.
package struct RouteCaptures: ~Copyable {
  /// Ranges of the request target, still percent-encoded.
  package private(set) var ranges: [Range<Int>] = []
  var segments: PathSegments

  init(depth: Int) {
    segments = PathSegments(depth: depth)
    ranges.reserveCapacity(PathTemplate.maxSegments)
  }

  mutating func take(_ template: borrowing PathTemplate) {
    ranges.removeAll(keepingCapacity: true)
    for variable in template.variables {
      let first = variable.segments.lowerBound
      let last = variable.segments.upperBound - 1
      if template.segments[last] == .rest {
        ranges.append(segments.rest(from: first))
      } else {
        ranges.append(segments[first].lowerBound..<segments[last].upperBound)
      }
    }
  }
}

extension RouteDefinition {
  /// `GET /v1/pools/{id}`
  package var summary: String { "\(method?.name ?? "*") \(template)" }
}
