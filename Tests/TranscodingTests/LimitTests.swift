import ProtobufSchema
import SchemaModel
import Testing
import Transcoding

/// Each limit of a translation is reached, and is an error with a place.
@Suite struct LimitTests {
  private func codec(_ change: (inout TranscodingLimits) -> Void) -> ProtobufCodec {
    var limits = TranscodingLimits()
    change(&limits)
    let schema = Fixtures.shared.schema
    return ProtobufCodec(model: schema.model, wire: schema.wire, limits: limits)
  }

  private func reason(_ body: () throws(TranscodeError) -> Void) -> TranscodeError.Reason? {
    do throws(TranscodeError) {
      try body()
      return nil
    } catch {
      return error.reason
    }
  }

  @Test func tokensOfABody() {
    let codec = codec { $0.tokens = 8 }
    #expect(
      reason { () throws(TranscodeError) in _ = try codec.wire("corpus.Lists", #"{"i32":[1,2,3,4,5]}"#) }
        == nil)
    #expect(
      reason { () throws(TranscodeError) in _ = try codec.wire("corpus.Lists", #"{"i32":[1,2,3,4,5,6]}"#) }
        == .tooManyTokens)
  }

  @Test func fieldsOfAReply() throws {
    let codec = codec { $0.fields = 4 }
    let short = [UInt8](hex: "1001 1002 1003 1004")
    #expect(try codec.json("corpus.Scalars", short) == #"{"i32":4}"#)
    #expect(
      reason { () throws(TranscodeError) in _ = try codec.json("corpus.Scalars", short + [0x10, 0x05]) }
        == .tooManyTokens)
    let entries = (0..<12).map { String(UInt8(0x61 + $0), radix: 16) }.map { "0a060a01\($0)120162" }
    #expect(try codec.json("corpus.Maps", [UInt8](hex: entries[0])) == #"{"text":{"a":"b"}}"#)
    #expect(
      reason { () throws(TranscodeError) in
        _ = try codec.json("corpus.Maps", [UInt8](hex: entries.joined()))
      } == .tooManyTokens)
    // Unknown fields cost nothing that stays.
    #expect(try codec.json("corpus.Names", [UInt8](hex: "f80701 f80701 f80701 f80701 f80701")) == "{}")
  }

  @Test func bytesThatAreWritten() {
    let codec = codec { $0.outputBytes = 16 }
    let long = #"{"text":"12345678901234567890"}"#
    #expect(reason { () throws(TranscodeError) in _ = try codec.wire("corpus.Scalars", long) } == .tooLarge)
    let wire = [UInt8](hex: "7214") + Array("12345678901234567890".utf8)
    #expect(reason { () throws(TranscodeError) in _ = try codec.json("corpus.Scalars", wire) } == .tooLarge)
  }

  @Test func depthOfAnAny() {
    let any = "type.googleapis.com/google.protobuf.Any"
    func nested(_ depth: Int) -> String {
      let open = String(repeating: #"{"@type":"\#(any)","value":"#, count: depth)
      return #"{"one":\#(open){}\#(String(repeating: "}", count: depth))}"#
    }
    let codec = Fixtures.shared.codec
    #expect(reason { () throws(TranscodeError) in _ = try codec.wire("corpus.Anything", nested(90)) } == nil)
    #expect(
      reason { () throws(TranscodeError) in _ = try codec.wire("corpus.Anything", nested(120)) } == .tooDeep)
  }

  /// A length that nothing stands behind reserves nothing.
  @Test func lengthsAreNotBelieved() {
    let codec = Fixtures.shared.codec
    for hex in ["72ffffffff07", "72ffffffffffffffff7f", "0affffffff07", "52ffffffff0f"] {
      #expect(
        reason { () throws(TranscodeError) in _ = try codec.json("corpus.Lists", [UInt8](hex: hex)) } != nil)
    }
  }
}
