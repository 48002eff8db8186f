import Foundation
import ProtobufSchema
import SchemaModel
import TestSupport
import Testing
import Transcoding

/// Google's protobuf for Python, in a process of its own; see `Tests/Peers/protobuf_peer.py`.
final class Oracle {
  private let peer: LinePeer

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// Starts the peer and gives it the fixtures' descriptor set.
  init() throws {
    peer = try LinePeer("protobuf_peer.py")
    _ = try ask(["op": "load", "set": Data(Fixtures.shared.set).base64EncodedString()])
  }

  /// The wire for a JSON text; nil when Google refuses it.
  func parse(_ type: String, _ json: [UInt8]) throws -> [UInt8]? {
    bytes(try ask(["op": "parse", "type": type, "json": Data(json).base64EncodedString()])["wire"])
  }

  /// The JSON for a wire; nil when Google refuses it.
  func print(_ type: String, _ wire: [UInt8]) throws -> [UInt8]? {
    bytes(try ask(["op": "print", "type": type, "wire": Data(wire).base64EncodedString()])["json"])
  }

  /// Whether two wires are the same message, as far as the peer can tell.
  func same(_ type: String, _ a: [UInt8], _ b: [UInt8]) throws -> Bool {
    let answer = try ask([
      "op": "same", "type": type, "a": Data(a).base64EncodedString(), "b": Data(b).base64EncodedString(),
    ])
    return answer["same"] is NSNull || answer["same"] as? Bool ?? false
  }

  func random(_ type: String, seed: Int) throws -> [UInt8] {
    let answer = try ask(["op": "random", "type": type, "seed": seed])
    guard let wire = bytes(answer["wire"]) else { throw Failure(description: "\(answer)") }
    return wire
  }

  /// Whether two JSON texts are the same value, numbers compared as numbers.
  func equal(_ a: [UInt8], _ b: [UInt8]) throws -> Bool {
    let answer = try ask([
      "op": "equal", "a": Data(a).base64EncodedString(), "b": Data(b).base64EncodedString(),
    ])
    return answer["equal"] as? Bool ?? false
  }

  /// Random messages with what Google prints for them, nil where it cannot; `options` are those of `MessageToJson`.
  func randoms(
    _ type: String, from first: Int, count: Int, _ options: [String: Bool] = [:]
  ) throws -> [(wire: [UInt8], json: [UInt8]?)] {
    let answer = try ask([
      "op": "randoms", "type": type, "first": first, "count": count, "options": options,
    ])
    guard let rows = answer["rows"] as? [[Any]] else { throw Failure(description: "\(answer)") }
    return rows.map { (bytes($0[0]) ?? [], bytes($0[1])) }
  }

  /// `same` for many pairs.
  func same(_ type: String, _ pairs: [([UInt8], [UInt8])]) throws -> [Bool] {
    let encoded = pairs.map { [Data($0.0).base64EncodedString(), Data($0.1).base64EncodedString()] }
    let answer = try ask(["op": "sames", "type": type, "pairs": encoded])
    guard let results = answer["sames"] as? [Any], results.count == pairs.count else {
      throw Failure(description: "\(answer)")
    }
    return results.map { $0 is NSNull || $0 as? Bool ?? false }
  }

  private func bytes(_ value: Any?) -> [UInt8]? {
    (value as? String).flatMap { Data(base64Encoded: $0) }.map { [UInt8]($0) }
  }

  private func ask(_ request: [String: Any]) throws -> [String: Any] { try peer.ask(request) }
}

/// The schema of the tests, loaded once.
struct Fixtures {
  static let shared = Fixtures()
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  let set: [UInt8]
  let schema: ProtobufSchema
  let codec: ProtobufCodec

