import Foundation
import IDLSchema
import SchemaModel
import Transcoding

// Our side of Benchmarks/cdr_bench.py.
//
//     cdr-bench prepare IDL DIR   writes CASE.wire, CASE.json and index.txt (case, type, sizes)
//     cdr-bench measure IDL DIR   answers lines: CASE DIRECTION SECONDS -> nanoseconds a message
//
// DIRECTION: to-json | to-wire.

/// Something that makes figures impossible.
struct BenchmarkError: Error, CustomStringConvertible {
  var description: String
}

/// A message of the benchmark: its type, what stands before it, and its JSON.
struct Case {
  var name: String
  var type: String
  var prefix: [UInt8]
  var json: String

  static let header: [UInt8] = [0, 1, 0, 0]

  static let all: [Case] = [
    // Behind the header of a request: 40 bytes.
    Case(
      name: "robot", type: "bench::RobotControl_command_In",
      prefix: header + [UInt8](repeating: 7, count: 24) + [1, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4],
      json: #"{"com":"START_COMMAND"}"#),
    Case(name: "telemetry", type: "bench::Telemetry", prefix: header, json: telemetry),
    Case(name: "list-10k", type: "bench::List", prefix: header, json: list(items: 180)),
    Case(name: "octets-1M", type: "bench::Blob", prefix: header, json: octets(1 << 20)),
    Case(name: "doubles-100k", type: "bench::Doubles", prefix: header, json: doubles(100_000)),
  ]

  private static let telemetry = """
    {"id":4711,"stamp":"1732204800123456789","name":"rover-07","x":12.25,"y":-3.140625,"z":0.5,"vx":1.5,"vy":-0.25,\
    "vz":0,"mode":"READY","ok":true,"level":-12,"count":"9007199254740993","cells":6,"left":1200,"right":-1200,\
    "heading":1.5707963267948966,"frame":"map","errors":0,"battery":0.8125}
    """

  /// The content of the protobuf benchmark's list.
  private static func list(items: Int) -> String {
    let texts = (0..<items).map { number in
      let state = number % 2 == 0 ? "READY" : "DEGRADED"
      return
        #"{"id":"\#(9_000_000_000 + UInt64(number) * 7919)","name":"item number \#(number) of the list","#
        + #""value":\#(0.25 + Double(number) * 1.37),"enabled":\#(number % 3 == 0),"state":"\#(state)"}"#
    }
    return #"{"items":[\#(texts.joined(separator: ","))]}"#
  }

  private static func octets(_ count: Int) -> String {
    #"{"data":"\#(Data((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 >> 3) }).base64EncodedString())"}"#
  }

  private static func doubles(_ count: Int) -> String {
    #"{"values":[\#((0..<count).map { "\(Double($0) * 1.37 + 0.25)" }.joined(separator: ","))]}"#
  }
}

/// The types, with the requests and replies of the interface.
func load(_ path: String) throws -> (model: SchemaModel, codec: CDRCodec) {
  var diagnostics = Diagnostics()
  guard var schema = IDLSchemaLoader.load(sources: [.file(path: path)], diagnostics: &diagnostics),
    schema.addService(interface: 0, options: ServiceOptions(), diagnostics: &diagnostics) != nil
  else { throw BenchmarkError(description: "\(diagnostics.all)") }
  return (schema.model, CDRCodec(model: schema.model, wire: schema.wire))
}

/// Calls `body` for about `seconds` and returns the nanoseconds of one call.
func time(_ seconds: Double, _ body: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  var calls = 1
  while true {
    let start = clock.now
    for _ in 0..<calls { try body() }
    let passed = (clock.now - start) / Duration.nanoseconds(1)
    if passed >= seconds * 0.5e9 { return passed / Double(calls) }
    calls = max(calls * 2, Int(Double(calls) * seconds * 0.8e9 / max(passed, 1)))
  }
}

let arguments = CommandLine.arguments
guard arguments.count == 4 else { throw BenchmarkError(description: "prepare | measure IDL DIR") }

func type(_ item: Case, _ model: SchemaModel) throws -> TypeID {
  guard let type = model.typesByName[item.type] else { throw BenchmarkError(description: item.type) }
  return type
}

func prepare(_ model: SchemaModel, _ codec: CDRCodec, _ folder: URL) throws {
  let scratch = TranscodingScratch()
  var index = ""
  for item in Case.all {
    var wire = item.prefix
    try codec.encode(
      type(item, model), from: RequestInput(body: Array(item.json.utf8)), into: &wire, scratch: scratch)
    try Data(wire).write(to: folder.appending(path: item.name + ".wire"))
    try Data(item.json.utf8).write(to: folder.appending(path: item.name + ".json"))
    index +=
      "\(item.name) \(item.type.split(separator: ":").last ?? "") \(wire.count) \(item.json.utf8.count)\n"
  }
  try Data(index.utf8).write(to: folder.appending(path: "index.txt"))
}

func measure(_ model: SchemaModel, _ codec: CDRCodec, _ folder: URL) throws {
  let scratch = TranscodingScratch()
  while let line = readLine() {
    let words = line.split(separator: " ").map(String.init)
    guard words.count == 3, let item = Case.all.first(where: { $0.name == words[0] }),
      let seconds = Double(words[2])
    else { throw BenchmarkError(description: "cannot understand: \(line)") }
    let type = try type(item, model)
    let wire = [UInt8](try Data(contentsOf: folder.appending(path: item.name + ".wire")))
    let input = RequestInput(body: Array(item.json.utf8))
    var output: [UInt8] = []
    let nanoseconds =
      words[1] == "to-json"
      ? try time(seconds) {
        output.removeAll(keepingCapacity: true)
        try codec.decode(
          type, from: wire, at: item.prefix.count, selecting: [], into: &output, scratch: scratch)
      }
      : try time(seconds) {
        output.removeAll(keepingCapacity: true)
        output += item.prefix
        try codec.encode(type, from: input, into: &output, scratch: scratch)
      }
    print(nanoseconds)
    fflush(nil)
  }
}

let (model, codec) = try load(arguments[2])
let folder = URL(fileURLWithPath: arguments[3])
if arguments[1] == "prepare" {
  try prepare(model, codec, folder)
} else {
  try measure(model, codec, folder)
}
