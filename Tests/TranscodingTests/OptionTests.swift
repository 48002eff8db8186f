import ProtobufSchema
import SchemaModel
import Testing
import Transcoding

/// What a service may choose, selections, and limits.
@Suite struct OptionTests {
  @Test func writingOptions() throws {
    let plain = Fixtures.shared.codec
    let wire = try plain.wire("corpus.Scalars", #"{"i64":"-7","color":"RED","snakeCaseName":"x","other":1}"#)
    let numbers = Fixtures.shared.codec {
      $0.enums = .numbers
      $0.int64 = .number
      $0.names = .original
    }
    #expect(
      try numbers.json("corpus.Scalars", wire)
        == #"{"i64":-7,"color":1,"snake_case_name":"x","renamed":1}"#)
    #expect(
      try plain.json("corpus.Scalars", wire)
        == #"{"i64":"-7","color":"RED","snakeCaseName":"x","other":1}"#)
    #expect(
      try numbers.json("corpus.Scalars", plain.wire("corpus.Scalars", #"{"u64":18446744073709551615}"#))
        == #"{"u64":18446744073709551615}"#)
  }

  @Test func nonFiniteNumbers() throws {
    let wire = try Fixtures.shared.codec.wire("corpus.Scalars", #"{"single":"NaN","real":"-Infinity"}"#)
    let null = Fixtures.shared.codec { $0.nonFinite = .null }
    #expect(try null.json("corpus.Scalars", wire) == #"{"single":null,"real":null}"#)
    let error = Fixtures.shared.codec { $0.nonFinite = .error }
    #expect(throws: TranscodeError.self) { try error.json("corpus.Scalars", wire) }
  }

  @Test func enumeratorsInAnyCase() throws {
    let codec = Fixtures.shared.codec { $0.caseInsensitiveEnums = true }
    let wire = try codec.wire("corpus.Scalars", #"{"color":"gReEn"}"#)
    #expect(try codec.json("corpus.Scalars", wire) == #"{"color":"GREEN"}"#)
    #expect(throws: TranscodeError.self) { try codec.wire("corpus.Scalars", #"{"color":"gReEm"}"#) }
  }

  @Test func unknownFieldsMayBeIgnored() throws {
    let codec = Fixtures.shared.codec { $0.unknownFields = .ignore }
    let wire = try codec.wire("corpus.Scalars", #"{"x":{"y":[1,{"z":{}}]},"i32":1,"w":null}"#)
    #expect(try codec.json("corpus.Scalars", wire) == #"{"i32":1}"#)
    for text in [#"{"x":1,"x":2}"#, #"{"x":{"y":1,"\u0079":2}}"#, #"{"i32":1,"x":[{"a":1,"a":1}]}"#] {
      #expect(throws: TranscodeError.self, "\(text)") { try codec.wire("corpus.Scalars", text) }
    }
  }

  static let selections: [(String, String, String)] = [
    ("rebuild", "{}", "{}"),
    ("rebuild", #"{"rebuild":{"state":"BUSY"}}"#, #"{"state":"BUSY"}"#),
    ("rebuild.state", #"{"rebuild":{"state":"BUSY"}}"#, #""BUSY""#),
    ("rebuild.state", "{}", #""IDLE""#),
    ("rebuild.objects", #"{"rebuild":{}}"#, #""0""#),
    ("status", #"{"status":-1005,"label":"x"}"#, "-1005"),
    ("label", #"{"status":-1005,"label":"x"}"#, #""x""#),
    ("label", "{}", #""""#),
    ("tier_stats", #"{"tierStats":[{"total":"1"},{}]}"#, #"[{"total":"1"},{}]"#),
    ("tier_stats", "{}", "[]"),
    ("svc_reps", #"{"svcReps":[3]}"#, "[3]"),
  ]

  @Test(arguments: selections)
  func onlyOneFieldIsWritten(_ path: String, _ message: String, _ json: String) throws {
    let codec = Fixtures.shared.codec
    let type = "corpus.PoolQueryResp"
    let selection = try Fixtures.shared.path(type, path)
    #expect(try codec.json(type, codec.wire(type, message), selecting: selection) == json)
  }

  @Test func statedDefaultsAreSelected() throws {
    let codec = Fixtures.shared.codec
    for (name, json) in [
      ("level", #""HIGH""#), ("title", #""a\"b""#), ("raw", #""Af8=""#), ("ratio", #""-Infinity""#),
      ("big", #""-9223372036854775808""#), ("by_name", "{}"), ("levels", "[]"), ("next", "{}"),
    ] {
      let path = try Fixtures.shared.path("legacy.Order", name)
      #expect(try codec.json("legacy.Order", [0x08, 0x01], selecting: path) == json)
    }
  }

  @Test func limitsHold() throws {
    let schema = Fixtures.shared.schema
    var limits = TranscodingLimits()
    limits.tokens = 10
    limits.outputBytes = 20
    limits.depth = 3
    let codec = ProtobufCodec(model: schema.model, wire: schema.wire, limits: limits)
    func reason(_ body: () throws -> Void) -> TranscodeError.Reason? {
      do { try body() } catch let error as TranscodeError { return error.reason } catch {}
      return nil
    }
    #expect(reason { _ = try codec.wire("corpus.Lists", #"{"i32":[1,2,3,4,5,6,7]}"#) } == nil)
    #expect(reason { _ = try codec.wire("corpus.Lists", #"{"i32":[1,2,3,4,5,6,7,8]}"#) } == .tooManyTokens)
    #expect(
      reason { _ = try codec.wire("corpus.Scalars", #"{"text":"123456789012345678"}"#) } == nil)
    #expect(
      reason { _ = try codec.wire("corpus.Scalars", #"{"text":"1234567890123456789"}"#) } == .tooLarge)
    #expect(reason { _ = try codec.wire("corpus.Node", #"{"child":{"child":{}}}"#) } == nil)
    #expect(reason { _ = try codec.wire("corpus.Node", #"{"child":{"child":{"child":{}}}}"#) } == .tooDeep)
    let wire = [UInt8](hex: "12041202 1200")
    #expect(reason { _ = try codec.json("corpus.Node", wire) } == .tooDeep)
    let text = [UInt8](hex: "721631323334353637383930313233343536373839303132")
    #expect(reason { _ = try codec.json("corpus.Scalars", text) } == .tooLarge)
  }

  /// Keys that all come again, in every order: the check must not be quadratic, and must find one.
  @Test func manyKeysAreChecked() throws {
    let members = (0..<20_000).map { #""key-\#($0 * 7919 % 20_000)":"v""# }
    let codec = Fixtures.shared.codec
    let wire = try codec.wire("corpus.Maps", "{\"text\":{\(members.joined(separator: ","))}}")
    #expect(try codec.json("corpus.Maps", wire).utf8.count > 20_000 * 10)
    let text = "{\"text\":{\((members + [#""key-5":"""#]).joined(separator: ","))}}"
    let problem = codec.problem("corpus.Maps", RequestInput(body: Array(text.utf8)))
    #expect(problem?.pointer == "/text/key-5" && problem?.reason == "duplicate key")
    // The same wire twice: every entry replaced.
    #expect(
      try codec.json("corpus.Maps", wire + wire).utf8.count == codec.json("corpus.Maps", wire).utf8.count)
  }
}
