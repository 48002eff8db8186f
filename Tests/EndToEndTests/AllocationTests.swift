import Foundation
import TestSupport
import Testing

/// How often one request of the real gateway calls the allocator, from its head to the last byte of its answer.
///
/// The bounds are those of a debug build, in which the compiler leaves more than in a release; `make bench-drpc` has that
/// one's. Lower them when a change makes that possible.
@Suite(.serialized) struct AllocationTests {
  private static let requests = 500

  @Test(.enabled(if: !isSanitized), arguments: [(100, 126), (4_000, 128)])
  func allocationsOfACall(_ size: Int, _ bound: Int) throws {
    let folder = try ServerDeathTests.folder()
    let (socket, library) = (folder.file("peer.sock"), folder.file("counter.so"))
    let compiled = try Finished.run(
      "/usr/bin/env",
      ["gcc", "-shared", "-fPIC", "-O1", "-o", library, Peers.script("malloc_counter.c")])
    #expect(compiled.status == 0, "\(compiled.errors)")
    let peer = try Peers.start("drpc_misbehaviour.py", socket)
    defer { peer.stop() }
    let gateway = try ServingGateway(
      folder, services: ServerDeathTests.echoService("echo", socket),
      environment: ["LD_PRELOAD": library, "MALLOC_COUNTER": folder.file("counter")])
    defer { gateway.stop() }
    let client = try RawClient(port: gateway.port)
    let text = String(repeating: "x", count: size)
    let request = ServingGateway.request("POST", "/echo", [], json: #"{"text":"\#(text)"}"#)
    func count() throws -> UInt64 {
      let bytes = try Data(contentsOf: URL(filePath: folder.file("counter")))
      return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    func send(_ number: Int) throws {
      for _ in 0..<number {
        client.send(request)
        try #require(client.receiveResponse()?.status == 200)
      }
    }
    // Buffers have their sizes, and tables are filled.
    try send(200)
    let before = try count()
    try send(Self.requests)
    let each = Double(try count() - before) / Double(Self.requests)
    print("allocations of a call with a text of \(size) bytes: \(each)")
    #expect(each > 0, "the counter does not see the allocator")
    #expect(each <= Double(bound))
  }
}
