import SchemaModel
import Testing
import Transcoding

@testable import Routing

@Suite struct QueryBinderTests {
  private static let target = "/v1/pools?"

  /// What a query binds to, or the problem that it causes: `pointer: reason`.
  private func outcome(
    _ query: String, bodyPath: String? = nil, unknownIgnored: Bool = false, path: String? = nil
  ) throws -> String {
    let names = BindingFixture.names
    let binder = QueryBinder(
      request: BindingFixture.request, names: names,
      bodyPath: try bodyPath.map { try names.resolve($0, in: BindingFixture.request) } ?? [],
      unknownIgnored: unknownIgnored, maxParameters: 5)
    var scratch = BindingScratch()
    var bound = BoundFields()
    if let path {
      try bound.bind(names.resolve(path, in: BindingFixture.request), to: Array("p".utf8), from: .path)
    }
    let target = Array((Self.target + query).utf8)
    do {
      try binder.bind(target, query: Self.target.utf8.count..<target.count, into: &bound, scratch: &scratch)
    } catch {
      let problem = error.problem(in: target) { BindingFixture.model[$0].jsonName }
      #expect(problem.source == "query")
      return "\(problem.pointer): \(problem.reason)"
    }
    let ignored = scratch.ignored.map { String(decoding: target[$0], as: UTF8.self) }
    return BindingFixture.dump(bound) + (ignored.isEmpty ? "" : " ignored \(ignored.joined(separator: ","))")
  }

  @Test(arguments: [
    ("", ""), ("&&", ""), ("rank=7", "rank=7"), ("rank", "rank="), ("rank=", "rank="),
    // "+" is a space in the query; everything is decoded once.
    ("pool_id=a+b%2Bc%2520", "pool_id=a b+c%20"), ("pool%5Fid=x", "pool_id=x"),
    ("spec%2Elabel=x", "spec.label=x"),
    ("pool_id=%C3%B6", "pool_id=ö"), ("pool_id=a=b", "pool_id=a=b"), ("pool_id=a;b", "pool_id=a;b"),
    // Both names.
    ("poolId=x", "pool_id=x"), ("svcRanks=1&svc_ranks=2", "svc_ranks=1,2"),
    // Repeated scalars.
    ("svc_ranks=1&svc_ranks=2&svc_ranks=3", "svc_ranks=1,2,3"), ("times=a&times=b", "times=a,b"),
    // Dotted names.
    ("spec.label=x&spec.tags=a&spec.tags=b", "spec.label=x spec.tags=a,b"),
    ("spec.again.spec.label=x", "spec.again.spec.label=x"),
    // Elements, in whatever order, and entries.
    ("specs[1].label=y&specs[0].label=x", "specs[0].label=x specs[1].label=y"),
    ("specs[0].tags=x&specs[0].tags=y", "specs[0].tags=x,y"),
    ("labels[b]=1&labels[a.c]=2&labels[]=3", "labels[b]=1 labels[a.c]=2 labels[]=3"),
    // Well-known types in their string form, enumerations.
    ("at=2026-01-01T00:00:00Z&state=IDLE", "at=2026-01-01T00:00:00Z state=IDLE"),
  ])
  func bindsByName(_ query: String, _ expected: String) throws {
    #expect(try outcome(query) == expected)
  }

  @Test(arguments: [
    ("nope=1", ": unknown parameter 'nope'"), ("=1", ": unknown parameter ''"),
    ("rank.x=1", ": unknown parameter 'rank.x'"), ("spec.nope=1", ": unknown parameter 'spec.nope'"),
    ("spec..label=1", ": unknown parameter 'spec..label'"), (".rank=1", ": unknown parameter '.rank'"),
    ("rank.=1", ": unknown parameter 'rank.'"), ("Rank=1", ": unknown parameter 'Rank'"),
    ("svc_ranks[0]=1", "/svcRanks: takes no […]; for a list, repeat the parameter"),
    ("spec=1", "/spec: name one of its fields: spec.field=value"),
    ("labels=1", "/labels: name an entry: labels[key]=value"),
    ("specs=1", "/specs: name a field of its elements: specs[0].field=value"),
    ("specs[0]=1", "/specs/0: name one of its fields: specs[0].field=value"),
    ("specs[x].label=1", ": unknown parameter 'specs[x].label'"),
    ("specs[0].nope=1", ": unknown parameter 'specs[0].nope'"),
    ("specs[0]label=1", ": unknown parameter 'specs[0]label'"),
    ("labels[a=1", ": unknown parameter 'labels[a'"),
    ("labels[a]=1&labels[a]=2", "/labels/a: given more than once"),
    ("specs[0].label=1&specs[0].label=2", "/specs/0/label: given more than once"),
    ("data=1", "/data: only a body can give this field"),
    ("rank=1&rank=2", "/rank: given more than once"), ("pool_id=1&poolId=2", "/poolId: given more than once"),
    ("spec.label=1&rank=1&spec.label=2", "/spec/label: given more than once"),
    ("rank=1&pool_id=2&state=3&at=4&svc_ranks=5&svc_ranks=6", ": more than 5 parameters"),
    ("rank=%", ": '%' must be followed by two hexadecimal digits other than 00"),
    ("rank=%0", ": '%' must be followed by two hexadecimal digits other than 00"),
    ("rank=%00", ": '%' must be followed by two hexadecimal digits other than 00"),
    ("rank=%g1", ": '%' must be followed by two hexadecimal digits other than 00"),
    ("ra%nk=1", ": '%' must be followed by two hexadecimal digits other than 00"),
  ])
  func refusesWhatDoesNotFit(_ query: String, _ expected: String) throws {
    #expect(try outcome(query) == expected)
  }

