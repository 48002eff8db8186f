// What a lookup costs with 100 and with 10,000 routes, and how long 10,000 take to load.
//
// Usage: routing-bench demo.binpb. Fails when the large table costs more than `mostFactor` times the small one, or does
// not load within `mostSeconds`.

import GatewayCore
import Glibc
import Routing
import SchemaModel

let mostFactor = 1.5
let mostSeconds = 1.0
/// Lookups of one measurement, and measurements of which the fastest counts.
let lookups = 400_000
let rounds = 15

/// `services` × `resources` collections, each with six routes: list, create, get, replace, delete and a verb.
struct Shape {
  var services: Int
  var resources: Int

  private var collections: [String] {
    (0..<services).flatMap { service -> [String] in
      (0..<resources).map { "/v1/service\(service)/resource\($0)" }
    }
  }

  struct Route {
    let method: String
    let template: String
    /// A request that it takes.
    let path: String
  }

  var routes: [Route] { collections.flatMap(Self.routes) }

  private static func routes(of collection: String) -> [Route] {
    let template = collection + "/{id}"
    let path = collection + "/4711"
    return [
      Route(method: "GET", template: collection, path: collection),
      Route(method: "POST", template: collection, path: collection),
      Route(method: "GET", template: template, path: path),
      Route(method: "PUT", template: template, path: path),
      Route(method: "DELETE", template: template, path: path),
      Route(method: "POST", template: template + ":start", path: path + ":start"),
    ]
  }
}

/// A router and requests for it, in an order without a pattern.
struct Subject {
  let router: Router
  let requests: [(method: HTTPMethod, target: [UInt8])]

  init(_ shape: Shape) {
    var diagnostics = Diagnostics()
    let definitions = shape.routes.map { route -> RouteDefinition in
      guard let template = try? PathTemplate(parsing: route.template) else { fail("bad template") }
      return RouteDefinition(method: HTTPMethod(route.method), template: template, name: route.template)
    }
    router = Router.build(definitions, diagnostics: &diagnostics)
    if diagnostics.hasErrors { fail("\(diagnostics.all)") }
    // As many different requests for both, so that their own bytes cost the same.
    let all = shape.routes
    var random = SystemRandomNumberGenerator()
    requests = (0..<600).map { _ -> (method: HTTPMethod, target: [UInt8]) in
      let route = all[Int.random(in: 0..<all.count, using: &random)]
      return (HTTPMethod(route.method), Array(route.path.utf8))
    }
  }

  /// Nanoseconds of one lookup.
  func measure() -> Double {
    var captures = router.makeCaptures()
    var found = 0
    let start = now()
    for index in 0..<lookups {
      let request = requests[index % requests.count]
      let match = router.match(
        request.method, request.target, path: 0..<request.target.count, captures: &captures)
      if case .found = match { found += 1 }
    }
    let end = now()
    if found != lookups { fail("a request found no route") }
    return (end - start) * 1e9 / Double(lookups)
  }
}

func now() -> Double {
  var time = timespec()
  // SAFETY: the kernel writes one time.
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func fail(_ reason: String) -> Never {
  print("FAILED: \(reason)")
  exit(1)
}

/// From the text of a configuration to a snapshot that could be served.
func load(_ shape: Shape, schema: String) -> Double {
  var text = "services:\n  bench:\n    drpc: { sockets: /nowhere }\n"
  text += "    protobuf: { files: [\(schema)] }\n    methods:\n"
  for method in 0..<100 {
    text +=
      "      M\(method): { id: 1/\(method), request: demo.PoolQueryReq, response: demo.PoolQueryResp }\n"
  }
  text += "    routes:\n"
  let routes = shape.routes
  for method in 0..<100 {
    text += "      M\(method):\n"
    for route in stride(from: method, to: routes.count, by: 100).map({ routes[$0] }) {
      text += "        - { \(route.method.lowercased()): \"\(route.template)\" }\n"
    }
  }
  let start = now()
  var diagnostics = Diagnostics()
  guard
    let configuration = ConfigurationLoader.load(
      text: text, path: "bench.yaml", environment: [:], diagnostics: &diagnostics),
    let snapshot = SnapshotBuilder.build(
      configuration, diagnostics: &diagnostics, makeBackend: { plan, _ in UnconnectedBackend(plan) })
  else { fail("\(diagnostics.all.first.map { "\($0)" } ?? "")") }
  if snapshot.routes.count != routes.count { fail("\(snapshot.routes.count) routes") }
  return now() - start
}

guard CommandLine.arguments.count == 2 else { fail("usage: routing-bench demo.binpb") }
// 96 and 10,002 routes.
let few = Shape(services: 4, resources: 4)
let many = Shape(services: 1, resources: 1667)
let wide = Shape(services: 41, resources: 41)
let subjects = [few, many, wide].map(Subject.init)
var best = [Double](repeating: .infinity, count: subjects.count)
for _ in 0..<rounds {
  for (index, subject) in subjects.enumerated() { best[index] = min(best[index], subject.measure()) }
}
for (subject, cost) in zip(subjects, best) {
  print("\(subject.router.routes.count) routes: \(Int(cost.rounded())) ns a lookup")
}
let factor = max(best[1], best[2]) / best[0]
print("factor \(Double(Int(factor * 100)) / 100), at most \(mostFactor)")
let seconds = (0..<3).map { _ in load(many, schema: CommandLine.arguments[1]) }.min() ?? .infinity
print("\(many.routes.count) routes load in \(Int(seconds * 1000)) ms, at most \(Int(mostSeconds * 1000))")
if factor > mostFactor { fail("the lookup depends too much on the number of routes") }
if seconds > mostSeconds { fail("loading takes too long") }
print("ok")
