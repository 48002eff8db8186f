internal import SchemaModel

/// Everything that translating the types of one schema needs, as flat tables; see `CDRCompiler`.
///
///     types (by TypeID) ──first──▶ members (by FieldID) ──type──▶ types
///        │                            ├─label──▶ text
///        ├─element, key──▶ types      └─stated──▶ literals
///        ├─minimum, maximum──▶ literals
///        ├─labels──▶ labels (a union's, sorted)
///        └─enumeration──▶ enumerations ──▶ enumerators
struct CDRProgram: Sendable {
  let types: FrozenTable<CDRType>
  let members: FrozenTable<CDRMember>
  let labels: FrozenTable<CDRLabel>
  let literals: FrozenTable<CDRLiteral>
  let enumerations: FrozenTable<EnumerationTable>
  let enumerators: FrozenTable<EnumerationTable.Entry>
  let nameEntries: FrozenTable<NameTable.Entry>
  let text: FrozenTable<UInt8>

  var view: View { View(self) }

  /// What the hot loops carry.
  struct View {
    let types: TableView<CDRType>
    let members: TableView<CDRMember>
    let labels: TableView<CDRLabel>
    let literals: TableView<CDRLiteral>
    let enumerations: TableView<EnumerationTable>
    let enumerators: TableView<EnumerationTable.Entry>
    let nameEntries: TableView<NameTable.Entry>
    let text: TableView<UInt8>

    init(_ program: CDRProgram) {
      types = program.types.view
      members = program.members.view
      labels = program.labels.view
      literals = program.literals.view
      enumerations = program.enumerations.view
      enumerators = program.enumerators.view
      nameEntries = program.nameEntries.view
      text = program.text.view
    }
  }
}

enum CDRKind: UInt8, BitwiseCopyable {
  // Scalars: a value is 64 bits, integers sign-extended, floats as their patterns.
  case boolean, int8, uint8, int16, uint16, int32, uint32, int64, uint64
  case float32, float64
  /// Its 16 bytes become a double's pattern.
  case float128
  case character, wideCharacter
  case enumeration, bitmask

  case string, wideString
  /// A sequence or array of octets: base64 in JSON.
  case octets, octetArray
  case record, union, bitset
  case list, array, map

  @inline(__always)
  var isScalar: Bool { rawValue <= CDRKind.bitmask.rawValue }
}

/// One type of the schema.
struct CDRType: BitwiseCopyable {
  var kind: CDRKind
  /// Bytes of a scalar or bitset.
  var size: Int32 = 0
  /// Of a scalar: negative values are sign-extended.
  var isSigned = false
  /// Bits that may be set, of a bitmask or bitset; of an enumeration its default.
  var bits: UInt64 = 0
  /// Limits that the schema states for a number, in `literals`; -1 for none.
  var minimum: Int32 = -1
  var maximum: Int32 = -1
  var isAppendable = false
  var isMutable = false
  /// Of an empty record: an octet is written for it.
  var isPlaceholder = false
  /// In XCDR2 the value begins with its size: appendable and mutable types, collections of what is not primitive.
  var hasSize = false
  /// A value may take no bytes at all: a record without members, or of such records.
  var mayBeNothing = false
  /// How a member of this type is announced in XCDR2: 0…7 (XTypes 7.4.3.4.2).
  var lengthCode: UInt32 = 4
  /// Most bytes, elements or entries, -1 for no bound; of an array, exactly so many.
  var bound: Int32 = -1
  /// Of a list or array; of a map the value; of a union the discriminator.
  var element: Int32 = -1
  /// Of a map; it is an object in JSON when `isObject`.
  var key: Int32 = -1
  var isObject = false
  /// Of a record, union or bitset: its members.
  var first: Int32 = 0
  var count: Int32 = 0
  /// Names of the members to `members`; of a union, `$discriminator` to -2 also.
  var names = NameTable(first: 0, mask: 0)
  /// Of an enumeration or bitmask: in `enumerations`.
  var enumeration: Int32 = -1
  /// Of a union: its labels in order, and the member for all other values, -1 for none.
  var firstLabel: Int32 = 0
  var labelCount: Int32 = 0
  var otherwise: Int32 = -1
}

extension CDRType {
  @inline(__always)
  var hasLimits: Bool { minimum >= 0 || maximum >= 0 }
}

/// One member of a record, union or bitset.
struct CDRMember: BitwiseCopyable {
  var type: Int32
  var field: FieldID
  /// With the bit that says that it must be understood, as XCDR2 has it; the length code is 0.
  var header: UInt32
  var isOptional: Bool
  /// The default that the schema states, in `literals`; -1 for none.
  var stated: Int32 = -1
  /// `,"name":` in the text.
  var label: Int32 = 0
  var labelLength: Int32 = 0
  /// Of a union's member: the discriminator to write when the request gives none.
  var discriminator: Int64 = 0
  var hasDiscriminator = false
  /// The discriminator stands beside the member, because the member does not tell it.
  var showsDiscriminator = false
  /// Of a bit field.
  var bitPosition: UInt8 = 0
  var bitWidth: UInt8 = 0

  /// 28 bits.
  @inline(__always)
  var id: UInt32 { header & 0x0FFF_FFFF }
  @inline(__always)
  var mustUnderstand: Bool { header >> 31 == 1 }
}

/// A value of a discriminator and the member that it selects.
struct CDRLabel: BitwiseCopyable {
  var value: Int64
  var member: Int32
}

/// A constant of the schema: a scalar's bits, or a string in the text.
struct CDRLiteral: BitwiseCopyable {
  var bits: UInt64 = 0
  var start: Int32 = 0
  var length: Int32 = 0
}

extension CDRProgram.View {
  /// The member of a union for a discriminator; -1 when none is selected.
  func selected(_ type: CDRType, _ discriminator: Int64) -> Int32 {
    var low = type.firstLabel
    var high = type.firstLabel &+ type.labelCount
    while low < high {
      let middle = (low &+ high) / 2
      let label = labels[middle]
      if label.value == discriminator { return label.member }
      if label.value < discriminator { low = middle &+ 1 } else { high = middle }
    }
    return type.otherwise
  }
}
