import BenchMessages
import Foundation
import ProtobufSchema
import SchemaModel
import SwiftProtobuf
import Transcoding

// One side of `make bench-transcoding`; Benchmarks/transcoding_bench.py drives it.
//
//     transcoding-bench prepare DIR      writes CASE.wire, CASE.json and index.txt (case, type, sizes)
//     transcoding-bench measure DIR SET  answers lines: SUBJECT CASE DIRECTION SECONDS -> nanoseconds a message
//
// SUBJECT: drawbridge | generated. DIRECTION: to-json | to-wire.

/// Something that makes figures impossible.
struct BenchmarkError: Error, CustomStringConvertible {
  var description: String
}

func prepare(_ folder: URL) throws {
  var index = ""
  for item in Case.all {
    let wire: [UInt8] = try item.message.serializedBytes()
    let json: [UInt8] = try item.message.jsonUTF8Bytes()
    try Data(wire).write(to: folder.appending(path: item.name + ".wire"))
    try Data(json).write(to: folder.appending(path: item.name + ".json"))
    index += "\(item.name) \(type(of: item.message).protoMessageName) \(wire.count) \(json.count)\n"
  }
  try Data(index.utf8).write(to: folder.appending(path: "index.txt"))
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

func measure(_ folder: URL, _ set: String) throws {
  var diagnostics = Diagnostics()
  guard
    let schema = ProtobufSchemaLoader.load(sources: [.descriptorSet(path: set)], diagnostics: &diagnostics)
  else { throw BenchmarkError(description: "\(diagnostics.all)") }
  let codec = ProtobufCodec(model: schema.model, wire: schema.wire)
  let scratch = TranscodingScratch()
  while let line = readLine() {
    let words = line.split(separator: " ").map(String.init)
    guard words.count == 4, let item = Case.all.first(where: { $0.name == words[1] }),
      let seconds = Double(words[3]),
      let type = schema.model.typesByName[Swift.type(of: item.message).protoMessageName]
    else { throw BenchmarkError(description: "cannot understand: \(line)") }
    let wire = [UInt8](try Data(contentsOf: folder.appending(path: item.name + ".wire")))
    let json = [UInt8](try Data(contentsOf: folder.appending(path: item.name + ".json")))
    let nanoseconds: Double
    switch (words[0], words[2]) {
    case ("drawbridge", "to-json"):
      var output: [UInt8] = []
      nanoseconds = try time(seconds) {
        output.removeAll(keepingCapacity: true)
        try codec.decode(type, from: wire, at: 0, selecting: [], into: &output, scratch: scratch)
      }
    case ("drawbridge", "to-wire"):
      let input = RequestInput(body: json)
      var output: [UInt8] = []
      nanoseconds = try time(seconds) {
        output.removeAll(keepingCapacity: true)
        try codec.encode(type, from: input, into: &output, scratch: scratch)
      }
    case ("generated", "to-json"):
      nanoseconds = try time(seconds) { try item.generatedToJSON(wire) }
    case ("generated", "to-wire"):
      nanoseconds = try time(seconds) { try item.generatedToWire(json) }
    default: throw BenchmarkError(description: "cannot understand: \(line)")
    }
    print(nanoseconds)
    fflush(nil)
  }
}

let arguments = CommandLine.arguments
switch arguments.dropFirst().first {
case "prepare" where arguments.count == 3:
  try prepare(URL(fileURLWithPath: arguments[2]))
case "measure" where arguments.count == 4:
  try measure(URL(fileURLWithPath: arguments[2]), arguments[3])
default:
  throw BenchmarkError(description: "prepare DIR | measure DIR SET")
}
