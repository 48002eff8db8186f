import Foundation
import SchemaModel
import Testing
import Transcoding

/// Requests and replies of robot::RobotControl as two programs exchanged them (see Fixtures/dds-rpc.json).
@Suite struct RobotControlTests {
  static let schema = """
    enum Command = START_COMMAND:0 STOP_COMMAND:1
    struct Status { msg string }
    struct TooFast { }
    struct command_In { com Command }
    struct command_Out { }
    struct setSpeed_In { speed float32 }
    struct setSpeed_Out { return_ float32 }
    struct getSpeed_In { }
    struct getSpeed_Out { return_ float32 }
    struct getStatus_In { }
    struct getStatus_Out { status Status }
    """

  private struct Sample: Decodable {
    var operation: String
    var request: String
    var reply: String
    var reply_exception: String?
    var remote_exception: String?
  }

  private struct Recording: Decodable {
    var samples: [Sample]
  }

  private static func load() throws -> TestSchema {
    var schema = try TestSchema(Self.schema)
    for name in ["TooFast", "command_Out", "getSpeed_In", "getStatus_In"] { try schema.setPlaceholder(name) }
    return schema
  }

  /// The recorded JSON of each operation: request, reply.
  private static let texts = [
    "command": (#"{"com":"START_COMMAND"}"#, "{}"), "getSpeed": ("{}", #"{"return_":3.5}"#),
    "getStatus": ("{}", #"{"status":{"msg":"running at 3.5"}}"#),
  ]

  private func text(_ sample: Sample) -> (request: String, reply: String) {
    if sample.operation == "setSpeed" {
      return sample.reply_exception == nil
        ? (#"{"speed":3.5}"#, #"{"return_":3.5}"#) : (#"{"speed":99}"#, "{}")
    }
    return Self.texts[sample.operation] ?? ("", "")
  }

  /// Header, identity and discriminators come before the message: 40 bytes in both roles.
  private static let prefix = 40

  @Test func recordedSamplesBothRoles() throws {
    let schema = try Self.load()
    let file = Fixtures.root.appending(path: "Tests/TranscodingTests/Fixtures/dds-rpc.json")
    let recording = try JSONDecoder().decode(Recording.self, from: Data(contentsOf: file))
    var checked = 0
    for sample in recording.samples where sample.remote_exception == nil {
      let request = [UInt8](hex: sample.request)
      let reply = [UInt8](hex: sample.reply)
      let replyType = sample.reply_exception == nil ? "\(sample.operation)_Out" : "TooFast"
      let text = text(sample)
      for (type, wire, json) in [
        ("\(sample.operation)_In", request, text.request), (replyType, reply, text.reply),
      ] {
        var written = try schema.wire(type, json, after: Array(wire[..<Self.prefix]))
        // The transport pads.
        written += [UInt8](repeating: 0, count: (4 - written.count % 4) % 4)
        #expect(written == wire, "\(type) \(written.hex)")
        #expect(try schema.json(type, wire, at: Self.prefix) == json)
        checked += 1
      }
    }
    #expect(checked == 10)
  }

  @Test func nothingStandsForAPlaceholderAsWell() throws {
    let schema = try Self.load()
    let header = Representation.xcdr1.header()
    for rest in [[], [0], [0xFF], [0, 0, 0, 0], [0xAA, 0xBB, 0xCC, 0xDD]] as [[UInt8]] {
      #expect(try schema.json("TooFast", header + rest) == "{}")
    }
    #expect(throws: TranscodeError(.trailingWire, offset: 5)) {
      try schema.json("TooFast", header + [0, 0, 0, 0, 0])
    }
  }

  @Test func mistakesAreNamed() throws {
    let schema = try Self.load()
    let rows: [(String, String, String, String)] = [
      ("command_In", #"{"com":"GO"}"#, "/com", "unknown enum value 'GO'; one of START_COMMAND, STOP_COMMAND"),
      ("command_In", #"{"com":7}"#, "/com", "unknown enum value '7'; one of START_COMMAND, STOP_COMMAND"),
      ("command_In", #"{"con":0}"#, "/con", "unknown field; did you mean 'com'?"),
      ("command_In", "{}", "/com", "missing the required field 'com'"),
      ("command_In", #"{"com":null}"#, "/com", "null is not allowed here"),
      ("setSpeed_In", #"{"speed":"x"}"#, "/speed", "expected a number that fits a float"),
      ("setSpeed_In", #"{"speed":1e39}"#, "/speed", "expected a number that fits a float"),
      ("setSpeed_In", #"{"speed":1,"speed":2}"#, "/speed", "duplicate key"),
      ("setSpeed_In", "[]", "", "expected an object"),
      ("getSpeed_In", #"{"speed":1}"#, "/speed", "unknown field"),
    ]
    for (type, json, pointer, reason) in rows {
      let problem = try schema.problem(type, RequestInput(body: Array(json.utf8)))
      #expect(problem?.pointer == pointer, "\(json)")
      #expect(problem?.reason == reason, "\(json)")
    }
  }
}
