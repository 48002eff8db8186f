import SchemaModel
import Testing
import Transcoding

@testable import Routing

@Suite struct PathBinderTests {
  private func bind(_ route: String, _ path: String) throws -> String {
    var diagnostics = Diagnostics()
    let definition = try definition(route)
    let router = Router.build([definition], diagnostics: &diagnostics)
    let binder = try #require(
      PathBinder(
        definition, request: BindingFixture.request, names: BindingFixture.names, diagnostics: &diagnostics))
    var captures = router.makeCaptures()
    var scratch = BindingScratch()
    var bound = BoundFields()
    let target = Array(path.utf8)
    try #require(router.match(.get, target, path: 0..<target.count, captures: &captures) == .found(route: 0))
    try binder.bind(target, captures, into: &bound, scratch: &scratch)
    return BindingFixture.dump(bound)
  }

  @Test(arguments: [
    ("GET /pools/{pool_id}", "/pools/abc", "pool_id=path:abc"),
    ("GET /pools/{poolId}", "/pools/abc", "pool_id=path:abc"),
    // One segment is decoded fully, once.
    ("GET /pools/{pool_id}", "/pools/a%2Fb%20c%2520+", "pool_id=path:a/b c%20+"),
    ("GET /pools/{pool_id=*}", "/pools/%C3%B6", "pool_id=path:ö"),
    ("GET /pools/{pool_id=x}", "/pools/x", "pool_id=path:x"),
    // Several keep %2F as it came.
    ("GET /{pool_id=pools/*}", "/pools/a%2fb%20c%2F", "pool_id=path:pools/a%2fb c%2F"),
    ("GET /{pool_id=**}", "/a%2Fb/c", "pool_id=path:a%2Fb/c"), ("GET /x/{pool_id=**}", "/x", "pool_id=path:"),
    ("GET /{pool_id}/r/{rank}", "/a/r/7", "pool_id=path:a rank=path:7"),
    ("GET /{spec.label}/{spec.again.rank}", "/a/7", "spec.label=path:a spec.again.rank=path:7"),
    ("GET /{pool_id}:go", "/a:b:go", "pool_id=path:a:b"),
    ("GET /{at}", "/2026-01-01T00:00:00Z", "at=path:2026-01-01T00:00:00Z"),
  ])
  func variablesBecomeFields(_ route: String, _ path: String, _ expected: String) throws {
    #expect(try bind(route, path) == expected)
  }

  @Test(arguments: [
    (
      "/{pool_idd}", "unknown-field", "path variable 'pool_idd': Request has no field 'pool_idd'",
      "did you mean 'pool_id'?"
    ),
    (
      "/{spec.lable}", "unknown-field", "path variable 'spec.lable': Spec has no field 'lable'",
      "did you mean 'label'?"
    ),
    ("/{rank.x}", "unknown-field", "path variable 'rank.x': nothing that could have a field 'x'", ""),
    ("/{svc_ranks}", "not-a-scalar", "path variable 'svc_ranks' is a list; it takes one value", ""),
    ("/{spec}", "not-a-scalar", "path variable 'spec' is not a single value", ""),
    ("/{labels}", "not-a-scalar", "path variable 'labels' is not a single value", ""),
    ("/{pool_id}/{poolId}", "field-bound-twice", "path variable 'poolId' is bound twice", ""),
  ])
  func mistakesAreFoundAtLoad(_ path: String, _ code: String, _ message: String, _ resolution: String) throws
  {
    var diagnostics = Diagnostics()
    let route = try definition("GET \(path)", line: 4)
    _ = PathBinder(
      route, request: BindingFixture.request, names: BindingFixture.names, diagnostics: &diagnostics)
    let found = try #require(diagnostics.all.first)
    #expect(diagnostics.all.count == 1)
    #expect(
      found.code == code && found.message == message && found.resolution ?? "" == resolution, "\(found)")
    #expect(found.location == route.location)
  }

  @Test func aMethodWithoutARequestHasNoVariables() throws {
    var diagnostics = Diagnostics()
    let binder = PathBinder(
      try definition("GET /{a}"), request: nil, names: BindingFixture.names, diagnostics: &diagnostics)
    #expect(binder == nil)
    #expect(diagnostics.all.map(\.code) == ["unknown-field"])
  }
}

