internal import SchemaModel

/// The JSON of values that the wire lacks.
enum ProtobufDefaults {
  static func message(_ wellKnown: WellKnownType?) -> String {
    switch wellKnown {
    case .value: "null"
    case .listValue: "[]"
    case .timestamp: "\"1970-01-01T00:00:00Z\""
    case .duration: "\"0s\""
    case .fieldMask, .stringValue, .bytesValue: "\"\""
    case .boolValue: "false"
    case .int32Value, .uint32Value, .floatValue, .doubleValue: "0"
    case .int64Value, .uint64Value: "\"0\""
    case .struct, .empty, .any, .nullValue, nil: "{}"
    }
  }

  /// The schema's default if it states one, else that of the type.
  static func scalar(
    _ kind: ProtobufKind, _ field: FieldDefinition, _ model: SchemaModel, _ options: JSONOptions
  ) -> [UInt8] {
    var output: [UInt8] = []
    let stated = field.defaultValue
    switch kind {
    case .bool:
      output += Array((stated == .boolean(true) ? "true" : "false").utf8)
    case .string:
      if case .string(let text) = stated {
        JSONText.append(text, to: &output)
      } else {
        output = [0x22, 0x22]
      }
    case .bytes:
      if case .bytes(let bytes) = stated {
        JSONText.appendBase64(bytes, to: &output)
      } else {
        output = [0x22, 0x22]
      }
    case .float, .double:
      float(kind, stated, options, to: &output)
    case .nullValue:
      output += Array("null".utf8)
    case .enumeration:
      enumerator(stated, field.type, model, options, to: &output)
    case .int64, .uint64, .sint64, .fixed64, .sfixed64:
      let digits = integer(stated)
      output += options.int64 == .string ? Array("\"\(digits)\"".utf8) : Array(digits.utf8)
    default:
      output += Array(integer(stated).utf8)
    }
    return output
  }

  private static func integer(_ stated: Literal?) -> String {
    switch stated {
    case .signed(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    default: "0"
    }
  }

  private static func float(
    _ kind: ProtobufKind, _ stated: Literal?, _ options: JSONOptions, to output: inout [UInt8]
  ) {
    guard case .float(let stated) = stated else { return output.append(UInt8(ascii: "0")) }
    // Beyond a float's range is infinity.
    let value = kind == .float ? Double(Float(stated)) : stated
    if value.isFinite {
      var sink = ByteSink(capacity: 32)
      if kind == .float {
        FloatingPointText.append(Float(value), to: &sink)
      } else {
        FloatingPointText.append(value, to: &sink)
      }
      sink.copy(to: &output)
    } else if options.nonFinite == .null {
      output += Array("null".utf8)
    } else {
      output += Array((value.isNaN ? "\"NaN\"" : value < 0 ? "\"-Infinity\"" : "\"Infinity\"").utf8)
    }
  }

  private static func enumerator(
    _ stated: Literal?, _ type: TypeID, _ model: SchemaModel, _ options: JSONOptions,
    to output: inout [UInt8]
  ) {
    guard case .enumeration(let range, _) = model[type].shape else { return }
    var number: Int32 = range.isEmpty ? 0 : model.enumerators[range.lowerBound].number
    if case .enumerator(let chosen) = stated { number = chosen }
    if options.enums == .names, let named = model.enumerators[range].first(where: { $0.number == number }) {
      JSONText.append(named.name, to: &output)
    } else {
      JSONText.append(Int64(number), to: &output)
    }
  }
}