  @Test func theSameFieldFromThePathIsACollisionThatNamesBoth() throws {
    #expect(
      try outcome("poolId=x", path: "pool_id") == "/poolId: given by the path as well as by the query")
    #expect(
      try outcome("spec.label=x", path: "spec.label")
        == "/spec/label: given by the path as well as by the query")
    #expect(try outcome("spec.tags=x", path: "spec.label") == "spec.label=path:p spec.tags=x")
  }

  @Test func aFieldThatTheBodyGivesIsACollision() throws {
    let expected = "given by the body as well as by the query"
    #expect(try outcome("spec.label=x", bodyPath: "spec") == "/spec/label: \(expected)")
    #expect(try outcome("spec.label=x", bodyPath: "spec.label") == "/spec/label: \(expected)")
    #expect(try outcome("spec.tags=x", bodyPath: "spec.label") == "spec.tags=x")
    #expect(try outcome("rank=1", bodyPath: "spec") == "rank=1")
  }

  @Test func unknownParametersCanBeIgnoredAndAreNamed() throws {
    #expect(try outcome("nope=1&rank=2&spec.x=3", unknownIgnored: true) == "rank=2 ignored nope,spec.x")
    #expect(try outcome("a=1&b=1&c=1&d=1&e=1&f=1", unknownIgnored: true) == ": more than 5 parameters")
    #expect(try outcome("spec=1", unknownIgnored: true) == "/spec: name one of its fields: spec.field=value")
  }

  @Test func aProblemShowsAtMostSoMuchOfAName() throws {
    let name = String(repeating: "n", count: 500)
    #expect(
      try outcome(name) == ": unknown parameter '\(name.prefix(BindingError.shownBytes))'")
  }

  @Test func withoutARequestEveryParameterIsUnknown() throws {
    let binder = QueryBinder(
      request: nil, names: BindingFixture.names, bodyPath: [], unknownIgnored: false, maxParameters: 5)
    var scratch = BindingScratch()
    var bound = BoundFields()
    let target = Array("rank=1".utf8)
    #expect(throws: BindingError(.unknownParameter, .query, at: 0..<4)) {
      try binder.bind(target, query: 0..<6, into: &bound, scratch: &scratch)
    }
  }

  @Test func randomQueriesNeverTrap() {
    let binder = QueryBinder(
      request: BindingFixture.request, names: BindingFixture.names, bodyPath: [], unknownIgnored: true,
      maxParameters: 100)
    var random = SeededGenerator(seed: 42)
    let pieces = [
      "rank", "spec", ".", "label", "=", "&", "[", "]", "0", "labels", "specs", "%", "2", "F", "+", "\0",
      "svc_ranks", "again", "ö", "00",
    ]
    .map { Array($0.utf8) }
    var scratch = BindingScratch()
    var bound = BoundFields()
    var bindings = 0
    for _ in 0..<20_000 {
      let query = (0..<Int.random(in: 0...30, using: &random)).flatMap { _ in
        pieces.randomElement(using: &random) ?? []
      }
      bound.removeAll()
      do {
        try binder.bind(query, query: 0..<query.count, into: &bound, scratch: &scratch)
        bindings += bound.values.count
      } catch {
        #expect(error.range.upperBound <= query.count)
        _ = error.problem(in: query) { BindingFixture.model[$0].jsonName }
      }
    }
    #expect(bindings > 100)
  }
}
