internal import SchemaModel
internal import SwiftProtobuf

/// The files that come with every protobuf compiler, so that a set need not hold them.
///
/// `WellKnown.binpb` is their descriptor set; `make well-known` makes it anew.
enum WellKnownFiles {
  static let all: [String: Google_Protobuf_FileDescriptorProto] = {
    let set = try? Google_Protobuf_FileDescriptorSet(serializedBytes: PackageResources.WellKnown_binpb)
    return Dictionary((set?.file ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }()

  static func isOne(_ file: String) -> Bool { all[file] != nil }

  private static let messages: [String: Google_Protobuf_DescriptorProto] = {
    let messages = all.values.flatMap(\.messageType).map { ("google.protobuf.\($0.name)", $0) }
    return Dictionary(messages, uniquingKeysWith: { first, _ in first })
  }()

  /// Whether a message with a JSON form of its own has the fields that this form needs.
  static func isSame(_ message: Google_Protobuf_DescriptorProto, as fullName: String) -> Bool {
    guard let known = messages[fullName] else { return true }
    func shape(_ message: Google_Protobuf_DescriptorProto) -> [String] {
      // An index without a oneof of that number is found elsewhere.
      message.field.map {
        "\($0.number) \($0.type) \($0.label) \($0.typeName) \($0.hasOneofIndex ? $0.oneofIndex : -1)"
      }.sorted() + message.nestedType.flatMap { ["\($0.name) \($0.options.mapEntry)"] + shape($0) }
    }
    return shape(message) == shape(known)
  }
}
