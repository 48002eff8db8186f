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

/// The numbers that a message leaves to extensions.
struct ExtensionNumbers {
  /// In their order, without overlaps; the end is not among them.
  private var ranges: [(start: Int32, end: Int32)] = []

  init(_ message: Google_Protobuf_DescriptorProto) {
    for range in message.extensionRange.sorted(by: { $0.start < $1.start }) where range.start < range.end {
      if let last = ranges.last, range.start <= last.end {
        ranges[ranges.count - 1].end = max(last.end, range.end)
      } else {
        ranges.append((range.start, range.end))
      }
    }
  }

  /// By halves: there may be as many ranges as extensions.
  func contains(_ number: Int32) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].start <= number { low = middle + 1 } else { high = middle }
    }
    return low > 0 && number < ranges[low - 1].end
  }
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
    let extensions = extensions[item.name]
    if extensions.isEmpty { return }
    let numbers = ExtensionNumbers(item.message)
    for declared in extensions {
      let field = declared.field
      guard scope.claim(field, declared.name, location(declared.file), &findings) else { continue }
      guard numbers.contains(field.number) else {
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
