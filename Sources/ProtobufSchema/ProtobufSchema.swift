// ProtobufSchema: descriptor sets and .proto files, lowered into SchemaModel and its ProtobufWireTable.
