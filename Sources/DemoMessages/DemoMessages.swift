// DemoMessages: the messages of the demo's pool service, as SwiftProtobuf's generator writes them.
//
// Owns: generated code, in a target of its own because it keeps its own rules. After a change of
// Sources/drawbridge/Demo/demo.proto, make it anew with `make demo-messages`.
//
// Files
//   demo.pb.swift  generated from demo.proto
