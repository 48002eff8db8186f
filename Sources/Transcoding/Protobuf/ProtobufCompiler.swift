internal import SchemaModel

/// Compiles a schema to a `ProtobufProgram`, once at load.
struct ProtobufCompiler {
  private let model: SchemaModel
  private let wire: ProtobufWireTable
  private let options: JSONOptions

  private var records: [ProtobufRecord] = []
  private var fields: [ProtobufField] = []
  private var enumerations: [EnumerationTable] = []
  private var enumerators: [EnumerationTable.Entry] = []
  private var nameEntries: [NameTable.Entry] = []
  private var slots: [Int32] = []
  private var text: [UInt8] = []
  private var recordOfType: [Int32]
  private var enumerationOfType: [Int32]
  private var fieldOfID: [Int32]

  static func compile(
    _ model: SchemaModel, _ wire: ProtobufWireTable, _ options: JSONOptions
  ) -> ProtobufProgram {
    var compiler = ProtobufCompiler(model, wire, options)
    compiler.numberTypes()
    for type in model.types.indices {
      switch model.types[type].shape {
      case .record(let range): compiler.record(TypeID(rawValue: Int32(type)), range)
      case .enumeration(let range, let closed):
        compiler.enumeration(range, closed)
      default: break
      }
    }
    let messages = compiler.messageNames()
    return ProtobufProgram(
      records: FrozenTable(compiler.records), fields: FrozenTable(compiler.fields),
      enumerations: FrozenTable(compiler.enumerations), enumerators: FrozenTable(compiler.enumerators),
      nameEntries: FrozenTable(compiler.nameEntries), slots: FrozenTable(compiler.slots),
      text: FrozenTable(compiler.text), recordOfType: FrozenTable(compiler.recordOfType),
      fieldOfID: FrozenTable(compiler.fieldOfID), messages: messages)
  }

  private init(_ model: SchemaModel, _ wire: ProtobufWireTable, _ options: JSONOptions) {
    self.model = model
    self.wire = wire
    self.options = options
    recordOfType = Array(repeating: -1, count: model.types.count)
    enumerationOfType = recordOfType
    fieldOfID = Array(repeating: -1, count: model.fields.count)
  }

  /// Targets are needed before the types themselves are compiled: messages may contain each other.
  private mutating func numberTypes() {
    var recordCount: Int32 = 0
    var enumerationCount: Int32 = 0
    for (index, type) in model.types.enumerated() {
      switch type.shape {
      case .record:
        recordOfType[index] = recordCount
        recordCount += 1
      case .enumeration:
        enumerationOfType[index] = enumerationCount
        enumerationCount += 1
      default: break
      }
    }
  }

  // MARK: Messages

  private mutating func messageNames() -> NameTable {
    let names = model.types.indices.filter { recordOfType[$0] >= 0 }
      .map { (model.types[$0].name, recordOfType[$0]) }
    return NameTable.build(names, entries: &nameEntries, text: &text)
  }

  private mutating func record(_ type: TypeID, _ range: Range<Int>) {
    var oneofs: [OneofID: Int32] = [:]
    var compiled: [ProtobufField] = []
    for index in range {
      var field = member(FieldID(rawValue: Int32(index)), model.fields[index], wire.fields[index])
      if let oneof = model.fields[index].oneof {
        let local = oneofs[oneof] ?? Int32(oneofs.count)
        oneofs[oneof] = local
        field.oneof = local
      }
      compiled.append(field)
    }
    compiled.sort { $0.number < $1.number }
    let first = Int32(fields.count)
    fields += compiled
    var names: [(String, Int32)] = []
    for (index, field) in compiled.enumerated() {
      fieldOfID[Int(field.id.rawValue)] = first + Int32(index)
      names.append((model[field.id].jsonName, first + Int32(index)))
    }
    // JSON names first: where one field's name is another's JSON name, the JSON name counts.
    for (index, field) in compiled.enumerated() { names.append((model[field.id].name, first + Int32(index))) }

    // A direct table as long as the numbers are not spread too far; else the fields are searched.
    let highest = compiled.last?.number ?? 0
    let denseCount = highest < UInt32(compiled.count) * 4 + 64 && !compiled.isEmpty ? highest + 1 : 0
    let dense = Int32(slots.count)
    slots.append(contentsOf: repeatElement(-1, count: Int(denseCount)))
    if denseCount > 0 {
      for (index, field) in compiled.enumerated() {
        slots[Int(dense) + Int(field.number)] = first + Int32(index)
      }
    }
    records.append(
      ProtobufRecord(
        form: form(of: model[type], fieldCount: compiled.count), firstField: first,
        fieldCount: Int32(compiled.count), oneofCount: Int32(oneofs.count),
        requiredCount: Int32(compiled.count { $0.isRequired }),
        names: NameTable.build(names, entries: &nameEntries, text: &text), dense: dense,
        denseCount: denseCount))
  }

