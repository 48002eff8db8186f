import Foundation
import TestSupport
import Testing

/// How long a stop may take.
@Suite(.serialized) struct StopTests {
  /// A call that changes something is kept to its deadline, also when its client is cut off, but it does not keep the process.
  @Test func callsInFlightEndWithTheDrain() throws {
    let folder = try TestFolder()
    let peer = try Peers.start("drpc_misbehaviour.py", folder.file("peer.sock"), "--framing", "raw")
    defer { peer.stop() }
    try folder.write("text.proto", "syntax = \"proto3\";\nmessage Text { string text = 1; }\n")
    let gateway = try ServingGateway(
      folder,
      services: """
          peer:
            drpc: { sockets: \(folder.file("peer.sock")), framing: raw }
            protobuf: { files: [text.proto] }
            timeout: 10m
            methods: { never: { id: 2/306, request: Text, response: Text } }
            routes: { never: { post: /v1/never } }
        limits: { drain_timeout: 200ms }
        """)
    defer { gateway.stop() }
    let client = try RawClient(port: gateway.port)
    client.send(ServingGateway.request("POST", "/v1/never", [], json: "{}"))
    // When a later request of the one loop is answered, the call has left.
    #expect(try gateway.send("GET", "/nowhere").status == 404)
    gateway.process.signal(SIGTERM)
    #expect(client.receive().isEmpty)
    #expect(gateway.process.wait(seconds: 60) == 0)
    #expect(gateway.process.lines.all.contains { $0.contains(#""event":"stopped""#) })
  }
}
