import CorpusMessages
import SwiftProtobuf

/// Apple's SwiftProtobuf with the generated messages of the fixtures (no editions): a second opinion, in this process.
enum SwiftOracle {
  /// By their full names. Not `Any`: SwiftProtobuf looks into its JSON only when it writes it, and writes one whose
  /// message is empty as `@type` alone, also where the mapping wants a `value`.
  private static let types: [String: any Message.Type] = {
    let types: [any Message.Type] = [
      Corpus_Choice.self, Corpus_Lists.self, Corpus_Maps.self, Corpus_Names.self,
      Corpus_Node.self, Corpus_Optionals.self, Corpus_PoolQueryResp.self, Corpus_Scalars.self,
      Corpus_WellKnown.self, Ext_Base.self, Ext_Scope.self, Legacy_Order.self,
    ]
    return Dictionary(uniqueKeysWithValues: types.map { ($0.protoMessageName, $0) })
  }()

  static func knows(_ type: String) -> Bool { types[type] != nil }

  /// The message of a JSON text; nil when SwiftProtobuf refuses it.
  static func message(_ type: String, json: String) -> (any Message)? {
    try? types[type]?.init(
      jsonString: json, extensions: Ext_Extensions_Extensions, options: JSONDecodingOptions())
  }

  /// The message of a wire; nil when SwiftProtobuf refuses it.
  static func message(_ type: String, wire: [UInt8]) -> (any Message)? {
    try? types[type]?.init(serializedBytes: wire, extensions: Ext_Extensions_Extensions)
  }

  /// Whether two messages are equal; NaN is equal to NaN.
  static func same(_ a: any Message, _ b: any Message) -> Bool {
    if a.isEqualTo(message: b) { return true }
    var options = JSONEncodingOptions()
    options.useDeterministicOrdering = true
    guard let a = try? a.jsonString(options: options), let b = try? b.jsonString(options: options) else {
      return false
    }
    return a == b
  }
}
