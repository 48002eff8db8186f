import EventLoop
import Foundation
import TestSupport
import Testing

@testable import DDSRPC

/// Other dialects than the Basic mapping, with programs on Fast DDS that share no code with ours.
@Suite(.serialized) struct DialectTests {
  private var options: DDSRequester.Options {
    var options = DDSRequester.Options()
    options.matchTimeout = .seconds(20)
    return options
  }

  @Test func contracts() {
    let eprosima = DDSContract.interface("Press", dialect: .eprosimaRPC)
    #expect(eprosima.requestTopic == "Press_Service_Request" && eprosima.replyType == "Press_Reply")
    #expect(
      DDSContract.interface("shop::Press", dialect: .eprosimaRPC).requestTopic
        == "shop::Press_Service_Request")
    #expect(eprosima.label("ping") == -452_589_198)
    #expect(eprosima.labels(exception: "Jammed") == [490_705_993])
    let rti = DDSContract.interface("shop::Press", service: "Press", dialect: .rtiConnext)
    #expect(rti.requestTopic == "PressRequest" && rti.replyTopic == "PressReply")
    #expect(rti.requestType == "shop::Press_Call" && rti.replyType == "shop::Press_Return")
    #expect(rti.labels(exception: "shop::Jammed") == [-1_501_032_469, 305_427_178])
    #expect(rti.dialect == .rtiConnext && rti.dialect != eprosima.dialect)
  }

  /// eProsima RPC over DDS, our service: each operation, both exceptions, a remote one, an unknown operation.
  @Test func servesEProsima() async throws {
    let network = freshNetwork(isTagged: false)
    let press = DDSService(.interface("Press", dialect: .eprosimaRPC), network: network)
    try press.register("ping") { request, reply in
      var parameters = request.reader()
      let value = try parameters.readInt32()
      guard value > 5 else { throw DDSRemoteException(rawValue: value) }
      reply.write(value + 1)
    }
    try press.register("set") { request, reply in
      var parameters = request.reader()
      let force = try parameters.readFloat()
      guard force >= 0 else { throw DDSException("Empty") }
      guard force <= 10 else {
        throw DDSException("Jammed") {
          $0.write("paper")
          $0.write(Int32(-7))
        }
      }
      reply.write(force)
    }
    try press.register("stop") { _, _ in }
    try press.start()
    let run = try Finished.run(try CompiledPeer.dialects(), ["call", "\(network.domain)", "eprosima"])
    #expect(
      run.output.split(separator: "\n") == [
        "ping 42", "code 2", "set 3.5", "jammed paper -7", "empty", "stop", "code 4",
      ], "\(run.output) \(run.errors)")
    await press.stop()
  }

  /// The two dialects from the other side.
  @Test(arguments: [(DDSDialect.eprosimaRPC, "eprosima"), (.rtiConnext, "rti")])
  func calls(_ dialect: DDSDialect, _ name: String) async throws {
    let network = freshNetwork(isTagged: false)
    let server = try startPeer(try CompiledPeer.dialects(), ["serve", "\(network.domain)", name])
    defer { server.stop() }
    let contract =
      dialect == .rtiConnext
      ? DDSContract.interface("shop::Press", service: "Press", dialect: dialect)
      : DDSContract.interface("Press", dialect: dialect)
    let module = dialect == .rtiConnext ? "shop::" : ""
    let client = try DDSClient(contract, network: network, options: options)
    var pong = try await client.call("ping") { $0.write(Int32(41)) }
    #expect(try pong.readInt32() == 42)
    await #expect(throws: DDSRemoteException.invalidArgument) {
      try await client.call("ping") { $0.write(Int32(2)) }
    }
    await #expect(throws: DDSRemoteException.unknownOperation) { try await client.call("fly") }
    _ = try await client.call("stop")
    do {
      _ = try await client.call("set", raises: [module + "Jammed", module + "Empty"]) { $0.write(Float(99)) }
      Issue.record("not jammed")
    } catch let exception as DDSRaisedException {
      #expect(exception.name == module + "Jammed")
      var members = exception.reader
      #expect(try members.readString() == "paper" && members.readInt32() == -7)
    }
    await client.stop()
  }

  /// A pair of types without headers.
  @Test func ordersFromRTI() async throws {
    let network = freshNetwork(isTagged: false)
    let server = try startPeer(try CompiledPeer.dialects(), ["serve", "\(network.domain)", "rti", "0083"])
    defer { server.stop() }
    let orders = try DDSRequester(
      .types(request: "shop::Order", reply: "shop::Bill", service: "order", dialect: .rtiConnext),
      network: network, options: options)
    for count in 1...3 {
      let replies = orders.request {
        $0.write("bolts")
        $0.write(Int32(count))
      }
      for try await reply in replies {
        var bill = reply
        #expect(try bill.readString() == "bolts" && bill.readDouble() == Double(count) * 2.5)
        break
      }
    }
    // A reply that comes in many fragments names its request as well.
    let long = String(repeating: "b", count: 150_000)
    for try await reply in orders.request(parameters: {
      $0.write(long); $0.write(Int32(4))
    }) {
      var bill = reply
      #expect(try bill.readString() == long && bill.readDouble() == 10)
      break
    }
    await orders.stop()
  }

  /// Cyclone 0.10 cannot write what such replies need, and says so instead of being silent.
  @Test func noServicesForRTI() {
    let press = DDSService(
      .interface("shop::Press", service: "Press", dialect: .rtiConnext), network: freshNetwork())
    let error = #expect(throws: DDSError.self) { try press.start() }
    #expect(error?.message.contains("Cyclone DDS 0.10 can read but not write") == true)
  }
}
