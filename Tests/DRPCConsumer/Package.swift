// swift-tools-version: 6.2
// A package of somebody else's, as far as the compiler is concerned: it sees only what the DRPC library makes public.
import PackageDescription

let package = Package(
  name: "drpc-consumer",
  dependencies: [.package(name: "drawbridge", path: "../..")],
  targets: [
    .executableTarget(
      name: "EchoExample", dependencies: [.product(name: "DRPC", package: "drawbridge")],
      swiftSettings: [.swiftLanguageMode(.v6)])
  ]
)
