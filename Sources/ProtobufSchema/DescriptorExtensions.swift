internal import SchemaModel
internal import SwiftProtobuf

/// Extensions: fields that a file adds to a message of another. In JSON their name is `[full.name]`.
struct DescriptorExtensions {
  struct Declared {
    var field: Google_Protobuf_FieldDescriptorProto
    var name: String
    /// Of the scope in which the extension stands.
    var features: DescriptorFeatures
    var file: Int
    var path: [Int32]
  }

  /// By the full name of the message that they extend.
  private var byMessage: [String: [Declared]] = [:]
  /// In the order of the files.
  private(set) var all: [Declared] = []

  mutating func append(_ declared: Declared) {
    all.append(declared)
    byMessage[DescriptorLowering.bare(declared.field.extendee), default: []].append(declared)
  }

  subscript(message: String) -> [Declared] { byMessage[message] ?? [] }
}

extension DescriptorLowering {
  mutating func declare(
    extensions: [Google_Protobuf_FieldDescriptorProto], _ prefix: String, _ features: DescriptorFeatures,
    _ file: Int, _ path: [Int32], _ findings: inout Diagnostics
  ) {
    for (i, field) in extensions.enumerated() {
      let name = prefix + field.name
      guard claim(name, part: field.name, file, &findings) else { continue }
      self.extensions.append(
        DescriptorExtensions.Declared(
          field: field, name: name, features: features, file: file, path: path + [Int32(i)]))
    }
  }

  /// The extensions of one message, as more fields of it.
  mutating func lowerExtensions(
    _ item: Pending, _ scope: inout FieldScope, _ findings: inout Diagnostics
  ) {
    for declared in extensions[item.name] {
      let field = declared.field
      guard scope.claim(field, declared.name, location(declared.file), &findings) else { continue }
      guard item.message.extensionRange.contains(where: { $0.start <= field.number && field.number < $0.end })
      else {
        findings.error(
          "extension-number", at: location(declared.file),
          "'\(item.name)' is not open to extensions with the number \(field.number) of '\(declared.name)'")
        continue
      }
      guard var lowered = lower(field, declared.name, declared.features, declared.file, &findings) else {
        continue
      }
      lowered.definition.name = "[\(declared.name)]"
      lowered.definition.jsonName = lowered.definition.name
      // Lists too: what nobody sent is no part of the message, so that `emit_defaults` has none of it.
      lowered.definition.presence = .explicit
      lowered.definition.documentation = comments[declared.file][declared.path]
      model.fields.append(lowered.definition)
      wire.fields.append(lowered.wire)
    }
  }

  /// Extensions of what is not there.
  func checkExtendees(_ findings: inout Diagnostics) {
    for declared in extensions.all {
      let extendee = DescriptorLowering.bare(declared.field.extendee)
      if let type = model.typesByName[extendee], case .record = model[type].shape { continue }
      findings.error(
        "unknown-type", at: location(declared.file),
        "'\(declared.name)' extends '\(declared.field.extendee)', which is no message")
    }
  }
}
