// swift-tools-version: 6.2
// The targets are the layers of ARCHITECTURE.md, lowest first. Tests/ArchitectureTests holds the
// permitted imports and fails when this file or an import statement breaks the rule.
import PackageDescription

/// Settings of every Swift target of ours; dependencies keep their own.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
  name: "drawbridge",
  products: [
    .executable(name: "drawbridge", targets: ["drawbridge"]),
    .library(name: "DRPC", targets: ["DRPC"]),
    .library(name: "DDSRPC", targets: ["DDSRPC"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // C libraries, each behind one target.
    .systemLibrary(name: "CLinux"),
    .systemLibrary(
      name: "CMicrohttpd", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
    .target(
      name: "CCyclone",
      // DDS_NDEBUG must match the build of Debian's libddsc: internal structures change with it.
      cSettings: [.define("DDS_NDEBUG")], linkerSettings: [.linkedLibrary("ddsc")]),

    // Layers.
    .target(name: "SchemaModel", swiftSettings: strict),
    .target(name: "EventLoop", dependencies: ["CLinux"], swiftSettings: strict),
    .target(name: "RPCCore", dependencies: ["EventLoop", "SchemaModel"], swiftSettings: strict),
    .target(name: "Transcoding", dependencies: ["SchemaModel"], swiftSettings: strict),
    .target(name: "IDLSchema", dependencies: ["SchemaModel"], swiftSettings: strict),
    .target(
      name: "ProtobufSchema",
      dependencies: ["SchemaModel", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
      resources: [
        .embedInCode("WellKnown.binpb"), .embedInCode("Protos/drawbridge/drpc.proto"),
        .embedInCode("Protos/google/api/annotations.proto"), .embedInCode("Protos/google/api/http.proto"),
      ],
      swiftSettings: strict),
    .target(
      name: "Routing", dependencies: ["SchemaModel", "Transcoding"], swiftSettings: strict),
    .target(
      name: "GatewayCore",
      dependencies: [
        "SchemaModel", "EventLoop", "RPCCore", "Transcoding", "IDLSchema", "ProtobufSchema",
        "Routing", .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),

    // Adapters: they never import each other.
    .target(
      name: "OpenAPIDocument", dependencies: ["SchemaModel", "GatewayCore"], swiftSettings: strict),
    .target(
      name: "HTTPFront", dependencies: ["CLinux", "CMicrohttpd", "EventLoop", "GatewayCore", "Routing"],
      swiftSettings: strict),
    .target(
      name: "DRPC", dependencies: ["CLinux", "EventLoop", "RPCCore", "SchemaModel"],
      swiftSettings: strict),
    .target(
      name: "DDSRPC",
      dependencies: ["CCyclone", "EventLoop", "RPCCore", "SchemaModel", "Transcoding"],
      swiftSettings: strict),

    // Generated code; it keeps its generator's rules.
    .target(
      name: "DemoMessages", dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
      swiftSettings: [.swiftLanguageMode(.v6)]),

    // The command line wires everything.
    .executableTarget(
      name: "drawbridge",
      dependencies: [
        "DRPC", "DDSRPC", "DemoMessages", "EventLoop", "GatewayCore", "HTTPFront", "OpenAPIDocument",
        "RPCCore",
        "SchemaModel", "Transcoding", "Routing", "ProtobufSchema", "IDLSchema",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      resources: [
        .embedInCode("Demo/demo.binpb"), .embedInCode("Demo/demo.proto"), .embedInCode("Demo/demo.yaml"),
        .embedInCode("Demo/robot.idl"), .embedInCode("Demo/calibration.idl"),
      ],
      swiftSettings: strict),

    .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"], swiftSettings: strict),
    .testTarget(name: "DRPCConsumerTests", dependencies: ["DRPC"], swiftSettings: strict),
    .testTarget(
      name: "ConfigurationTests", dependencies: ["GatewayCore", "Routing", "SchemaModel"], exclude: ["Cases"],
      swiftSettings: strict),
    .testTarget(name: "DDSRPCConsumerTests", dependencies: ["DDSRPC", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "DDSRPCTests",
      dependencies: ["CCyclone", "DDSRPC", "EventLoop", "RPCCore", "SchemaModel", "TestSupport"],
      exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "DRPCTests", dependencies: ["DRPC", "EventLoop", "RPCCore", "SchemaModel", "TestSupport"],
      exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests", dependencies: ["DDSRPC", "TestSupport", "daos-stand-in", "drawbridge"],
      swiftSettings: strict),
    .testTarget(name: "EventLoopTests", dependencies: ["EventLoop"], swiftSettings: strict),
    .testTarget(
      name: "GatewayCoreTests",
      dependencies: [
        "EventLoop", "GatewayCore", "RPCCore", "Routing", "SchemaModel", "TestSupport", "Transcoding",
      ],
      exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "HTTPFrontTests",
      dependencies: ["EventLoop", "GatewayCore", "HTTPFront", "TestSupport", "Transcoding"],
      swiftSettings: strict),
    .testTarget(
      name: "IDLSchemaTests", dependencies: ["IDLSchema", "SchemaModel", "TestSupport"],
      exclude: ["Corpus", "Fixtures"],
      swiftSettings: strict),
    .testTarget(
      name: "ProtobufSchemaTests",
      dependencies: [
        "ProtobufSchema", "SchemaModel", "TestSupport",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ], swiftSettings: strict),
    .testTarget(name: "RPCCoreTests", dependencies: ["RPCCore"], swiftSettings: strict),
    .testTarget(
      name: "RoutingTests", dependencies: ["Routing", "SchemaModel", "Transcoding"],
      exclude: ["Templates", "Routes"], swiftSettings: strict),
    // What the fuzzers do; tests replay what they found.
    .target(
      name: "FuzzCases",
      dependencies: ["IDLSchema", "ProtobufSchema", "Routing", "SchemaModel", "Transcoding"],
      path: "Fuzz/Cases", resources: [.embedInCode("schema.binpb"), .embedInCode("types.idl")],
      swiftSettings: strict),
    // A DAOS node without DAOS, on the DRPC library; generated messages keep their generator's rules.
    .executableTarget(
      name: "daos-stand-in",
      dependencies: ["DAOSMessages", "DRPC", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
      path: "Tests/DAOSStandIn/Program", swiftSettings: strict),
    .target(
      name: "DAOSMessages", dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
      path: "Tests/DAOSStandIn/Messages", swiftSettings: [.swiftLanguageMode(.v6)]),
    .target(name: "CSpawn", path: "Tests/CSpawn"),
    .target(
      name: "TestSupport", dependencies: ["CSpawn"], path: "Tests/TestSupport", swiftSettings: strict),
    // Generated code for a second oracle, see `make corpus-messages`.
    .target(
      name: "CorpusMessages", dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
      path: "Tests/CorpusMessages", swiftSettings: [.swiftLanguageMode(.v6)]),
    .testTarget(
      name: "TranscodingTests",
      dependencies: [
        "CorpusMessages", "FuzzCases", "IDLSchema", "ProtobufSchema", "SchemaModel", "TestSupport",
        "Transcoding",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["Fixtures"], swiftSettings: strict),
  ]
)

// What only developers run: benchmarks and fuzzers. They are built when the Makefile asks for them, so that nobody
// else waits for them.
if Context.environment["DRAWBRIDGE_TOOLS"] != nil {
  package.products.append(.library(name: "Fuzzer", type: .static, targets: ["Fuzzer"]))
  package.targets += [
    .target(
      name: "BenchMessages", dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
      path: "Benchmarks/Transcoding/Messages", swiftSettings: [.swiftLanguageMode(.v6)]),
    .target(name: "MallocCounter", path: "Benchmarks/Transcoding/MallocCounter"),
    .executableTarget(
      name: "transcoding-bench",
      dependencies: [
        "BenchMessages", "ProtobufSchema", "SchemaModel", "Transcoding",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ], path: "Benchmarks/Transcoding/Program", swiftSettings: strict),
    .executableTarget(
      name: "cdr-bench", dependencies: ["IDLSchema", "SchemaModel", "Transcoding"],
      path: "Benchmarks/CDR/Program", swiftSettings: strict),
    .executableTarget(
      name: "transcoding-allocations",
      dependencies: ["MallocCounter", "ProtobufSchema", "SchemaModel", "Transcoding"],
      path: "Benchmarks/Transcoding/Allocations", swiftSettings: strict),
    .executableTarget(
      name: "routing-bench", dependencies: ["GatewayCore", "Routing", "SchemaModel"],
      path: "Benchmarks/Routing",
      swiftSettings: strict),
    // A library: SwiftPM gives a program another name for `main` than libFuzzer has, so that the Makefile links.
    .target(name: "Fuzzer", dependencies: ["FuzzCases"], path: "Fuzz/Fuzzer", swiftSettings: strict),
  ]
}
