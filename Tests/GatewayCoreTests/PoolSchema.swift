import Foundation
import SchemaModel
import TestSupport

/// Fixtures/pool.proto as `protoc` writes it, in a folder of its own for as long as the tests run.
enum PoolSchema {
  /// A folder for configuration files; `pool.binpb` and `pool.proto` are in it.
  static let folder: Result<URL, any Error> = Result {
    let folder = try folderUntilExit()
    try FileManager.default.copyItem(
      at: Fixture.folder.appending(path: "pool.proto"), to: folder.appending(path: "pool.proto"))
    let protoc = try Finished.run(
      "/usr/bin/env",
      [
        "protoc", "--proto_path=\(folder.path)", "--include_imports", "--include_source_info",
        "--descriptor_set_out=\(folder.appending(path: "pool.binpb").path)", "pool.proto",
      ])
    guard protoc.status == 0 else { throw ProtocFailed(errors: protoc.errors) }
    return folder
  }

  private struct ProtocFailed: Error { let errors: String }
}

/// The wire form of a message, written by hand: the codec is not asked about itself.
struct Wire {
  private(set) var bytes: [UInt8] = []

  init(bytes: [UInt8] = []) { self.bytes = bytes }

  static func varint(_ value: UInt64) -> [UInt8] {
    var (rest, bytes): (UInt64, [UInt8]) = (value, [])
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  /// A field of varint type; negative numbers take ten bytes.
  func number(_ field: UInt64, _ value: Int64) -> Wire {
    Wire(bytes: bytes + Self.varint(field << 3) + Self.varint(UInt64(bitPattern: value)))
  }

  func text(_ field: UInt64, _ value: String) -> Wire { message(field, Wire(bytes: Array(value.utf8))) }

  func message(_ field: UInt64, _ value: Wire) -> Wire {
    Wire(bytes: bytes + Self.varint(field << 3 | 2) + Self.varint(UInt64(value.bytes.count)) + value.bytes)
  }

  /// The fields of a message in the order of their numbers; the order on the wire has no meaning. All that is
  /// needed here is shorter than 128 bytes.
  static func fields(_ bytes: [UInt8]) -> [[UInt8]] {
    var fields: [[UInt8]] = []
    var rest = bytes[...]
    while let tag = rest.first {
      var length = 2
      if tag & 7 == 2 { length += Int(rest.dropFirst().first ?? 0) }
      if tag & 7 == 0 { length = 1 + rest.dropFirst().prefix { $0 >= 0x80 }.count + 1 }
      fields.append(Array(rest.prefix(length)))
      rest = rest.dropFirst(length)
    }
    return fields.sorted { $0[0] < $1[0] }
  }
}