  private func form(of type: TypeDefinition, fieldCount: Int) -> ProtobufRecord.Form {
    switch type.wellKnown {
    case .boolValue, .bytesValue, .doubleValue, .floatValue, .int32Value, .int64Value, .stringValue,
      .uint32Value, .uint64Value, .struct, .listValue:
      fieldCount == 1 ? .bare : .object
    case .value: fieldCount == 6 ? .value : .object
    case .timestamp: fieldCount == 2 ? .timestamp : .object
    case .duration: fieldCount == 2 ? .duration : .object
    case .fieldMask: fieldCount == 1 ? .fieldMask : .object
    case .any: fieldCount == 2 ? .any : .object
    case .empty, .nullValue, nil: .object
    }
  }

  // MARK: Fields

  private mutating func member(
    _ id: FieldID, _ field: FieldDefinition, _ wire: ProtobufFieldWire
  ) -> ProtobufField {
    var compiled: ProtobufField
    switch model[field.type].shape {
    case .list(let element, _):
      compiled = value(of: element, wire.encoding, number: wire.number, id: id)
      compiled.form = .list
      compiled.isPacked = wire.packed && compiled.kind.isPackable
      if compiled.isPacked { setTag(&compiled, .lengthDelimited) }
      compiled.takesNull = false
    case .map(let key, let element, _):
      let keyField = value(of: key, wire.encoding, number: 1, id: id)
      let valueField = value(of: element, wire.mapValueEncoding, number: 2, id: id)
      compiled = ProtobufField(kind: .message, number: UInt32(clamping: wire.number), id: id)
      compiled.form = .map
      compiled.target = Int32(fields.count)
      setTag(&compiled, .lengthDelimited)
      fields += [keyField, valueField]
    default:
      compiled = value(of: field.type, wire.encoding, number: wire.number, id: id)
    }
    compiled.isImplicit = field.presence == .implicit
    compiled.isRequired = field.presence == .required
    var label = [UInt8(ascii: ",")]
    JSONText.append(options.names == .json ? field.jsonName : field.name, to: &label)
    label.append(UInt8(ascii: ":"))
    (compiled.label, compiled.labelLength) = intern(label)
    (compiled.original, compiled.originalLength) = intern(Array(field.name.utf8))
    (compiled.absent, compiled.absentLength) = intern(absentValue(compiled, field))
    return compiled
  }

  /// One value, without what only a member of a message has.
  private func value(
    of type: TypeID, _ encoding: ProtobufEncoding, number: Int32, id: FieldID
  ) -> ProtobufField {
    var field = ProtobufField(kind: .message, number: UInt32(clamping: number), id: id)
    switch model[type].shape {
    case .primitive(let primitive, _):
      field.kind = ProtobufKind(primitive, encoding)
    case .enumeration:
      field.kind = model[type].wellKnown == .nullValue ? .nullValue : .enumeration
      field.target = enumerationOfType[Int(type.rawValue)]
      field.takesNull = field.kind == .nullValue
    default:
      field.kind = encoding == .group ? .group : .message
      field.target = recordOfType[Int(type.rawValue)]
      field.takesNull = model[type].wellKnown == .value
    }
    setTag(&field, field.kind.wireType)
    return field
  }

  private func setTag(_ field: inout ProtobufField, _ wireType: WireType) {
    var rest = UInt64(field.number) << 3 | UInt64(wireType.rawValue)
    field.tag = 0
    field.tagLength = 0
    repeat {
      let more: UInt64 = rest >= 0x80 ? 0x80 : 0
      field.tag |= (rest & 0x7F | more) << UInt64(field.tagLength * 8)
      field.tagLength += 1
      rest >>= 7
    } while rest > 0
  }

  /// What a field that the wire lacks looks like in JSON.
  private func absentValue(_ compiled: ProtobufField, _ field: FieldDefinition) -> [UInt8] {
    switch compiled.form {
    case .list: return Array("[]".utf8)
    case .map: return Array("{}".utf8)
    case .singular: break
    }
    if compiled.kind.isMessage {
      let wellKnown = model[field.type].wellKnown
      return Array(ProtobufDefaults.message(wellKnown).utf8)
    }
    return ProtobufDefaults.scalar(compiled.kind, field, model, options)
  }

  // MARK: Enumerations and text

  private mutating func enumeration(_ range: Range<Int>, _ closed: Bool) {
    enumerations.append(
      EnumerationTable.build(
        model.enumerators[range], closed: closed, entries: &enumerators, nameEntries: &nameEntries,
        text: &text))
  }

  private mutating func intern(_ bytes: [UInt8]) -> (start: Int32, length: Int32) {
    let start = Int32(text.count)
    text += bytes
    return (start, Int32(bytes.count))
  }
}
