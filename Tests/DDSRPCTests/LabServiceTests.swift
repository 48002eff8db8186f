import EventLoop
import Foundation
import TestSupport
import Testing

@testable import DDSRPC

/// lab::Base and lab::Bench written with the library, called by typed C of idlc: inheritance over two pairs of topics,
/// attributes, inout, strings and sequences, oneway, an exception with members, each remote exception.
@Suite(.serialized) struct LabServiceTests {
  @Test func servesTypedC() async throws {
    let network = freshNetwork(isTagged: false)
    let (base, bench) = (try Self.base(network), try Self.bench(network))
    try base.start()
    try bench.start()
    let run = try Finished.run(try CompiledPeer.idlc(), ["call", "\(network.domain)", "lab"])
    #expect(
      run.output.split(separator: "\n") == [
        "ping 42", "code 1", "code 2", "code 3", "code 4", "code 5",
        "set 0", "level 7", "model Böck 3", "swap a none three,1,-2,3", "jammed paper -7", "level 17",
      ], "\(run.output) \(run.errors)")
    #expect(base.counters?.requests == 6 && bench.counters?.requests == 7)
    await base.stop()
    await bench.stop()
  }

  private static func base(_ network: DDSNetwork) throws -> DDSService {
    let base = DDSService(interface: "lab::Base", network: network)
    try base.register("ping") { request, reply in
      var parameters = request.reader()
      let value = try parameters.readInt32()
      guard !(1...5).contains(value) else { throw DDSRemoteException(rawValue: value) }
      reply.write(value + 1)
    }
    return base
  }

  private static func bench(_ network: DDSNetwork) throws -> DDSReplier {
    let level = Lock(Int32(0))
    let bench = DDSReplier(
      .interface("lab::Bench"),
      operations: ["get_attribute_level", "set_attribute_level", "get_attribute_model", "swap", "poke"],
      network: network
    ) { request, replies in
      var parameters = request.reader()
      switch request.operation {
      case "get_attribute_level": try await replies.send { $0.write(level.withLock { $0 }) }
      case "set_attribute_level":
        let value = try parameters.readInt32()
        level.withLock { $0 = value }
        try await replies.send { _ in }
      case "get_attribute_model": try await replies.send { $0.write("Böck 3") }
      case "poke":
        // oneway: no reply.
        let value = try parameters.readInt32()
        level.withLock { $0 += value }
      default:
        let text = try parameters.readString()
        guard text != "jam" else {
          throw DDSException("lab::Jammed") {
            $0.write("paper")
            $0.write(Int32(-7))
          }
        }
        try await replies.send { reply in
          reply.write(text)
          reply.write(UInt32(2))
          reply.write("none")
          reply.write(UInt32(0))
          reply.write("three")
          reply.write(UInt32(3))
          for size in [1, -2, 3] as [Int32] { reply.write(size) }
        }
      }
    }
    return bench
  }
}
