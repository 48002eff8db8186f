/// What only CDR needs, parallel to the model: `types[i]` belongs to type `i`, `fields[i]` to field `i`.
///
/// Source: OMG DDS-XTypes 1.3, section 7.4.
package struct CDRWireTable: Sendable {
  package var types: [CDRTypeWire] = []
  package var fields: [CDRFieldWire] = []
  /// No size before collections of enumerations and bitmasks in XCDR2, as Fast CDR 2 has it; Cyclone and the
  /// letter of the specification count these among the constructed types.
  package var enumCollectionsArePrimitive = false

  package init() {}
}

/// How a record, union, enumeration or bitmask is written.
package struct CDRTypeWire: Sendable, Equatable {
  package var extensibility: CDRExtensibility
  /// `@bit_bound` of an enumeration (1…32) or bitmask (1…64); of no meaning for others.
  package var bitBound: UInt8
  /// A record without members that stands for no parameters: one octet is written, and may be absent when read.
  package var isPlaceholder: Bool
  /// `@default_literal` of an enumeration; nil when its first enumerator is the default.
  package var defaultEnumerator: Int32?

  package init(
    extensibility: CDRExtensibility = .final, bitBound: UInt8 = 32, isPlaceholder: Bool = false,
    defaultEnumerator: Int32? = nil
  ) {
    self.extensibility = extensibility
    self.bitBound = bitBound
    self.isPlaceholder = isPlaceholder
    self.defaultEnumerator = defaultEnumerator
  }
}

/// What may be added to a type later, and so what stands around its members.
package enum CDRExtensibility: UInt8, Sendable {
  case final, appendable, mutable
}

/// How a member is written.
package struct CDRFieldWire: Sendable, Equatable {
  /// Written only by mutable types, and before optional members in XCDR1; at most 0x0FFFFFFF.
  package var memberID: UInt32
  /// `@optional`
  package var isOptional: Bool
  package var mustUnderstand: Bool
  /// Of a union's member: the values of the discriminator that select it.
  package var labels: [Int64]
  /// Of a union's member: selected by every value that no label has. May be so beside having labels.
  package var isDefault: Bool
  /// Of a bitset's member: its first bit, counted from the least significant, and its width; 0 for others.
  package var bitPosition: UInt8
  package var bitWidth: UInt8

  package init(
    memberID: UInt32, isOptional: Bool = false, mustUnderstand: Bool = false, labels: [Int64] = [],
    isDefault: Bool = false, bitPosition: UInt8 = 0, bitWidth: UInt8 = 0
  ) {
    self.memberID = memberID
    self.isOptional = isOptional
    self.mustUnderstand = mustUnderstand
    self.labels = labels
    self.isDefault = isDefault
    self.bitPosition = bitPosition
    self.bitWidth = bitWidth
  }
}
