import SchemaModel
import Testing

@testable import Routing

/// Random routes and paths, against a slow matcher that follows the sentences of the specification.
@Suite struct RouterFuzzTests {
  @Test func theTrieAgreesWithTheDefinition() throws {
    var random = SeededGenerator(seed: 20_261_121)
    var found = 0
    for _ in 0..<400 {
      let routes = try (0..<8).map { _ in try randomRoute(using: &random) }
      var diagnostics = Diagnostics()
      let router = Router.build(routes, diagnostics: &diagnostics)
      guard diagnostics.all.isEmpty else { continue }
      var captures = router.makeCaptures()
      for _ in 0..<50 {
        let path = randomPath(using: &random)
        let bytes = Array(path.utf8)
        let method: HTTPMethod = Bool.random(using: &random) ? .get : .post
        let match = router.match(method, bytes, path: 0..<bytes.count, captures: &captures)
        let expected = Definition.best(of: routes, method, path)
        if let expected {
          found += 1
          #expect(match == .found(route: expected), "\(method) \(path) of \(routes.map(\.summary))")
        } else {
          #expect(match.route == nil, "\(method) \(path) of \(routes.map(\.summary))")
        }
      }
    }
    #expect(found > 2000)
  }

  @Test func randomBytesNeverTrap() throws {
    var random = SeededGenerator(seed: 7)
    var diagnostics = Diagnostics()
    let router = Router.build(
      try ["GET /v1/{a}/{b=x/**}", "GET /{c=**}:go", "POST /*/{d}:go", "GET /"].map { try definition($0) },
      diagnostics: &diagnostics)
    var captures = router.makeCaptures()
    let alphabet = Array("/:%2Fv1xgo*{}?\0é".utf8)
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...40, using: &random)
      let path = (0..<count).map { _ in alphabet.randomElement(using: &random) ?? 0 }
      guard case .found(let route) = router.match(.get, path, path: 0..<count, captures: &captures)
      else { continue }
      #expect(captures.ranges.count == router.routes[route].template.variables.count)
      for range in captures.ranges { #expect(range.upperBound <= count) }
    }
  }

  private func randomRoute(using random: inout SeededGenerator) throws -> RouteDefinition {
    var text = Bool.random(using: &random) ? "GET " : "POST "
    let count = Int.random(in: 1...4, using: &random)
    for index in 0..<count {
      let choices = index == count - 1 ? ["a", "b", "*", "{v}", "**"] : ["a", "b", "*", "{u\(index)}"]
      text += "/" + (choices.randomElement(using: &random) ?? "a")
    }
    if Int.random(in: 0..<4, using: &random) == 0 { text += ":go" }
    return try definition(text)
  }

  private func randomPath(using random: inout SeededGenerator) -> String {
    var path = ""
    for _ in 0..<Int.random(in: 1...5, using: &random) {
      path += "/" + (["a", "b", "c", "a:go", "", "b:x"].randomElement(using: &random) ?? "")
    }
    return path
  }
}

/// What a template means, written for clarity.
private enum Definition {
  static func best(of routes: [RouteDefinition], _ method: HTTPMethod, _ path: String) -> Int? {
    let ranked = routes.enumerated().compactMap { index, route -> (rank: [Int], index: Int)? in
      guard route.method == method, let rank = rank(route.template, path) else { return nil }
      return (rank, index)
    }
    return ranked.min { $0.rank.lexicographicallyPrecedes($1.rank) }?.index
  }

  /// Smaller is better; nil when the template does not match. A verb comes first.
  private static func rank(_ template: PathTemplate, _ path: String) -> [Int]? {
    var path = path
    if let verb = template.verb {
      guard path.hasSuffix(":" + verb) else { return nil }
      path.removeLast(verb.count + 1)
    }
    let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let rank = rank(template.segments[...], segments[...]) else { return nil }
    return [template.verb == nil ? 1 : 0] + rank
  }

  private static func rank(_ template: ArraySlice<PathTemplate.Segment>, _ path: ArraySlice<String>) -> [Int]?
  {
    guard let first = template.first else { return path.isEmpty ? [] : nil }
    if first == .rest { return [2] }
    guard let segment = path.first, let others = rank(template.dropFirst(), path.dropFirst()) else {
      return nil
    }
    switch first {
    case .literal(let text): return text == segment ? [0] + others : nil
    default: return segment.isEmpty ? nil : [1] + others
    }
  }
}

extension RouteMatch {
  fileprivate var route: Int? {
    if case .found(let route) = self { route } else { nil }
  }
}
