internal import SchemaModel
internal import SwiftProtobuf

/// The fields of one message, with their rows of the wire table.
extension DescriptorLowering {
  private typealias Field = Google_Protobuf_FieldDescriptorProto

  /// A type with the way it is written.
  private struct Value {
    var type: TypeID
    var encoding: ProtobufEncoding
  }

  mutating func lowerFields(_ item: Pending, _ findings: inout Diagnostics) {
    let start = model.fields.count
    let firstOneof = model.oneofs.count
    for oneof in item.message.oneofDecl { model.oneofs.append(OneofDefinition(name: oneof.name)) }
    var scope = FieldScope(item.message.field)
    for (index, field) in item.message.field.enumerated() {
      let name = "\(item.name).\(field.name)"
      guard scope.claim(field, name, location(item.file), &findings),
        let oneof = oneof(of: field, name, item, &findings)
      else { continue }
      var features = item.features
      if oneof >= 0, item.message.oneofDecl[oneof].options.hasFeatures {
        features = features.with(item.message.oneofDecl[oneof].options.features)
      }
      guard var lowered = lower(field, name, features, item.file, &findings) else { continue }
      if oneof >= 0, !field.proto3Optional {
        lowered.definition.oneof = OneofID(rawValue: Int32(firstOneof + oneof))
        lowered.definition.presence = .explicit
      }
      scope.resolveJSONName(&lowered.definition, name, location(item.file), &findings)
      lowered.definition.documentation = comments[item.file][item.path + [2, Int32(index)]]
      model.fields.append(lowered.definition)
      wire.fields.append(lowered.wire)
    }
    lowerExtensions(item, &scope, &findings)
    model.types[Int(item.type.rawValue)].shape = .record(fields: start..<model.fields.count)
  }

  /// Index of the field's oneof, -1 for none; nil when it is not valid.
  private func oneof(
    of field: Field, _ name: String, _ item: Pending, _ findings: inout Diagnostics
  ) -> Int? {
    guard field.hasOneofIndex else { return -1 }
    guard item.message.oneofDecl.indices.contains(Int(field.oneofIndex)) else {
      findings.error(
        "unknown-oneof", at: location(item.file), "'\(name)' is in a oneof that is not there")
      return nil
    }
    if field.label == .repeated || field.label == .required {
      findings.error(
        "malformed-oneof", at: location(item.file), "'\(name)' is \(field.label) and may not be in a oneof")
      return nil
    }
    return Int(field.oneofIndex)
  }

  /// - Parameter outer: the features of what the field stands in.
  mutating func lower(
    _ field: Google_Protobuf_FieldDescriptorProto, _ name: String, _ outer: DescriptorFeatures, _ file: Int,
    _ findings: inout Diagnostics
  ) -> (definition: FieldDefinition, wire: ProtobufFieldWire)? {
    guard field.hasType else {
      findings.error("missing-type", at: location(file), "'\(name)' has no type, or one that is not known")
      return nil
    }
    let features = field.options.hasFeatures ? outer.with(field.options.features) : outer
    var definition = FieldDefinition(
      name: field.name,
      jsonName: DescriptorText.jsonName(of: field),
      type: TypeID(rawValue: 0), presence: .implicit)
    var wire = ProtobufFieldWire(
      number: field.number, encoding: .varint, validatesUTF8: features.validatesUTF8)
    if field.label == .repeated, let entry = mapEntries[DescriptorLowering.bare(field.typeName)] {
      guard let key = entry.message.field.first(where: { $0.number == 1 }),
        let element = entry.message.field.first(where: { $0.number == 2 }),
        entry.message.field.count == 2, key.hasType, element.hasType, key.label == .optional,
        element.label == .optional, DescriptorLowering.isKey(key.type),
        let keyValue = value(key, name, entry.features, file, &findings),
        let elementValue = value(element, name, entry.features, file, &findings)
      else {
        findings.error(
          "malformed-map", at: location(file), "the entry type of the map '\(name)' is not valid")
        return nil
      }
      definition.type = model.append(
        TypeDefinition(shape: .map(key: keyValue.type, value: elementValue.type, bound: nil)))
      wire.encoding = keyValue.encoding
      wire.mapValueEncoding = elementValue.encoding
      return (definition, wire)
    }
    guard let value = value(field, name, features, file, &findings) else { return nil }
    wire.encoding = value.encoding
    if field.label == .repeated {
      definition.type = model.append(TypeDefinition(shape: .list(element: value.type, bound: nil)))
      let isPackable = value.encoding != .lengthDelimited && value.encoding != .group
      wire.packed = isPackable && (field.options.hasPacked ? field.options.packed : features.isPacked)
      return (definition, wire)
    }
    definition.type = value.type
    definition.defaultValue = defaultValue(field, value.type)
    if field.hasDefaultValue, definition.defaultValue == nil {
      findings.error(
        "default-value", at: location(file),
        "the default value '\(field.defaultValue)' of '\(name)' does not fit its type")
    }
    let isMessage = value.encoding == .group || field.type == .message
    if field.label == .required || features.isRequired {
      definition.presence = .required
    } else if isMessage || field.proto3Optional || features.hasPresence {
      definition.presence = .explicit
    }
    return (definition, wire)
  }

