internal import SchemaModel
internal import SwiftProtobuf

/// Turns the files of a set into a `SchemaModel`: first all names, then what refers to them.
struct DescriptorLowering {
  /// A message that is known by name but whose fields are not lowered yet.
  struct Pending {
    var type: TypeID
    var message: Google_Protobuf_DescriptorProto
    var name: String
    var features: DescriptorFeatures
    var file: Int
    var path: [Int32]
  }

  /// File name to the source it came from, for diagnostics.
  private let origins: [String: String]
  var model = SchemaModel()
  var wire = ProtobufWireTable()
  /// Entry messages of map fields, by full name; they are no types of the model.
  var mapEntries: [String: (message: Google_Protobuf_DescriptorProto, features: DescriptorFeatures)] = [:]
  /// Everything that a name may stand for: twice the same name is an error whatever it names.
  private var names: Set<String> = []
  var primitives: [Primitive: TypeID] = [:]
  private var pending: [Pending] = []
  var comments: [DescriptorComments] = []
  private var fileNames: [String] = []

  init(origins: [String: String]) { self.origins = origins }

  mutating func run(
    _ files: [Google_Protobuf_FileDescriptorProto], _ findings: inout Diagnostics
  ) -> ProtobufSchema {
    let known = Set(files.map(\.name))
    for (index, file) in files.enumerated() {
      comments.append(DescriptorComments(file))
      fileNames.append(file.name)
      for dependency in file.dependency where !known.contains(dependency) {
        findings.error(
          "missing-import", at: location(index),
          "'\(file.name)' imports '\(dependency)', which is not in the set",
          resolution: "make the set with --include_imports")
      }
      guard let features = DescriptorFeatures(of: file) else {
        findings.error("unknown-syntax", at: location(index), "'\(file.name)' has syntax '\(file.syntax)'")
        continue
      }
      let prefix = file.package.isEmpty ? "" : file.package + "."
      for (i, message) in file.messageType.enumerated() {
        declare(message, prefix, features, index, [4, Int32(i)], &findings)
      }
      for (i, enumeration) in file.enumType.enumerated() {
        declare(enumeration, prefix, features, index, [5, Int32(i)], &findings)
      }
    }
    for item in pending { lowerFields(item, &findings) }
    for (index, file) in files.enumerated() { lowerServices(file, index, &findings) }
    warnOfAny(&findings)
    return ProtobufSchema(model: model, wire: wire)
  }

  /// `Any` needs the loaded types at run time; until it is translated, a message that holds one is refused.
  private func warnOfAny(_ findings: inout Diagnostics) {
    guard let any = model.typesByName["google.protobuf.Any"] else { return }
    for item in pending {
      guard case .record(let range) = model[item.type].shape else { continue }
      for field in model.fields[range] where refers(field.type, to: any) {
        findings.warning(
          "any-not-translated", at: location(item.file),
          "'\(item.name).\(field.name)' is a google.protobuf.Any: messages that set it are refused")
      }
    }
  }

  private func refers(_ type: TypeID, to wanted: TypeID) -> Bool {
    switch model[type].shape {
    case .list(let element, _): element == wanted
    case .map(_, let value, _): value == wanted
    default: type == wanted
    }
  }

  func location(_ file: Int) -> SourceLocation {
    SourceLocation(file: origins[fileNames[file]] ?? fileNames[file])
  }

  // MARK: Names

  private mutating func claim(_ name: String, _ file: Int, _ findings: inout Diagnostics) -> Bool {
    if names.insert(name).inserted { return true }
    findings.error("duplicate-name", at: location(file), "'\(name)' is defined twice")
    return false
  }

  private mutating func declare(
    _ message: Google_Protobuf_DescriptorProto, _ prefix: String, _ outer: DescriptorFeatures, _ file: Int,
    _ path: [Int32], _ findings: inout Diagnostics
  ) {
    let name = prefix + message.name
    guard claim(name, file, &findings) else { return }
    let features = message.options.hasFeatures ? outer.with(message.options.features) : outer
    if message.options.mapEntry {
      mapEntries[name] = (message, features)
      return
    }
    let type = model.append(
      TypeDefinition(
        name: name, documentation: comments[file][path], shape: .record(fields: 0..<0),
        wellKnown: DescriptorText.wellKnown(name)))
    pending.append(
      Pending(type: type, message: message, name: name, features: features, file: file, path: path))
    for (i, nested) in message.nestedType.enumerated() {
      declare(nested, name + ".", features, file, path + [3, Int32(i)], &findings)
    }
    for (i, enumeration) in message.enumType.enumerated() {
      declare(enumeration, name + ".", features, file, path + [4, Int32(i)], &findings)
    }
  }

  private mutating func declare(
    _ enumeration: Google_Protobuf_EnumDescriptorProto, _ prefix: String, _ outer: DescriptorFeatures,
    _ file: Int, _ path: [Int32], _ findings: inout Diagnostics
  ) {
    let name = prefix + enumeration.name
    guard claim(name, file, &findings) else { return }
    let features = enumeration.options.hasFeatures ? outer.with(enumeration.options.features) : outer
    if enumeration.value.isEmpty {
      findings.error("empty-enum", at: location(file), "enum '\(name)' has no values")
    }
    let start = model.enumerators.count
    var seen: Set<String> = []
    for (i, value) in enumeration.value.enumerated() {
      if !seen.insert(value.name).inserted {
        findings.error("duplicate-name", at: location(file), "'\(name).\(value.name)' is defined twice")
      }
      model.enumerators.append(
        Enumerator(
          name: value.name, number: value.number, documentation: comments[file][path + [2, Int32(i)]]))
    }
    model.append(
      TypeDefinition(
        name: name, documentation: comments[file][path],
        shape: .enumeration(start..<model.enumerators.count, closed: !features.isOpenEnum),
        wellKnown: DescriptorText.wellKnown(name)))
  }

  // MARK: Services

  private mutating func lowerServices(
    _ file: Google_Protobuf_FileDescriptorProto, _ index: Int, _ findings: inout Diagnostics
  ) {
    let prefix = file.package.isEmpty ? "" : file.package + "."
    for (i, service) in file.service.enumerated() {
      let name = prefix + service.name
      guard claim(name, index, &findings) else { continue }
      let path: [Int32] = [6, Int32(i)]
      let first = model.methods.count
      for (j, method) in service.method.enumerated() {
        let methodPath = path + [2, Int32(j)]
        let place = "\(name).\(method.name)"
        model.methods.append(
          MethodDefinition(
            name: method.name, documentation: comments[index][methodPath],
            request: record(method.inputType, place, index, &findings),
            response: record(method.outputType, place, index, &findings)))
      }
      model.services.append(
        ServiceDefinition(
          name: name, documentation: comments[index][path], methods: first..<model.methods.count))
    }
  }

  private func record(
    _ typeName: String, _ user: String, _ file: Int, _ findings: inout Diagnostics
  ) -> TypeID? {
    if let type = model.typesByName[DescriptorLowering.bare(typeName)], case .record = model[type].shape {
      return type
    }
    findings.error(
      "unknown-type", at: location(file), "'\(user)' refers to '\(typeName)', which is no message")
    return nil
  }

  /// Descriptors write full names with a leading dot.
  static func bare(_ typeName: String) -> String {
    typeName.hasPrefix(".") ? String(typeName.dropFirst()) : typeName
  }
}
