import SchemaModel
import Transcoding

/// Takes every constant as it is but those with an exclamation mark; translates nothing.
final class LetterCodec: BodyCodec {
  func compile(_ node: Int32, of bound: BoundFields) throws(TranscodeError) -> [UInt8] {
    let value = bound.values[Int(bound.nodes[Int(node)].firstValue)]
    let text = Array(bound.text[Int(value.start)..<Int(value.end)])
    if text.contains(UInt8(ascii: "!")) { throw TranscodeError(.mismatch, offset: -1) }
    return text
  }

  func explain(
    _ error: TranscodeError, encoding type: TypeID, from input: RequestInput,
    scratch: TranscodingScratch
  ) -> FieldProblem {
    FieldProblem(source: "configuration", pointer: "", reason: "not a letter")
  }

  let rawForm = RawForm.protobuf
  func refusalOfRaw(_ type: TypeID) -> String? { nil }
  func appendRaw(_ body: [UInt8], to output: inout [UInt8]) {}
  func appendRaw(_ wire: [UInt8], at start: Int, to output: inout [UInt8]) {}
  func writtenName(of field: FieldID) -> String { "" }

  func encode(
    _ type: TypeID, from input: RequestInput, into output: inout [UInt8],
    scratch: TranscodingScratch
  ) {}

  func decode(
    _ type: TypeID, from wire: [UInt8], at start: Int, selecting selection: FieldPath,
    into output: inout [UInt8], scratch: TranscodingScratch
  ) {}

  func integer(_ field: FieldID, in wire: [UInt8], at start: Int) -> Int64 { 0 }

  func explain(
    _ error: TranscodeError, decoding type: TypeID, from wire: [UInt8], at start: Int
  ) -> FieldProblem {
    FieldProblem(source: "reply", pointer: "", reason: "")
  }
}