  private func defaultValue(_ field: Field, _ type: TypeID) -> Literal? {
    guard field.hasDefaultValue else { return nil }
    if field.type == .enum, case .enumeration(let range, _) = model[type].shape {
      return model.enumerators[range].first { $0.name == field.defaultValue }.map { .enumerator($0.number) }
    }
    return DescriptorText.literal(field.defaultValue, field.type)
  }

  /// Map keys are integers, booleans or strings (protobuf language specification, "Maps").
  private static func isKey(_ type: Field.TypeEnum) -> Bool {
    switch type {
    case .double, .float, .bytes, .enum, .group, .message: false
    default: true
    }
  }

  private mutating func value(
    _ field: Field, _ name: String, _ features: DescriptorFeatures, _ file: Int,
    _ findings: inout Diagnostics
  ) -> Value? {
    let primitive: (Primitive, ProtobufEncoding)
    switch field.type {
    case .bool: primitive = (.boolean, .varint)
    case .int32: primitive = (.int32, .varint)
    case .sint32: primitive = (.int32, .zigzag)
    case .sfixed32: primitive = (.int32, .fixed32)
    case .uint32: primitive = (.uint32, .varint)
    case .fixed32: primitive = (.uint32, .fixed32)
    case .int64: primitive = (.int64, .varint)
    case .sint64: primitive = (.int64, .zigzag)
    case .sfixed64: primitive = (.int64, .fixed64)
    case .uint64: primitive = (.uint64, .varint)
    case .fixed64: primitive = (.uint64, .fixed64)
    case .float: primitive = (.float32, .fixed32)
    case .double: primitive = (.float64, .fixed64)
    case .string: primitive = (.string, .lengthDelimited)
    case .bytes: primitive = (.bytes, .lengthDelimited)
    case .message, .group, .enum:
      return named(field, name, features, file, &findings)
    }
    return Value(type: primitiveType(primitive.0), encoding: primitive.1)
  }

  private func named(
    _ field: Field, _ name: String, _ features: DescriptorFeatures, _ file: Int,
    _ findings: inout Diagnostics
  ) -> Value? {
    if let type = model.typesByName[DescriptorLowering.bare(field.typeName)] {
      switch model[type].shape {
      case .record where field.type != .enum:
        let isGroup = field.type == .group || features.isDelimited
        return Value(type: type, encoding: isGroup ? .group : .lengthDelimited)
      case .enumeration where field.type == .enum:
        return Value(type: type, encoding: .varint)
      default: break
      }
    }
    findings.error(
      "unknown-type", at: location(file), "'\(name)' refers to '\(field.typeName)', which is not defined so")
    return nil
  }

  /// One anonymous type for each primitive.
  private mutating func primitiveType(_ primitive: Primitive) -> TypeID {
    if let known = primitives[primitive] { return known }
    let type = model.append(TypeDefinition(shape: .primitive(primitive, bound: nil)))
    primitives[primitive] = type
    return type
  }
}
