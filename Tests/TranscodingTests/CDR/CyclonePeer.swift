import Foundation
import SchemaModel
import Transcoding

/// Cyclone DDS for Python, in a process of its own; see `Tests/Peers/cdr_peer.py`. Values are JSON.
final class CyclonePeer {
  private let peer: LinePeer

  /// Starts the peer with the types of Fixtures/cdr-types.txt.
  init(_ extensibility: CDRExtensibility) throws {
    peer = try LinePeer("cdr_peer.py")
    _ = try ask(["op": "load", "types": CDRCorpus.text(), "extensibility": "\(extensibility)"])
  }

  func random(_ type: String, seed: Int) throws -> Any {
    try ask(["op": "random", "type": type, "seed": seed])["json"] ?? NSNull()
  }

  /// Header and message.
  func write(_ type: String, _ value: Any, _ representation: Representation, bigEndian: Bool) throws
    -> [UInt8]
  {
    let answer = try ask([
      "op": "write", "type": type, "json": value, "version": representation == .xcdr1 ? 1 : 2,
      "big": bigEndian,
    ])
    return (answer["wire"] as? String).flatMap { Data(base64Encoded: $0) }.map { [UInt8]($0) } ?? []
  }

  /// Whether the peer reads the value from the wire.
  func reads(_ type: String, _ value: Any, from wire: [UInt8]) throws -> Bool {
    let answer = try ask([
      "op": "same", "type": type, "json": value, "wire": Data(wire).base64EncodedString(),
    ])
    return answer["same"] as? Bool ?? false
  }

  private func ask(_ request: [String: Any]) throws -> [String: Any] {
    let answer = try peer.ask(request)
    if let error = answer["error"] { throw Oracle.Failure(description: "\(request): \(error)") }
    return answer
  }
}

/// The types of Fixtures/cdr-types.txt.
enum CDRCorpus {
  static func text() throws -> String {
    let path = Fixtures.root.appending(path: "Tests/TranscodingTests/Fixtures/cdr-types.txt")
    return try String(contentsOf: path, encoding: .utf8)
  }

  /// Structs and unions, in the order of the file.
  static func names() throws -> [String] {
    var names: [String] = []
    for line in try text().split(separator: "\n") {
      let words: [Substring] = line.split(separator: " ")
      if words[0] == "struct" || words[0] == "union" { names.append(String(words[1])) }
    }
    return names
  }

  static let extensibilities: [CDRExtensibility] = [.final, .appendable, .mutable]

  static func schema(_ extensibility: CDRExtensibility) throws -> TestSchema {
    try TestSchema(try text(), extensibility)
  }
}

/// JSON values as one compares them: numbers by value, also if they are so with 32 bits only.
func sameJSON(_ a: Any, _ b: Any) -> Bool {
  switch (a, b) {
  case (let a as [String: Any], let b as [String: Any]):
    a.count == b.count
      && a.allSatisfy { key, value in b[key].map { sameJSON(value, $0) } ?? false }
  case (let a as [Any], let b as [Any]):
    a.count == b.count && zip(a, b).allSatisfy { sameJSON($0, $1) }
  case (let a as String, let b as String): a == b
  case (let a as NSNumber, let b as NSNumber):
    a == b || a.doubleValue == b.doubleValue || a.floatValue == b.floatValue
  default: a is NSNull && b is NSNull
  }
}

func parsedJSON(_ text: String) throws -> Any {
  try JSONSerialization.jsonObject(with: Data(text.utf8), options: [.fragmentsAllowed])
}

func writtenJSON(_ value: Any) throws -> String {
  String(
    decoding: try JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed]), as: UTF8.self)
}
