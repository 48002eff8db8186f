// SchemaModel: the shape of every loaded schema, as flat and frozen tables.
//
// Owns: names, types, presence, services and methods, the same for protobuf and IDL; and `Diagnostic`,
// the one form in which loading reports what is wrong.
//
// Invariants
// - Built once at load by ProtobufSchema or IDLSchema, never changed afterwards; `Sendable` by value.
// - Every id is an index into one array of the same model: no object graph, no lookups by name after load.
// - The fields of a record are contiguous (`fields[record.fields]`), in declaration order.
// - Facts that only a wire form needs (field numbers, alignment, hashes) do not stand here but in
//   parallel tables (`ProtobufWireTable`, `CDRWireTable`, `DDSRPCTable`), read only by the program compilers of
//   Transcoding and by DDSRPC.
//
// Files
//   SchemaModel.swift        the tables and their ids
//   TypeDefinition.swift     types, fields, enumerators
//   ServiceDefinition.swift  services and methods
//   ProtobufWireTable.swift  protobuf's parallel table
//   CDRWireTable.swift       CDR's parallel tables
//   DDSRPCTable.swift        topics and operations of a DDS-RPC service
//   Dialect.swift            what implementations of DDS-RPC differ in
//   DDSQoS.swift             how their samples travel
//   Diagnostic.swift         located findings, collected
//   EditDistance.swift       "did you mean"
//   FileKind.swift           what stands at a path that a schema is read from
//   MD5.swift                hashes of names

/// The types, services and methods of one set of schema files.
package struct SchemaModel: Sendable {
  package var types: [TypeDefinition] = []
  package var fields: [FieldDefinition] = []
  package var enumerators: [Enumerator] = []
  /// Groups of fields of which at most one is set (protobuf `oneof`); `FieldDefinition.oneof` points here.
  package var oneofs: [OneofDefinition] = []
  package var services: [ServiceDefinition] = []
  package var methods: [MethodDefinition] = []
  /// Fully qualified name, as the schema language writes it, to type: `mgmt.PoolQueryReq`, `robot::Status`.
  package var typesByName: [String: TypeID] = [:]

  package init() {}

  package subscript(id: TypeID) -> TypeDefinition { types[Int(id.rawValue)] }
  package subscript(id: FieldID) -> FieldDefinition { fields[Int(id.rawValue)] }
  package subscript(id: MethodID) -> MethodDefinition { methods[Int(id.rawValue)] }

  /// Appends a type and, if it has a name, makes it findable.
  @discardableResult
  package mutating func append(_ type: TypeDefinition) -> TypeID {
    let id = TypeID(rawValue: Int32(types.count))
    types.append(type)
    if !type.name.isEmpty { typesByName[type.name] = id }
    return id
  }
}

/// Index into `SchemaModel.types`.
package struct TypeID: Hashable, Sendable, BitwiseCopyable {
  package let rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }
}

/// Index into `SchemaModel.fields`.
package struct FieldID: Hashable, Sendable, BitwiseCopyable {
  package let rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }
}

/// Index into `SchemaModel.oneofs`.
package struct OneofID: Hashable, Sendable {
  package let rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }
}

/// Index into `SchemaModel.methods`; backends key their own addresses (module and method, topic) by it.
package struct MethodID: Hashable, Sendable {
  package let rawValue: Int32
  package init(rawValue: Int32) { self.rawValue = rawValue }
}
