import Foundation
import MallocCounter
import ProtobufSchema
import SchemaModel
import Transcoding

// Counts the allocations of a call: as many for 160 fields as for 16, or exit code 1.
//
//     transcoding-allocations SET
//
// Before that it counts allocations whose number is known.

/// Something that makes the count impossible.
struct CountError: Error, CustomStringConvertible {
  var description: String
}

/// A message of `bench.ScalarsN` with every field set: ten kinds in turn, as scalars.proto has them.
func json(fields: Int) -> [UInt8] {
  let values = [
    "-5", "\"some text\"", "\"12345678901\"", "0.1", "true", "\"AAECAw==\"", "\"-7\"", "77",
    "\"STATE_READY\"", "1.5",
  ]
  let members = (0..<fields).map { "\"field\($0 + 1)\":\(values[$0 % values.count])" }
  return Array("{\(members.joined(separator: ","))}".utf8)
}

/// Allocations of one call, after calls that let the buffers grow.
func allocations(_ body: () throws -> Void) rethrows -> UInt {
  for _ in 0..<4 { try body() }
  let calls: UInt = 100
  let before = malloc_calls()
  for _ in 0..<calls { try body() }
  return (malloc_calls() - before) / calls
}

guard CommandLine.arguments.count == 2 else {
  throw CountError(description: "one argument: a descriptor set")
}
var diagnostics = Diagnostics()
guard
  let schema = ProtobufSchemaLoader.load(
    sources: [.descriptorSet(path: CommandLine.arguments[1])], diagnostics: &diagnostics)
else { throw CountError(description: "\(diagnostics.all)") }
let codec = ProtobufCodec(model: schema.model, wire: schema.wire)
let scratch = TranscodingScratch()

// A counter that sees nothing would find everything in order: these are seven.
let seen = allocations {
  _ = (1...7).map { ManagedBuffer<Int, UInt8>.create(minimumCapacity: $0 * 100) { _ in 0 } }
}
// One more for the array of them.
guard seen == 8 else { throw CountError(description: "the counter saw \(seen) of 8 allocations") }

var toWire: [UInt] = []
var toJSON: [UInt] = []
for fields in [16, 160] {
  guard let type = schema.model.typesByName["bench.Scalars\(fields)"] else {
    throw CountError(description: "bench.Scalars\(fields) is missing")
  }
  let input = RequestInput(body: json(fields: fields))
  var wire: [UInt8] = []
  try codec.encode(type, from: input, into: &wire, scratch: scratch)
  var output: [UInt8] = []
  toWire.append(
    try allocations {
      output.removeAll(keepingCapacity: true)
      try codec.encode(type, from: input, into: &output, scratch: scratch)
    })
  toJSON.append(
    try allocations {
      output.removeAll(keepingCapacity: true)
      try codec.decode(type, from: wire, at: 0, selecting: [], into: &output, scratch: scratch)
    })
}
print("allocations a call   16 fields   160 fields")
print("JSON to wire         \(toWire[0])           \(toWire[1])")
print("wire to JSON         \(toJSON[0])           \(toJSON[1])")
exit(toWire[0] == toWire[1] && toJSON[0] == toJSON[1] ? 0 : 1)
