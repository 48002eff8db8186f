/// What only protobuf's wire form needs, parallel to `SchemaModel.fields`: `fields[i]` belongs to field `i`.
///
/// Source: protobuf "Encoding" and descriptor.proto.
package struct ProtobufWireTable: Sendable {
  package var fields: [ProtobufFieldWire] = []

  package init() {}
}

/// How one field is written.
package struct ProtobufFieldWire: Sendable {
  /// 1…536,870,911.
  package var number: Int32
  package var encoding: ProtobufEncoding
  /// Written packed; both forms are read.
  package var packed: Bool
  /// Invalid UTF-8 is an error (proto3 strings); otherwise it is passed as it is.
  package var validatesUTF8: Bool
  /// Of a map: how the value is written. The key's own is `encoding`.
  package var mapValueEncoding: ProtobufEncoding

  package init(
    number: Int32, encoding: ProtobufEncoding, packed: Bool = false, validatesUTF8: Bool = true,
    mapValueEncoding: ProtobufEncoding = .varint
  ) {
    self.number = number
    self.encoding = encoding
    self.packed = packed
    self.validatesUTF8 = validatesUTF8
    self.mapValueEncoding = mapValueEncoding
  }
}

/// How the bits of a value travel; of a list, those of its elements.
package enum ProtobufEncoding: UInt8, Sendable {
  /// bool, enum, int32, int64, uint32, uint64
  case varint
  /// sint32, sint64
  case zigzag
  /// fixed32, sfixed32, float
  case fixed32
  /// fixed64, sfixed64, double
  case fixed64
  /// string, bytes, message
  case lengthDelimited
  /// proto2 `group`, editions DELIMITED messages
  case group
}
