internal import SchemaModel

/// The sentences that explain a `TranscodeError`, shared by all wire forms.
struct ReasonText {
  let model: SchemaModel
  let options: JSONOptions
  let limits: TranscodingLimits

  /// - Parameters:
  ///   - value: the text of the offending value, where there is one.
  ///   - record: the record in which an unknown field stands.
  func sentence(for error: TranscodeError, value: String, record: TypeID?) -> String {
    let field = error.field.map { model[$0] }
    switch error.reason {
    case .unexpectedEnd: return "the JSON text ends too early"
    case .unexpectedByte: return "this is not JSON"
    case .byteOrderMark: return "JSON must not begin with a byte order mark"
    case .trailingBytes: return "nothing may follow the JSON value"
    case .malformedNumber: return "this is not a JSON number"
    case .malformedEscape: return "unknown escape in a JSON string"
    case .loneSurrogate: return "a surrogate escape without its partner"
    case .invalidUTF8: return "invalid UTF-8"
    case .controlCharacter: return "control characters in JSON strings must be escaped"
    case .duplicateKey: return "duplicate key"
    case .unknownField: return unknownField(value, record)
    case .oneofConflict:
      let name = field?.oneof.map { model.oneofs[Int($0.rawValue)].name } ?? "oneof"
      return "only one field of '\(name)' may be set"
    case .nullNotAllowed: return "null is not allowed here"
    case .missingRequired: return "missing the required field '\(field.map(written) ?? "")'"
    case .expectedObject: return "expected an object"
    case .expectedArray: return "expected an array"
    case .mismatch:
      return error.type.map { expectation(of: $0) } ?? error.field.map { mismatch($0) }
        ?? "the value does not fit"
    case .overBound: return overBound(error)
    case .wrongCount: return wrongCount(error)
    case .malformedPair: return "an entry takes 'key' and 'value'"
    case .outOfRange: return outOfRange((error.type ?? field?.type).map { model[$0] })
    case .nulCharacter: return "a string of this type cannot hold U+0000"
    case .unionConflict: return "a union takes one member, the one that its discriminator selects"
    case .keyMismatch: return field.map { keyExpectation($0.type) } ?? "the key does not fit"
    case .unknownEnumerator: return unknownEnumerator(value, error.type ?? field.map { valueType($0.type) })
    case .notRepresentable: return "the value has no JSON form"
    case .boundTwice: return "the field has a value from two sources"
    case .notBindable: return "a field of this type takes no text"
    case .elementGap: return "the elements of a list are numbered from 0 without gaps"
    case .truncated: return "the message is truncated"
    case .malformedTag: return "malformed tag"
    case .malformedVarint: return "malformed varint"
    case .wrongWireType: return "the wire type is not that of the field"
    case .malformedGroup: return "the end of a group does not match its start"
    case .unsupportedRepresentation: return "this data representation is not supported"
    case .malformedLength: return "a size does not fit what stands around it"
    case .malformedValue: return "the bytes are no value of the type"
    case .mustUnderstand: return "holds an unknown member that must be understood"
    case .trailingWire: return "more follows the message than padding"
    case .tooDeep: return "nested deeper than \(limits.depth) messages"
    case .tooManyTokens: return "more than \(limits.tokens) values"
    case .tooLarge: return "larger than \(limits.outputBytes) bytes"
    case .unsupportedType: return "this type has no JSON form here"
    case .missingTypeURL: return "an Any needs the type of its message in '@type'"
    case .unknownMessageType:
      let name = value.isEmpty ? "of the Any" : "'\(value)'"
      return
        "the message type \(name) is not loaded; expected a URL such as 'type.googleapis.com/pkg.Message'"
    case .missingAnyValue: return "the message of this Any stands in 'value'"
    }
  }

  /// The field's name as it is written in JSON.
  func written(_ field: FieldDefinition) -> String {
    options.names == .json ? field.jsonName : field.name
  }

  /// Of a list or map: the type of what stands in it.
  private func valueType(_ type: TypeID) -> TypeID {
    switch model[type].shape {
    case .list(let element, _), .array(let element, _): element
    case .map(_, let value, _): value
    default: type
    }
  }

  private func mismatch(_ field: FieldID) -> String {
    // The fields of a time or mask are not what the client sees.
    let owner = model.types.indices.first { index in
      guard case .record(let range) = model.types[index].shape else { return false }
      return model.types[index].wellKnown != nil && range.contains(Int(field.rawValue))
    }
    switch owner.flatMap({ model.types[$0].wellKnown }) {
    case .timestamp, .duration, .fieldMask:
      return expectation(of: TypeID(rawValue: Int32(owner ?? 0)))
    default:
      return expectation(of: valueType(model[field].type))
    }
  }

