// swift-tools-version: 6.2
// A package of somebody else's, as far as the compiler is concerned: it sees only what the DDSRPC library makes public.
import PackageDescription

let package = Package(
  name: "ddsrpc-consumer",
  dependencies: [.package(name: "drawbridge", path: "../..")],
  targets: [
    .executableTarget(
      name: "RobotExample", dependencies: [.product(name: "DDSRPC", package: "drawbridge")],
      swiftSettings: [.swiftLanguageMode(.v6)]),
    .executableTarget(
      name: "ClientExample", dependencies: [.product(name: "DDSRPC", package: "drawbridge")],
      swiftSettings: [.swiftLanguageMode(.v6)]),
  ]
)
