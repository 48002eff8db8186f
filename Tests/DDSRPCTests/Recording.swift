import Foundation
import Testing

@testable import DDSRPC

/// Fixtures/robot-control.json: what a client and a server written in Python said to each other.
struct Recording: Decodable, Sendable {
  struct Sample: Decodable, Sendable, CustomTestStringConvertible {
    let operation: String
    let sequence: Int64
    let request: String
    let reply: String
    let exception: String?
    let remoteException: String?

    enum CodingKeys: String, CodingKey {
      case operation, sequence, request, reply
      case exception = "reply_exception"
      case remoteException = "remote_exception"
    }

    var testDescription: String { "\(sequence): \(operation)" }

    var label: Int32 {
      switch operation {
      case "command": Robot.labels[0]
      case "setSpeed": Robot.labels[1]
      case "getSpeed": Robot.labels[2]
      case "getStatus": Robot.labels[3]
      default: 12345
      }
    }

    /// By hand, from the JSON beside the bytes.
    var parameters: [UInt8]? {
      switch sequence {
      case 1: [0, 0, 0, 0]
      case 2: [0, 0, 0x60, 0x40]
      case 4: [0, 0, 0xC6, 0x42]
      case 3, 5, 6: [0]
      default: nil
      }
    }

    var result: [UInt8]? {
      switch sequence {
      case 1: [0]
      case 2, 3: [0, 0, 0x60, 0x40]
      case 5: [15, 0, 0, 0] + Array("running at 3.5".utf8) + [0]
      default: nil
      }
    }
  }

  let guid: String
  let samples: [Sample]

  enum CodingKeys: String, CodingKey {
    case guid = "client_writer_guid"
    case samples
  }

  static func load() throws -> Recording {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "Fixtures/robot-control.json")
    return try JSONDecoder().decode(Recording.self, from: Data(contentsOf: file))
  }

  var writer: GUID? {
    guard let bytes = Self.bytes(guid), bytes.count == 16 else { return nil }
    func word(_ part: ArraySlice<UInt8>) -> UInt64 { part.reduce(0) { $0 << 8 | UInt64($1) } }
    return GUID(first: word(bytes[..<8]), second: word(bytes[8...]))
  }

  static func bytes(_ hexadecimal: String) -> [UInt8]? {
    let digits = Array(hexadecimal)
    guard digits.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    for position in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(digits[position...position + 1]), radix: 16) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}
