package import SchemaModel

/// Bodies that pass through as they are. A message begins anywhere and ends with its bytes.
extension ProtobufCodec {
  package var rawForm: RawForm { .protobuf }

  package func refusalOfRaw(_ type: TypeID) -> String? { nil }

  package func appendRaw(_ body: [UInt8], to output: inout [UInt8]) { output += body }

  package func appendRaw(_ wire: [UInt8], at start: Int, to output: inout [UInt8]) {
    output += wire.dropFirst(start)
  }
}