@Suite struct ConstantBinderTests {
  private func outcome(
    _ entries: [(String, [String], BoundFields.Source)], query: String, taken: [FieldPath] = []
  ) throws -> String {
    var diagnostics = Diagnostics()
    var constants = ConstantBinder()
    for (name, values, source) in entries {
      constants.add(
        name, values: values, source: source, request: BindingFixture.request, names: BindingFixture.names,
        codec: LetterCodec(), taken: taken, at: nil, diagnostics: &diagnostics)
    }
    if let found = diagnostics.all.first { return found.description }
    let binder = QueryBinder(
      request: BindingFixture.request, names: BindingFixture.names, bodyPath: [], unknownIgnored: false,
      maxParameters: 10)
    var scratch = BindingScratch()
    var bound = BoundFields()
    let target = Array(query.utf8)
    do throws(BindingError) {
      constants.bindFixed(into: &bound)
      try binder.bind(target, query: 0..<target.count, into: &bound, scratch: &scratch)
    } catch {
      return error.problem(in: target) { BindingFixture.model[$0].jsonName }.reason
    }
    constants.bindFallbacks(into: &bound)
    return BindingFixture.dump(bound)
  }

  @Test func setIsFixedAndDefaultYields() throws {
    #expect(try outcome([("rank", ["7"], .fixed)], query: "pool_id=x") == "rank=fixed:7 pool_id=x")
    #expect(
      try outcome([("rank", ["7"], .fixed)], query: "rank=8")
        == "given by the configuration as well as by the query")
    #expect(try outcome([("rank", ["7"], .fallback)], query: "") == "rank=fallback:7")
    #expect(try outcome([("rank", ["7"], .fallback)], query: "rank=8") == "rank=8")
    #expect(
      try outcome([("svc_ranks", ["0", "1"], .fallback)], query: "") == "svc_ranks=fallback:0,fallback:1")
    #expect(try outcome([("svcRanks", ["0", "1"], .fallback)], query: "svc_ranks=5") == "svc_ranks=5")
    #expect(try outcome([("svc_ranks", ["0", "1"], .fixed)], query: "") == "svc_ranks=fixed:0,fixed:1")
    #expect(
      try outcome([("spec.label", ["x"], .fallback)], query: "spec.tags=a")
        == "spec.tags=a spec.label=fallback:x")
  }

  @Test func constantsAreCompiledAtLoad() throws {
    #expect(
      try outcome([("rank", ["seven!"], .fixed)], query: "")
        == "error: 'set' field 'rank': not a letter [invalid-value]")
    var diagnostics = Diagnostics()
    var constants = ConstantBinder()
    for (name, source) in [("rank", BoundFields.Source.fixed), ("pool_id", .fallback)] {
      constants.add(
        name, values: ["7"], source: source, request: BindingFixture.request, names: BindingFixture.names,
        codec: LetterCodec(), taken: [], at: nil, diagnostics: &diagnostics)
    }
    var bound = BoundFields()
    constants.bindFixed(into: &bound)
    constants.bindFallbacks(into: &bound)
    #expect(bound.values.map(\.isCompiled) == [true, true])
  }

  @Test func mistakesAreFoundAtLoad() throws {
    #expect(
      try outcome([("rnk", ["7"], .fixed)], query: "")
        == "error: 'set' field 'rnk': Request has no field 'rnk' [unknown-field]; did you mean 'rank'?")
    #expect(
      try outcome([("rank", ["7", "8"], .fallback)], query: "")
        == "error: 'default' field 'rank' takes one value, not a list [not-a-list]")
    #expect(
      try outcome([("spec", ["7"], .fixed)], query: "")
        == "error: 'set' field 'spec' is not a single value [not-a-scalar]")
    let rank = try BindingFixture.names.resolve("rank", in: BindingFixture.request)
    #expect(
      try outcome([("rank", ["7"], .fixed)], query: "", taken: [rank])
        == "error: 'set' field 'rank' is given by the path or by 'set' as well [field-bound-twice]")
  }
}
