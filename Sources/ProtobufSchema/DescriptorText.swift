internal import SchemaModel
internal import SwiftProtobuf

/// The comments of one file, found by the path of what they describe (descriptor.proto, SourceCodeInfo).
struct DescriptorComments {
  private var comments: [[Int32]: String] = [:]

  init(_ file: Google_Protobuf_FileDescriptorProto) {
    for location in file.sourceCodeInfo.location {
      let text = location.hasLeadingComments ? location.leadingComments : location.trailingComments
      if !text.isEmpty { comments[location.path] = DescriptorComments.trim(text) }
    }
  }

  subscript(path: [Int32]) -> String { comments[path] ?? "" }

  /// Without the blank that follows `//` in each line, and without empty lines around.
  private static func trim(_ text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix(" ") ? $0.dropFirst() : $0 }
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    return lines.drop { $0.allSatisfy(\.isWhitespace) }.joined(separator: "\n")
  }
}

/// Names and values as descriptors write them.
enum DescriptorText {
  /// What the set says, else what protoc would.
  static func jsonName(of field: Google_Protobuf_FieldDescriptorProto) -> String {
    field.jsonName.isEmpty ? jsonName(field.name) : field.jsonName
  }

  /// The JSON name that protoc gives a field: lowerCamelCase.
  private static func jsonName(_ name: String) -> String {
    var result = ""
    var raises = false
    for character in name {
      if character == "_" {
        raises = true
      } else {
        result += raises ? character.uppercased() : String(character)
        raises = false
      }
    }
    return result
  }

  /// `default_value`; nil when it does not fit the type.
  static func literal(
    _ text: String, _ type: Google_Protobuf_FieldDescriptorProto.TypeEnum
  ) -> Literal? {
    switch type {
    case .bool: return text == "true" ? .boolean(true) : text == "false" ? .boolean(false) : nil
    case .string: return .string(text)
    case .bytes: return .bytes(unescape(text))
    case .float, .double:
      switch text {
      case "inf": return .float(.infinity)
      case "-inf": return .float(-.infinity)
      case "nan": return .float(.nan)
      default: return Double(text).map { .float($0) }
      }
    case .uint32, .fixed32: return UInt32(text).map { .unsigned(UInt64($0)) }
    case .uint64, .fixed64: return UInt64(text).map { .unsigned($0) }
    case .enum, .group, .message: return nil
    case .int32, .sint32, .sfixed32: return Int32(text).map { .signed(Int64($0)) }
    case .int64, .sint64, .sfixed64: return Int64(text).map { .signed($0) }
    }
  }

  /// The C escapes of a bytes default.
  private static func unescape(_ text: String) -> [UInt8] {
    var output: [UInt8] = []
    var rest = Array(text.utf8)[...]
    let simple: [UInt8: UInt8] = [
      UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "a"): 7,
      UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "v"): 11,
    ]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let code = rest.first else {
        output.append(byte)
        continue
      }
      let isHex = code == UInt8(ascii: "x")
      let isOctal = (0x30...0x37).contains(code)
      if !isOctal { rest.removeFirst() }
      if isHex || isOctal {
        let radix = isHex ? 16 : 8
        let digits = rest.prefix(isHex ? 2 : 3)
          .prefix { Character(UnicodeScalar($0)).hexDigitValue.map { $0 < radix } ?? false }
        rest = rest.dropFirst(digits.count)
        let value = UInt(String(decoding: digits, as: UTF8.self), radix: radix) ?? 0
        output.append(UInt8(truncatingIfNeeded: value))
      } else {
        output.append(simple[code] ?? code)
      }
    }
    return output
  }

  static let wellKnown: [String: WellKnownType] = [
    "Any": .any, "Duration": .duration, "Empty": .empty, "FieldMask": .fieldMask, "ListValue": .listValue,
    "NullValue": .nullValue, "Struct": .struct, "Timestamp": .timestamp, "Value": .value,
    "BoolValue": .boolValue, "BytesValue": .bytesValue, "DoubleValue": .doubleValue,
    "FloatValue": .floatValue, "Int32Value": .int32Value, "Int64Value": .int64Value,
    "StringValue": .stringValue, "UInt32Value": .uint32Value, "UInt64Value": .uint64Value,
  ]

  static func wellKnown(_ fullName: String) -> WellKnownType? {
    let package = "google.protobuf."
    return fullName.hasPrefix(package) ? wellKnown[String(fullName.dropFirst(package.count))] : nil
  }
}
