import ProtobufSchema
import SchemaModel
import Transcoding

/// What the fuzzers do with their input, and what must hold whatever it is. Tests replay the kept inputs with it.
///
/// Of a body the first byte chooses the message type and the second the options.
package enum FuzzCases {
  package typealias Case = @Sendable ([UInt8]) -> Void

  /// By the names of the folders in Fuzz/Corpus and Fuzz/Crashes. One line and a folder of seeds make a fuzzer.
  package static let all: [String: Case] = [
    "json": json, "wire": wire, "descriptor-set": descriptorSet, "idl": idl, "cdr-json": cdrJSON,
    "cdr-wire": cdrWire,
    "template": template, "query": query, "percent": percent,
  ]

  /// A JSON body from a client: an error with a place, or a wire that can be read again.
  package static func json(_ input: [UInt8]) {
    let (codec, type, body) = setting(input)
    let scratch = TranscodingScratch()
    let request = RequestInput(body: body)
    var wire: [UInt8] = []
    do throws(TranscodeError) {
      try codec.encode(type, from: request, into: &wire, scratch: scratch)
    } catch {
      let problem = codec.explain(error, encoding: type, from: request, scratch: scratch)
      precondition(problem.offset ?? 0 <= body.count, "an error behind the end of the body")
      return
    }
    var text: [UInt8] = []
    do throws(TranscodeError) {
      try codec.decode(type, from: wire, at: 0, selecting: [], into: &text, scratch: scratch)
    } catch {
      preconditionFailure("what was written cannot be read: \(error)")
    }
  }

  /// A reply from a backend: an error with a place, or JSON that can be read again.
  package static func wire(_ input: [UInt8]) {
    let (codec, type, wire) = setting(input)
    let scratch = TranscodingScratch()
    var text: [UInt8] = []
    do throws(TranscodeError) {
      try codec.decode(type, from: wire, at: 0, selecting: [], into: &text, scratch: scratch)
    } catch {
      let problem = codec.explain(error, decoding: type, from: wire, at: 0)
      precondition(problem.offset ?? 0 <= wire.count, "an error behind the end of the wire")
      return
    }
    var again: [UInt8] = []
    do throws(TranscodeError) {
      try codec.encode(type, from: RequestInput(body: text), into: &again, scratch: scratch)
    } catch {
      preconditionFailure("what was written cannot be read: \(error)")
    }
  }

  /// A descriptor set: findings, or a schema whose messages can be translated.
  package static func descriptorSet(_ input: [UInt8]) {
    var diagnostics = Diagnostics()
    guard
      let schema = ProtobufSchemaLoader.load(sources: [.bytes(input, name: "set")], diagnostics: &diagnostics)
    else {
      precondition(diagnostics.hasErrors, "refused without a finding")
      return
    }
    let codec = ProtobufCodec(model: schema.model, wire: schema.wire)
    let scratch = TranscodingScratch()
    for type in messages(of: schema.model).prefix(8) {
      var output: [UInt8] = []
      _ = try? codec.encode(type, from: RequestInput(body: Array("{}".utf8)), into: &output, scratch: scratch)
      _ = try? codec.decode(type, from: input, at: 0, selecting: [], into: &output, scratch: scratch)
    }
  }

  // MARK: Schema

  private static let codecs: (types: [TypeID], byOption: [ProtobufCodec]) = {
    var diagnostics = Diagnostics()
    guard
      let schema = ProtobufSchemaLoader.load(
        sources: [.bytes(PackageResources.schema_binpb, name: "schema.binpb")], diagnostics: &diagnostics)
    else { preconditionFailure("\(diagnostics.all)") }
    var other = JSONOptions()
    other.enums = .numbers
    other.emitDefaults = true
    other.names = .original
    other.int64 = .number
    other.unknownFields = .ignore
    other.caseInsensitiveEnums = true
    let codecs = [JSONOptions(), other].map {
      ProtobufCodec(model: schema.model, wire: schema.wire, options: $0)
    }
    return (messages(of: schema.model), codecs)
  }()

  private static func messages(of model: SchemaModel) -> [TypeID] {
    model.typesByName.sorted { $0.key < $1.key }.map(\.value).filter {
      if case .record = model[$0].shape { true } else { false }
    }
  }

  private static func setting(_ input: [UInt8]) -> (ProtobufCodec, TypeID, [UInt8]) {
    let type = codecs.types[Int(input.first ?? 0) % codecs.types.count]
    let option = input.count > 1 ? Int(input[1] & 1) : 0
    return (codecs.byOption[option], type, Array(input.dropFirst(2)))
  }
}
