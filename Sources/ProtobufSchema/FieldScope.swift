internal import SchemaModel
internal import SwiftProtobuf

/// What the fields of one message may not share: numbers, names, JSON names.
struct FieldScope {
  private var numbers: Set<Int32> = []
  private var names: Set<String> = []
  private var jsonNames: Set<String> = []
  /// JSON names that are what their fields are called anyway: these have the better right to them.
  private let ownNames: Set<String>

  /// 19000…19999 are protobuf's own, but nothing breaks if a set has them.
  private static let valid: ClosedRange<Int32> = 1...536_870_911

  init(_ fields: [Google_Protobuf_FieldDescriptorProto]) {
    ownNames = Set(fields.lazy.filter { DescriptorText.jsonName(of: $0) == $0.name }.map(\.name))
  }

  mutating func claim(
    _ field: Google_Protobuf_FieldDescriptorProto, _ name: String, _ location: SourceLocation,
    _ findings: inout Diagnostics
  ) -> Bool {
    guard FieldScope.valid ~= field.number, numbers.insert(field.number).inserted else {
      findings.error(
        "field-number", at: location, "the number \(field.number) of '\(name)' is taken or not valid")
      return false
    }
    if field.name.isEmpty || !names.insert(name).inserted {
      findings.error("duplicate-name", at: location, "'\(name)' is defined twice")
      return false
    }
    return true
  }

  /// proto2 allows two fields with one JSON name; one goes by its own name then: not the one that is called so, else the
  /// later.
  mutating func resolveJSONName(
    _ field: inout FieldDefinition, _ name: String, _ location: SourceLocation, _ findings: inout Diagnostics
  ) {
    let isAnothers = field.jsonName != field.name && ownNames.contains(field.jsonName)
    if !isAnothers, jsonNames.insert(field.jsonName).inserted { return }
    findings.warning(
      "duplicate-json-name", at: location,
      "the JSON name '\(field.jsonName)' of '\(name)' is taken; it is written as '\(field.name)'")
    field.jsonName = field.name
    if !jsonNames.insert(field.jsonName).inserted {
      findings.error("duplicate-json-name", at: location, "'\(name)' has no JSON name of its own")
    }
  }
}
