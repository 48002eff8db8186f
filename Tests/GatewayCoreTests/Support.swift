import Foundation
import GatewayCore
import Testing

/// Files beside these tests.
enum Fixture {
  /// The folder of Package.swift.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let folder = root.appending(path: "Tests/GatewayCoreTests/Fixtures")

  static func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }
}

extension String {
  var bytes: ArraySlice<UInt8> { Array(utf8)[...] }
}

func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

extension Problem {
  /// The body as a client gets it.
  func json(instance: String = "/v1/pools/tank", requestID: String = "0123456789abc") -> String {
    var output: [UInt8] = []
    write(to: &output, instance: instance.utf8, requestID: requestID)
    return text(output)
  }
}
