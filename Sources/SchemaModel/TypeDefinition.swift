/// A value that needs no further definition. Width and sign are the JSON face's; how it is written is the wire's.
package enum Primitive: UInt8, Sendable {
  case boolean
  case int8, uint8, int16, uint16, int32, uint32, int64, uint64
  case float32, float64, float128
  case character, wideCharacter
  case string, wideString
  case bytes
}

/// One type: named (`mgmt.PoolQueryReq`) or made up for a use (`repeated int32` has an empty name).
package struct TypeDefinition: Sendable {
  /// Fully qualified name; empty for lists, arrays, maps and bare primitives.
  package var name: String
  package var documentation: String
  package var shape: Shape
  /// Set for types whose JSON form is special (`google.protobuf.Timestamp`).
  package var wellKnown: WellKnownType?
  /// Of a number, checked on input (`@range`, `@min`, `@max`); nil for no bound but that of its width.
  package var minimum: Literal?
  package var maximum: Literal?

  package init(
    name: String = "", documentation: String = "", shape: Shape, wellKnown: WellKnownType? = nil
  ) {
    self.name = name
    self.documentation = documentation
    self.shape = shape
    self.wellKnown = wellKnown
  }

  package enum Shape: Sendable {
    /// `bound`: most bytes of a string or byte string, nil when unbounded.
    case primitive(Primitive, bound: Int32?)
    /// A protobuf message, an IDL struct or exception. Fields in declaration order, inherited ones first.
    case record(fields: Range<Int>)
    /// An IDL union; protobuf's `oneof` is a group of fields in a record instead.
    case union(discriminator: TypeID, fields: Range<Int>)
    /// `closed`: a number that has no name is an error when read from the wire.
    case enumeration(Range<Int>, closed: Bool)
    /// Flags; an enumerator's number is its bit position.
    case bitmask(Range<Int>, bits: Int32)
    /// An integer whose bits are named (IDL bitset); in JSON an object. Fields in the order of their bits.
    case bitset(fields: Range<Int>, bits: Int32)
    /// `bound`: most elements, nil when unbounded.
    case list(element: TypeID, bound: Int32?)
    /// Exactly `count` elements.
    case array(element: TypeID, count: Int32)
    case map(key: TypeID, value: TypeID, bound: Int32?)
  }
}

/// Whether a record can tell that a field was not set.
package enum FieldPresence: UInt8, Sendable {
  /// Not told apart from the default value (proto3 scalars).
  case implicit
  /// Told apart, and may be absent (proto2/proto3 `optional`, messages, oneof members, IDL `@optional`).
  case explicit
  /// Must be there (proto2 `required`, IDL members without `@optional`).
  case required
}

/// A member of a record or union.
package struct FieldDefinition: Sendable {
  /// The name in the schema.
  package var name: String
  /// The name in JSON; both are read, one is written.
  package var jsonName: String
  package var type: TypeID
  package var presence: FieldPresence
  package var oneof: OneofID?
  package var documentation: String
  /// The schema's own default, when it states one.
  package var defaultValue: Literal?
  /// `@unit`, for people.
  package var unit: String?

  package init(
    name: String, jsonName: String, type: TypeID, presence: FieldPresence, oneof: OneofID? = nil,
    documentation: String = "", defaultValue: Literal? = nil
  ) {
    self.name = name
    self.jsonName = jsonName
    self.type = type
    self.presence = presence
    self.oneof = oneof
    self.documentation = documentation
    self.defaultValue = defaultValue
  }
}

/// A constant in a schema.
package enum Literal: Sendable, Hashable {
  case boolean(Bool)
  case signed(Int64)
  case unsigned(UInt64)
  case float(Double)
  case string(String)
  case bytes([UInt8])
  /// Number of an enumerator.
  case enumerator(Int32)
}

/// A name for a number of an enumeration, or for a bit of a bitmask.
package struct Enumerator: Sendable {
  package var name: String
  package var number: Int32
  package var documentation: String

  package init(name: String, number: Int32, documentation: String = "") {
    self.name = name
    self.number = number
    self.documentation = documentation
  }
}

/// Fields of one record of which at most one is set.
package struct OneofDefinition: Sendable {
  package var name: String

  package init(name: String) { self.name = name }
}

/// Types with a JSON form of their own (protobuf, "ProtoJSON format").
package enum WellKnownType: UInt8, Sendable {
  case any, duration, empty, fieldMask, listValue, nullValue, `struct`, timestamp, value
  case boolValue, bytesValue, doubleValue, floatValue, int32Value, int64Value, stringValue, uint32Value,
    uint64Value
}
