import SchemaModel
import Testing

@testable import Routing

/// A case file of Routes/ has routes (`GET /a/{id}`), an empty line, and requests with what they come to:
///
///     GET /a/7 => GET /a/{id} id=7      a route and the raw text of its variables
///     POST /a/7 => 405 GET, HEAD, OPTIONS
///     OPTIONS /a/7 => 204 GET, HEAD, OPTIONS
///     GET /b => 404
///     GET /a/%zz => 400 at 3
@Suite struct RouterTests {
  @Test(arguments: try caseNames("Routes")) func golden(_ name: String) throws {
    let text = try lines("Routes/\(name)").filter { !$0.hasPrefix("#") }
    let parts = text.split(separator: "", omittingEmptySubsequences: true)
    #expect(parts.count == 2, "\(name): routes, an empty line, requests")
    var diagnostics = Diagnostics()
    let router = Router.build(
      try parts[0].map { try definition($0) }, diagnostics: &diagnostics)
    #expect(diagnostics.all.isEmpty)
    var captures = router.makeCaptures()
    for line in parts[1] {
      let halves = line.split(separator: " => ").map(String.init)
      let request = halves[0].split(separator: " ", maxSplits: 1).map(String.init)
      let outcome = describe(
        router, HTTPMethod(request[0]), Array(request[1].utf8), captures: &captures)
      #expect(outcome == halves[1], "\(name): \(line)")
    }
  }

  @Test(arguments: [
    ("GET /a/{id}", "GET /a/{name}"), ("GET /a/*", "GET /a/{x}"), ("GET /a/{x=b/*}", "GET /a/b/{y}"),
    ("GET /a/**", "GET /a/{x=**}"), ("POST /a:go", "POST /a:go"), ("* /a", "* /a"), ("LIST /a", "LIST /a"),
  ])
  func routesForTheSameRequestsAreRefused(_ first: String, _ second: String) throws {
    var diagnostics = Diagnostics()
    let routes = try [definition(first, line: 3), definition(second, line: 9)]
    _ = Router.build(routes, diagnostics: &diagnostics)
    let found = try #require(diagnostics.all.first)
    #expect(diagnostics.all.count == 1)
    #expect(found.code == "ambiguous-route")
    #expect(found.location == SourceLocation(file: "c.yaml", line: 9, column: 5))
    #expect(
      found.message
        == "'\(second)' of route 9 takes the same requests as '\(first)' of route 3 (c.yaml:3:5)")
  }

  @Test(arguments: [
    ("GET /a/{id}", "POST /a/{id}"), ("GET /a/{id}", "GET /a/b"), ("GET /a/{id}", "GET /a/{id}:go"),
    ("GET /a/*", "GET /a/**"), ("* /a", "GET /a"), ("LIST /a", "FIND /a"), ("HEAD /a", "GET /a"),
  ])
  func routesThatDifferAreAccepted(_ first: String, _ second: String) throws {
    var diagnostics = Diagnostics()
    _ = Router.build([try definition(first), try definition(second)], diagnostics: &diagnostics)
    #expect(diagnostics.all.isEmpty)
  }

  @Test func candidatesComeInOrderOfPrecedence() throws {
    var diagnostics = Diagnostics()
    let routes = try ["GET /**", "GET /{a}/{b}", "GET /a/{b}:go", "POST /a/b:go", "GET /a/b", "GET /a/**"]
      .map { try definition($0) }
    let router = Router.build(routes, diagnostics: &diagnostics)
    var captures = router.makeCaptures()
    func candidates(_ path: String) -> [Int] {
      router.candidates(Array(path.utf8), path: 0..<path.utf8.count, captures: &captures)
    }
    #expect(candidates("/a/b:go") == [3, 2, 5, 1, 0])
    #expect(candidates("/a/b") == [4, 5, 1, 0])
    #expect(candidates("/x") == [0])
    #expect(candidates("/%") == [])
  }

  /// Nodes with many literals are looked up by hash.
  @Test(arguments: [7, 8, 9, 100, 3000]) func manyLiteralsUnderOneNode(_ count: Int) throws {
    var diagnostics = Diagnostics()
    let routes = try (0..<count).map { try definition("GET /a/name\($0)") } + [definition("GET /a/{other}")]
    let router = Router.build(routes, diagnostics: &diagnostics)
    var captures = router.makeCaptures()
    for index in 0...count {
      let path = Array("/a/name\(index)".utf8)
      #expect(router.match(.get, path, path: 0..<path.count, captures: &captures) == .found(route: index))
    }
  }

  /// The path is a part of the request target; offsets count from the target's start.
  @Test func thePathMayLieAnywhereInTheTarget() throws {
    var diagnostics = Diagnostics()
    let router = Router.build([try definition("GET /a/{id}")], diagnostics: &diagnostics)
    var captures = router.makeCaptures()
    let target = Array("http://h/a/77?x=1".utf8)
    #expect(router.match(.get, target, path: 8..<13, captures: &captures) == .found(route: 0))
    #expect(captures.ranges == [11..<13])
    #expect(router.match(.get, target, path: 9..<13, captures: &captures) == .malformed(offset: 9))
    #expect(router.match(.get, target, path: 8..<8, captures: &captures) == .malformed(offset: 8))
  }
}

func definition(_ text: String, line: Int = 1) throws -> RouteDefinition {
  let parts = text.split(separator: " ").map(String.init)
  return RouteDefinition(
    method: parts[0] == "*" ? nil : HTTPMethod(parts[0]), template: try PathTemplate(parsing: parts[1]),
    name: "route \(line)", location: SourceLocation(file: "c.yaml", line: line, column: 5))
}

func describe(
  _ router: Router, _ method: HTTPMethod, _ path: [UInt8], captures: inout RouteCaptures
) -> String {
  switch router.match(method, path, path: 0..<path.count, captures: &captures) {
  case .found(let index):
    let route = router.routes[index]
    var text = route.summary
    for (variable, range) in zip(route.template.variables, captures.ranges) {
      text += " \(variable.name)=\(String(decoding: path[range], as: UTF8.self))"
    }
    return text
  case .options(let allowed): return "204 " + allowed.map(\.name).joined(separator: ", ")
  case .methodNotAllowed(let allowed): return "405 " + allowed.map(\.name).joined(separator: ", ")
  case .notFound: return "404"
  case .malformed(let offset): return "400 at \(offset)"
  }
}