  private func expectation(of type: TypeID) -> String {
    switch model[type].wellKnown {
    case .timestamp: return "expected a time such as \"2024-05-01T12:00:00Z\""
    case .duration: return "expected a duration such as \"1.5s\""
    case .fieldMask: return "expected field names such as \"a,b.cD\""
    default: break
    }
    switch model[type].shape {
    case .primitive(let primitive, _): return expectation(of: primitive)
    case .enumeration: return "expected the name or number of an enumerator"
    case .bitmask: return "expected an array of flag names, or a number"
    case .list(let element, _), .array(let element, _):
      if case .primitive(.uint8, _) = model[element].shape { return expectation(of: .bytes) }
      return "expected an array"
    default: return "expected an object"
    }
  }

  private func overBound(_ error: TranscodeError) -> String {
    guard let type = error.type else { return "larger than its bound" }
    switch model[type].shape {
    case .primitive(let primitive, let bound):
      let unit = primitive == .wideString ? "UTF-16 units" : "bytes"
      return "longer than \(bound ?? 0) \(unit)"
    case .list(_, let bound): return "more than \(bound ?? 0) elements"
    case .map(_, _, let bound): return "more than \(bound ?? 0) entries"
    default: return "larger than its bound"
    }
  }

  private func wrongCount(_ error: TranscodeError) -> String {
    guard let type = error.type, case .array(let element, let count) = model[type].shape else {
      return "wrong number of elements"
    }
    let isOctets = if case .primitive(.uint8, _) = model[element].shape { true } else { false }
    return "expected exactly \(count) \(isOctets ? "bytes" : "elements")"
  }

  private func outOfRange(_ type: TypeDefinition?) -> String {
    switch (type?.minimum.map(text), type?.maximum.map(text)) {
    case (let low?, let high?): "must be from \(low) to \(high)"
    case (let low?, nil): "must be at least \(low)"
    case (nil, let high?): "must be at most \(high)"
    case (nil, nil): "out of range"
    }
  }

  private func text(_ literal: Literal) -> String {
    switch literal {
    case .signed(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .float(let value): "\(value)"
    default: "\(literal)"
    }
  }

  private func keyExpectation(_ type: TypeID) -> String {
    guard case .map(let key, _, _) = model[type].shape else { return "the key does not fit" }
    return expectation(of: key) + " as the key"
  }

  private func expectation(of primitive: Primitive) -> String {
    func range<I: FixedWidthInteger>(_ type: I.Type) -> String {
      "expected an integer from \(type.min) to \(type.max)"
    }
    switch primitive {
    case .boolean: return "expected true or false"
    case .int8: return range(Int8.self)
    case .uint8: return range(UInt8.self)
    case .int16: return range(Int16.self)
    case .uint16: return range(UInt16.self)
    case .int32: return range(Int32.self)
    case .uint32: return range(UInt32.self)
    case .int64: return range(Int64.self)
    case .uint64: return range(UInt64.self)
    case .float32: return "expected a number that fits a float"
    case .float128 where options.conventions == .ddsJSON:
      return "expected the base64 of a number that fits a double"
    case .float64, .float128: return "expected a number that fits a double"
    case .character, .wideCharacter: return "expected a string of one character"
    case .string, .wideString: return "expected a string"
    case .bytes: return "expected a base64 string"
    }
  }

  /// Most names that a sentence lists.
  private static let listed = 12

  private func unknownEnumerator(_ value: String, _ type: TypeID?) -> String {
    let range: Range<Int>
    switch type.map({ model[$0].shape }) {
    case .enumeration(let enumerators, _), .bitmask(let enumerators, _): range = enumerators
    default: return "unknown enum value '\(value)'"
    }
    let names = model.enumerators[range].map(\.name)
    let list = names.prefix(ReasonText.listed).joined(separator: ", ")
    let more = names.count > ReasonText.listed ? ", …" : ""
    return "unknown enum value '\(value)'; one of \(list)\(more)"
  }

  private func unknownField(_ name: String, _ record: TypeID?) -> String {
    let range: Range<Int>
    switch record.map({ model[$0].shape }) {
    case .record(let fields), .union(_, let fields), .bitset(let fields, _): range = fields
    default: return "unknown field"
    }
    let names = model.fields[range].flatMap { [written($0), $0.name] }
    return EditDistance.nearest(to: name, among: names).map { "unknown field; did you mean '\($0)'?" }
      ?? "unknown field"
  }
}
