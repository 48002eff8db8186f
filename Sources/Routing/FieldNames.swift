package import SchemaModel

/// The names of all fields of a schema, for looking up bytes of a URL without making a `String`.
///
/// Each record or union has a stretch of `slots` of a power of two, open addressing, at most half full. Both names of a
/// field are in it: the schema's and the JSON one.
package struct FieldNames: Sendable {
  /// What can be done with a field in a URL.
  enum Kind: UInt8, Sendable {
    /// One text is its value: numbers, strings, enumerations, and well-known types that are a JSON string or
    /// a scalar (Timestamp, Duration, FieldMask, wrappers).
    case scalar
    /// A list or array of such.
    case scalars
    /// Holds fields that can be named: `a.b`. Of a union one.
    case record
    /// A list or array of such: `a[0].b`.
    case records
    /// A map whose values are scalars or records: `a[key]`, `a[key].b`.
    case map
    /// Lists of lists, `Any`, `Struct` and their like: only a body can give them.
    case other
  }

  private struct Slot: Sendable {
    var hash: UInt32 = 0
    /// `text[start..<end]`
    var start: Int32 = 0
    var end: Int32 = 0
    /// -1: free.
    var field: Int32 = -1
  }

  private struct Table: Sendable {
    var firstSlot: Int32 = 0
    /// Slots minus one; -1: neither record nor union.
    var mask: Int32 = -1
  }

  package let model: SchemaModel
  /// Parallel to `model.types`.
  private var tables: [Table] = []
  private var slots: [Slot] = []
  private var text: [UInt8] = []
  /// Parallel to `model.fields`.
  private var kinds: [Kind] = []

  package init(_ model: SchemaModel) {
    self.model = model
    kinds = model.fields.map { Self.kind(of: $0.type, in: model) }
    tables.reserveCapacity(model.types.count)
    for type in model.types {
      switch type.shape {
      case .record(let fields), .union(_, let fields): insert(fields)
      default: tables.append(Table())
      }
    }
  }

  /// The field of `record` with this name; nil when there is none, or `record` is neither record nor union.
  func field(_ name: ArraySlice<UInt8>, of record: TypeID) -> FieldID? {
    let table = tables[Int(record.rawValue)]
    guard table.mask >= 0 else { return nil }
    let hash = Self.hash(name)
    var index = Int32(truncatingIfNeeded: hash & UInt32(table.mask))
    while true {
      let slot = slots[Int(table.firstSlot + index)]
      if slot.field < 0 { return nil }
      if slot.hash == hash, text[Int(slot.start)..<Int(slot.end)].elementsEqual(name) {
        return FieldID(rawValue: slot.field)
      }
      index = (index + 1) & table.mask
    }
  }

  func kind(of field: FieldID) -> Kind { kinds[Int(field.rawValue)] }

  /// Of what `a[…]` stands for: an element of a list, or a value of a map.
  func part(of type: TypeID) -> (type: TypeID, kind: Kind)? {
    switch model[type].shape {
    case .list(let element, _), .array(let element, _): (element, Self.kind(of: element, in: model))
    case .map(_, let value, _): (value, Self.kind(of: value, in: model))
    default: nil
    }
  }

  // MARK: Building

  private mutating func insert(_ fields: Range<Int>) {
    var size = 2
    while size < fields.count * 4 { size *= 2 }
    let first = slots.count
    slots += repeatElement(Slot(), count: size)
    tables.append(Table(firstSlot: Int32(clamping: first), mask: Int32(clamping: size - 1)))
    for index in fields {
      insert(model.fields[index].name, field: index, first: first, size: size)
    }
    // Schema names come first, so that a JSON name never hides one (`fooBar` beside `foo_bar`).
    for index in fields {
      insert(model.fields[index].jsonName, field: index, first: first, size: size)
    }
  }

  private mutating func insert(_ name: String, field: Int, first: Int, size: Int) {
    let bytes = Array(name.utf8)
    let hash = Self.hash(bytes[...])
    var index = Int(hash) & (size - 1)
    while slots[first + index].field >= 0 {
      let slot = slots[first + index]
      if text[Int(slot.start)..<Int(slot.end)].elementsEqual(bytes) { return }
      index = (index + 1) & (size - 1)
    }
    let start = Int32(clamping: text.count)
    text += bytes
    slots[first + index] = Slot(
      hash: hash, start: start, end: Int32(clamping: text.count), field: Int32(clamping: field))
  }

  /// FNV-1a. The keys are the schema's, so nobody outside can make the tables collide.
  private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var hash: UInt32 = 0x811C_9DC5
    for byte in bytes { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    return hash
  }

  private static func kind(of type: TypeID, in model: SchemaModel) -> Kind {
    let definition = model[type]
    if let wellKnown = definition.wellKnown { return kind(of: wellKnown) }
    switch definition.shape {
    case .primitive, .enumeration, .bitmask: return .scalar
    case .record, .union: return .record
    case .list(let element, _), .array(let element, _):
      return kind(ofElement: element, in: model)
    case .map(let key, let value, _): return isMap(key, value, in: model) ? .map : .other
    case .bitset: return .other
    }
  }

  private static func kind(ofElement type: TypeID, in model: SchemaModel) -> Kind {
    let definition = model[type]
    if let wellKnown = definition.wellKnown { return kind(of: wellKnown) == .scalar ? .scalars : .other }
    switch definition.shape {
    case .primitive, .enumeration, .bitmask: return .scalars
    case .record, .union: return .records
    case .bitset, .list, .array, .map: return .other
    }
  }

  private static func isMap(_ key: TypeID, _ value: TypeID, in model: SchemaModel) -> Bool {
    switch model[key].shape {
    case .primitive, .enumeration: break
    default: return false
    }
    switch model[value].shape {
    case .map: return false
    default: return [.scalar, .record].contains(kind(of: value, in: model))
    }
  }

  private static func kind(of type: WellKnownType) -> Kind {
    switch type {
    case .duration, .fieldMask, .timestamp, .nullValue, .boolValue, .bytesValue, .doubleValue, .floatValue,
      .int32Value, .int64Value, .stringValue, .uint32Value, .uint64Value:
      .scalar
    case .any, .empty, .listValue, .struct, .value: .other
    }
  }
}