  private init() {
    let folder = Fixtures.root.appending(path: "Tests/TranscodingTests/Fixtures")
    let output = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    // Debian's compiler knows no editions; this one comes with its well-known files.
    _ = try? Finished.run(
      Fixtures.root.appending(path: ".venv/bin/python-grpc-tools-protoc").path,
      [
        "--proto_path=\(folder.path)", "--include_imports", "--include_source_info",
        "--descriptor_set_out=\(output)", "corpus.proto", "legacy.proto", "editions.proto",
        "editions_file.proto", "extensions.proto",
      ])
    set = [UInt8](FileManager.default.contents(atPath: output) ?? Data())
    try? FileManager.default.removeItem(atPath: output)
    var diagnostics = Diagnostics()
    guard
      let loaded = ProtobufSchemaLoader.load(
        sources: [.bytes(set, name: "fixtures")], diagnostics: &diagnostics)
    else { preconditionFailure("the fixtures do not load; run `make setup`: \(diagnostics.all)") }
    schema = loaded
    codec = ProtobufCodec(model: loaded.model, wire: loaded.wire)
  }

  func codec(_ change: (inout JSONOptions) -> Void) -> ProtobufCodec {
    var options = JSONOptions()
    change(&options)
    return ProtobufCodec(model: schema.model, wire: schema.wire, options: options)
  }

  func type(_ name: String) throws -> TypeID { try #require(schema.model.typesByName[name]) }

  /// The field that dotted original names lead to.
  func path(_ type: String, _ names: String) throws -> FieldPath {
    var record = try self.type(type)
    return try names.split(separator: ".").map { name in
      guard case .record(let range) = schema.model[record].shape else {
        throw Oracle.Failure(description: type)
      }
      let index = try #require(range.first { schema.model.fields[$0].name == name })
      record = schema.model.fields[index].type
      return FieldID(rawValue: Int32(index))
    }
  }
}

extension ProtobufCodec {
  func wire(_ type: String, _ input: RequestInput) throws(TranscodeError) -> [UInt8] {
    guard let id = model(type) else { throw TranscodeError(.unsupportedType, offset: 0) }
    var output: [UInt8] = []
    try encode(id, from: input, into: &output, scratch: TranscodingScratch())
    return output
  }

  func wire(_ type: String, _ json: String) throws(TranscodeError) -> [UInt8] {
    try wire(type, RequestInput(body: Array(json.utf8)))
  }

  func json(_ type: String, _ wire: [UInt8], selecting path: FieldPath = []) throws(TranscodeError) -> String
  {
    guard let id = model(type) else { throw TranscodeError(.unsupportedType, offset: 0) }
    var output: [UInt8] = []
    try decode(id, from: wire, at: 0, selecting: path, into: &output, scratch: TranscodingScratch())
    return String(decoding: output, as: UTF8.self)
  }

  func problem(_ type: String, _ input: RequestInput) -> FieldProblem? {
    guard let id = model(type) else { return nil }
    var output: [UInt8] = []
    let scratch = TranscodingScratch()
    do throws(TranscodeError) {
      try encode(id, from: input, into: &output, scratch: scratch)
      return nil
    } catch {
      return explain(error, encoding: id, from: input, scratch: scratch)
    }
  }

  private func model(_ type: String) -> TypeID? { Fixtures.shared.schema.model.typesByName[type] }
}

/// The rows of a file of Fixtures: type, a tab, the rest.
func rows(_ name: String) throws -> [(type: String, text: String)] {
  let path = Fixtures.root.appending(path: "Tests/TranscodingTests/Fixtures/\(name)")
  return try String(contentsOf: path, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
    .map { line in
      let parts = line.split(separator: " ", maxSplits: 1)
      return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
    }
}

/// How many headings a file of Fixtures has below its first line, which says what it is.
func headings(_ name: String) throws -> Int {
  let path = Fixtures.root.appending(path: "Tests/TranscodingTests/Fixtures/\(name)")
  return try String(contentsOf: path, encoding: .utf8).split(separator: "\n").dropFirst().count {
    $0.hasPrefix("#")
  }
}

extension [UInt8] {
  init(hex: String) {
    let digits = hex.filter(\.isHexDigit).map { UInt8($0.hexDigitValue ?? 0) }
    self = stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  var hex: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
