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
  var extensions = DescriptorExtensions()
  var comments: [DescriptorComments] = []
  private var fileNames: [String] = []
  private var addresses: [DRPCOption?] = []

  init(origins: [String: String]) { self.origins = origins }

  mutating func run(
    _ files: [Google_Protobuf_FileDescriptorProto], _ findings: inout Diagnostics
  ) -> ProtobufSchema {
    for (index, file) in files.enumerated() {
      comments.append(DescriptorComments(file))
      fileNames.append(file.name)
      guard let features = DescriptorFeatures(of: file) else {
        let dialect = file.syntax == "editions" ? "\(file.edition)" : "syntax '\(file.syntax)'"
        findings.error(
          "unknown-syntax", at: location(index), "'\(file.name)' is written in \(dialect)",
          resolution: "proto2, proto3 and edition 2023 can be read")
        continue
      }
      let prefix = file.package.isEmpty ? "" : file.package + "."
      for (i, message) in file.messageType.enumerated() {
        declare(message, prefix, features, index, [4, Int32(i)], &findings)
      }
      for (i, enumeration) in file.enumType.enumerated() {
        declare(enumeration, prefix, features, index, [5, Int32(i)], &findings)
      }
      declare(extensions: file.extension, prefix, features, index, [7], &findings)
    }
    for item in pending { lowerFields(item, &findings) }
    checkExtendees(&findings)
    for (index, file) in files.enumerated() { lowerServices(file, index, &findings) }
    return ProtobufSchema(model: model, wire: wire, addresses: addresses)
  }

  func location(_ file: Int) -> SourceLocation {
    SourceLocation(file: origins[fileNames[file]] ?? fileNames[file])
  }

  // MARK: Names

  /// - Parameter part: the last part of the name.
  mutating func claim(
    _ name: String, part: String, _ file: Int, _ findings: inout Diagnostics
  ) -> Bool {
    if part.isEmpty {
      findings.error("missing-name", at: location(file), "something in '\(fileNames[file])' has no name")
      return false
    }
    if names.insert(name).inserted { return true }
    findings.error("duplicate-name", at: location(file), "'\(name)' is defined twice")
    return false
  }

  private mutating func declare(
    _ message: Google_Protobuf_DescriptorProto, _ prefix: String, _ outer: DescriptorFeatures, _ file: Int,
    _ path: [Int32], _ findings: inout Diagnostics
  ) {
    let name = prefix + message.name
    guard claim(name, part: message.name, file, &findings) else { return }
    let features = message.options.hasFeatures ? outer.with(message.options.features) : outer
    if message.options.mapEntry {
      // What stands in a map is never delimited.
      var entryFeatures = features
      entryFeatures.isDelimited = false
      mapEntries[name] = (message, entryFeatures)
      return
    }
    check(message, name, file, &findings)
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
    declare(extensions: message.extension, name + ".", features, file, path + [6], &findings)
  }

  /// What a message may not be.
  private func check(
    _ message: Google_Protobuf_DescriptorProto, _ name: String, _ file: Int, _ findings: inout Diagnostics
  ) {
    if message.options.messageSetWireFormat {
      findings.error("message-set", at: location(file), "'\(name)' is a message set, which has no JSON form")
    }
    if DescriptorText.wellKnown(name) != nil, !WellKnownFiles.isSame(message, as: name) {
      findings.error(
        "well-known-differs", at: location(file), "'\(name)' has not the fields of the type of that name")
    }
  }

  private mutating func declare(
    _ enumeration: Google_Protobuf_EnumDescriptorProto, _ prefix: String, _ outer: DescriptorFeatures,
    _ file: Int, _ path: [Int32], _ findings: inout Diagnostics
  ) {
    let name = prefix + enumeration.name
    guard claim(name, part: enumeration.name, file, &findings) else { return }
    let features = enumeration.options.hasFeatures ? outer.with(enumeration.options.features) : outer
    if enumeration.value.isEmpty {
      findings.error("empty-enum", at: location(file), "enum '\(name)' has no values")
    } else if features.isOpenEnum, enumeration.value[0].number != 0 {
      findings.error("enum-without-zero", at: location(file), "the first value of '\(name)' is not 0")
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
      guard claim(name, part: service.name, index, &findings) else { continue }
      let path: [Int32] = [6, Int32(i)]
      let first = model.methods.count
      var methodNames: Set<String> = []
      for (j, method) in service.method.enumerated() {
        if method.name.isEmpty || !methodNames.insert(method.name).inserted {
          findings.error(
            "duplicate-name", at: location(index), "'\(name).\(method.name)' is defined twice")
        }
        let methodPath = path + [2, Int32(j)]
        let place = "\(name).\(method.name)"
        var definition = MethodDefinition(
          name: method.name, documentation: comments[index][methodPath],
          request: record(method.inputType, place, index, &findings),
          response: record(method.outputType, place, index, &findings))
        definition.routes = DescriptorOptions.routes(of: method, at: location(index))
        model.methods.append(definition)
        addresses.append(
          DescriptorOptions.address(of: method, in: service, place, at: location(index), &findings))
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
