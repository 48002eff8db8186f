internal import SchemaModel

/// Everything that translating the messages of one schema needs, as flat tables; see `ProtobufCompiler`.
///
///     records ──firstField──▶ fields ──target──▶ records | enumerations | fields (key and value of a map)
///        │                      │
///        ├─names──▶ nameEntries └─label, absent──▶ text
///        └─dense──▶ slots (wire number → field)
struct ProtobufProgram: Sendable {
  let records: FrozenTable<ProtobufRecord>
  let fields: FrozenTable<ProtobufField>
  let enumerations: FrozenTable<EnumerationTable>
  let enumerators: FrozenTable<EnumerationTable.Entry>
  let nameEntries: FrozenTable<NameTable.Entry>
  let slots: FrozenTable<Int32>
  let text: FrozenTable<UInt8>
  /// By `TypeID`: index into `records`, -1 when the type is no message.
  let recordOfType: FrozenTable<Int32>
  /// By `FieldID`: index into `fields`.
  let fieldOfID: FrozenTable<Int32>
  /// Full names of messages to `records`.
  let messages: NameTable

  var view: View { View(self) }

  /// What the hot loops carry.
  struct View {
    let records: TableView<ProtobufRecord>
    let fields: TableView<ProtobufField>
    let enumerations: TableView<EnumerationTable>
    let enumerators: TableView<EnumerationTable.Entry>
    let nameEntries: TableView<NameTable.Entry>
    let slots: TableView<Int32>
    let text: TableView<UInt8>
    let fieldOfID: TableView<Int32>
    let messages: NameTable

    init(_ program: ProtobufProgram) {
      records = program.records.view
      fields = program.fields.view
      enumerations = program.enumerations.view
      enumerators = program.enumerators.view
      nameEntries = program.nameEntries.view
      slots = program.slots.view
      text = program.text.view
      fieldOfID = program.fieldOfID.view
      messages = program.messages
    }
  }
}

extension ProtobufProgram.View {
  /// The field of a record with a number of the wire, -1 for none.
  @inline(__always)
  func find(_ number: UInt32, _ record: ProtobufRecord) -> Int32 {
    if number < record.denseCount { return slots[record.dense &+ Int32(bitPattern: number)] }
    if record.denseCount > 0 { return -1 }
    var low: Int32 = 0
    var high = record.fieldCount
    while low < high {
      let middle = (low &+ high) / 2
      let candidate = fields[record.firstField &+ middle].number
      if candidate == number { return record.firstField &+ middle }
      if candidate < number { low = middle &+ 1 } else { high = middle }
    }
    return -1
  }
}

/// One message type.
struct ProtobufRecord: BitwiseCopyable {
  /// How the message looks in JSON.
  enum Form: UInt8, BitwiseCopyable {
    /// An object with a member for each field.
    case object
    /// The value of its only field: wrappers, `Struct`, `ListValue`.
    case bare
    /// `google.protobuf.Value`: any JSON value.
    case value
    case timestamp, duration, fieldMask
    /// `google.protobuf.Any`: the fields of another message, or its `value`.
    case any
  }

  var form: Form
  /// Fields in the order of their numbers.
  var firstField: Int32
  var fieldCount: Int32
  var oneofCount: Int32
  var requiredCount: Int32
  /// JSON names and original names.
  var names: NameTable
  /// `slots[dense + number]` is the field of a number below `denseCount`, -1 for none.
  var dense: Int32
  var denseCount: UInt32

  /// The entries of a map: messages with its key and its value.
  static func entry(of map: ProtobufField) -> ProtobufRecord {
    ProtobufRecord(
      form: .object, firstField: map.target, fieldCount: 2, oneofCount: 0, requiredCount: 0,
      names: NameTable(first: 0, mask: 0), dense: 0, denseCount: 0)
  }
}

/// How the value of a field is written; type and wire encoding in one.
enum ProtobufKind: UInt8, BitwiseCopyable {
  case bool, int32, int64, uint32, uint64, sint32, sint64
  case enumeration, nullValue
  case fixed32, sfixed32, float
  case fixed64, sfixed64, double
  case string, bytes, message
  case group

  /// Type and encoding in one.
  init(_ primitive: Primitive, _ encoding: ProtobufEncoding) {
    self =
      switch (primitive, encoding) {
      case (.boolean, _): .bool
      case (.int32, .zigzag): .sint32
      case (.int32, .fixed32): .sfixed32
      case (.int32, _): .int32
      case (.uint32, .fixed32): .fixed32
      case (.uint32, _): .uint32
      case (.int64, .zigzag): .sint64
      case (.int64, .fixed64): .sfixed64
      case (.int64, _): .int64
      case (.uint64, .fixed64): .fixed64
      case (.uint64, _): .uint64
      case (.float32, _): .float
      case (.float64, _): .double
      case (.bytes, _): .bytes
      default: .string
      }
  }

  /// The wire type of an element (protobuf "Encoding", message structure).
  @inline(__always)
  var wireType: WireType {
    if rawValue < ProtobufKind.fixed32.rawValue { return .varint }
    if rawValue < ProtobufKind.fixed64.rawValue { return .fixed32 }
    if rawValue < ProtobufKind.string.rawValue { return .fixed64 }
    return self == .group ? .startGroup : .lengthDelimited
  }

  @inline(__always)
  var isPackable: Bool { rawValue < ProtobufKind.string.rawValue }
  @inline(__always)
  var isMessage: Bool { rawValue >= ProtobufKind.message.rawValue }

  @inline(__always)
  var isInteger: Bool {
    switch self {
    case .int32, .int64, .uint32, .uint64, .sint32, .sint64, .fixed32, .sfixed32, .fixed64, .sfixed64: true
    default: false
    }
  }
}

/// The low three bits of a tag.
enum WireType: UInt8, BitwiseCopyable {
  case varint, fixed64, lengthDelimited, startGroup, endGroup, fixed32
}

/// One field of a message, or the key or value of a map.
struct ProtobufField: BitwiseCopyable {
  enum Form: UInt8, BitwiseCopyable { case singular, list, map }

  /// The tag's bytes as they are written, the first in the low bits.
  var tag: UInt64 = 0
  var tagLength: UInt8 = 0
  var kind: ProtobufKind
  var form: Form = .singular
  /// A list that is written packed.
  var isPacked = false
  /// The default value is not written.
  var isImplicit = false
  var isRequired = false
  /// JSON null is a value of this field, not its absence.
  var takesNull = false
  var number: UInt32
  /// Index of the oneof in its record, -1 when it is in none.
  var oneof: Int32 = -1
  /// Of a message: in `records`. Of an enumeration: in `enumerations`. Of a map: its key in `fields`; the
  /// value follows the key.
  var target: Int32 = -1
  /// `,"name":` in `text`.
  var label: Int32 = 0
  var labelLength: Int32 = 0
  /// The name in the schema, in `text`: what masks are made of.
  var original: Int32 = 0
  var originalLength: Int32 = 0
  /// The JSON form of the value when the field is absent, in `text`.
  var absent: Int32 = 0
  var absentLength: Int32 = 0
  var id: FieldID

  /// Whether a value may come so; lists come packed or not, however they are written.
  @inline(__always)
  func accepts(_ wireType: WireType) -> Bool {
    wireType == kind.wireType || wireType == .lengthDelimited && form == .list && kind.isPackable
  }

  /// The tag of a value that comes so.
  @inline(__always)
  func tag(of wireType: WireType) -> UInt64 { tag & ~7 | UInt64(wireType.rawValue) }
}
