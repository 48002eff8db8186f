/// What one module may know.
struct Layer {
  let name: String
  /// The targets and products that Package.swift may list and the sources may import.
  let permitted: Set<String>
  /// Modules of the toolchain; `Swift` and `Synchronization` are open to all.
  var system: Set<String> = []
  /// Folders and files of the module, relative to `Sources`, to which Foundation is confined; empty: banned.
  var foundation: [String] = []
}

/// The layer rule of ARCHITECTURE.md, lowest first. Package.swift may ask for less, never for more.
///
/// An adapter (HTTPFront, DRPC, DDSRPC, OpenAPIDocument) stands in no other module's row but the command
/// line's, and a C library only in the rows of those that wrap it.
let layers: [Layer] = [
  Layer(name: "SchemaModel", permitted: [], system: ["Glibc"]),
  Layer(name: "EventLoop", permitted: ["CLinux"], system: ["Glibc"]),
  Layer(name: "RPCCore", permitted: ["EventLoop", "SchemaModel"]),
  Layer(name: "Transcoding", permitted: ["SchemaModel"]),
  Layer(
    name: "IDLSchema", permitted: ["SchemaModel"], foundation: ["IDLSchema/IDLSchemaLoader.swift"]),
  Layer(
    name: "ProtobufSchema", permitted: ["SchemaModel", "SwiftProtobuf"], foundation: ["ProtobufSchema/"]),
  Layer(name: "Routing", permitted: ["SchemaModel", "Transcoding"]),
  Layer(
    name: "GatewayCore",
    permitted: [
      "EventLoop", "IDLSchema", "ProtobufSchema", "RPCCore", "Routing", "SchemaModel", "Transcoding", "Yams",
    ],
    foundation: ["GatewayCore/Configuration/"]),
  Layer(name: "OpenAPIDocument", permitted: ["GatewayCore", "Routing", "SchemaModel"]),
  Layer(
    name: "HTTPFront",
    permitted: ["CLinux", "CMicrohttpd", "EventLoop", "GatewayCore", "RPCCore", "Routing"],
    system: ["Glibc"]),
  Layer(name: "DRPC", permitted: ["CLinux", "EventLoop", "RPCCore", "SchemaModel"], system: ["Glibc"]),
  Layer(
    name: "DDSRPC", permitted: ["CCyclone", "EventLoop", "RPCCore", "SchemaModel", "Transcoding"],
    system: ["Glibc"]),
  Layer(name: "DemoMessages", permitted: ["SwiftProtobuf"], foundation: ["DemoMessages/"]),
  Layer(
    name: "drawbridge",
    permitted: [
      "ArgumentParser", "DDSRPC", "DRPC", "DemoMessages", "EventLoop", "GatewayCore", "HTTPFront",
      "IDLSchema",
      "OpenAPIDocument", "ProtobufSchema", "RPCCore", "Routing", "SchemaModel", "SwiftProtobuf",
      "Transcoding",
    ],
    system: ["Glibc"], foundation: ["drawbridge/"]),
]

/// The modules at the border; none may know another.
let adapters: Set = ["HTTPFront", "DRPC", "DDSRPC", "OpenAPIDocument"]

/// The wrapped C libraries and who may import them.
let libraries: [String: Set<String>] = [
  "CMicrohttpd": ["HTTPFront"],
  "CCyclone": ["DDSRPC"],
  "CLinux": ["EventLoop", "DRPC", "HTTPFront"],
]

/// Folders of one module that do not know each other: what the names of each begin with.
let apart: [String: String] = ["Transcoding/CDR/": "CDR", "Transcoding/Protobuf/": "Protobuf"]

/// Files that may start work off the event loops, each with its reason.
let detachedTaskFiles: Set<String> = []
