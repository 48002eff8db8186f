import EventLoop
import Foundation
import TestSupport
import Testing

@testable import DDSRPC

/// The library's two clients against a server that is not ours, and both styles against each other.
@Suite(.serialized) struct LibraryTests {
  private var options: DDSRequester.Options {
    var options = DDSRequester.Options()
    options.matchTimeout = .seconds(20)
    return options
  }

  @Test func callsAPythonServer() async throws {
    let network = freshNetwork()
    let server = try DDSPeer.server(network)
    defer { server.stop() }
    let robot = try DDSClient(interface: "robot::RobotControl", network: network, options: options)
    var speed = try await robot.call("setSpeed", raises: ["robot::TooFast"]) { $0.write(Float(3.5)) }
    #expect(try speed.readFloat() == 3.5)
    var status = try await robot.call("getStatus")
    #expect(try status.readString() == "robot running at 3.5")
    do {
      _ = try await robot.call("setSpeed", raises: ["robot::TooFast"]) { $0.write(Float(99)) }
      Issue.record("not too fast")
    } catch let exception as DDSRaisedException {
      #expect(exception.name == "robot::TooFast")
    }
    await #expect(throws: DDSRemoteException.unknownOperation) { try await robot.call("fly") }
    await robot.stop()
    do {
      _ = try await robot.call("getSpeed")
      Issue.record("called after the end")
    } catch let error as DDSCallError {
      #expect(error.kind == .noServer && !error.wasSent)
    }
  }

  @Test func requestsOfAPythonServer() async throws {
    let network = freshNetwork()
    let server = try DDSPeer.server(network, "--behaviour", "progress")
    defer { server.stop() }
    let robot = try DDSRequester(.interface("robot::RobotControl"), network: network, options: options)
    var speeds: [Float] = []
    for try await reply in robot.request("getSpeed") {
      var members = reply
      speeds.append(try members.readFloat())
      if speeds.count == 5 { break }
    }
    #expect(speeds == [0, 1, 2, 3, 4])
    // Silence is an error.
    speeds = []
    do {
      for try await reply in robot.request("getSpeed", patience: .milliseconds(500)) {
        var members = reply
        speeds.append(try members.readFloat())
      }
      Issue.record("ended")
    } catch let error as DDSCallError {
      #expect(error.kind == .timeout && error.wasSent)
    }
    #expect(speeds == [0, 1, 2, 3, 4])
    await robot.stop()
  }

  /// A server in request/reply style behind a client in function-call style, which takes the first reply.
  @Test func functionCallToRequestReply() async throws {
    let network = freshNetwork()
    let replier = DDSReplier(
      .interface("robot::RobotControl"), operations: ["setSpeed", "command"], network: network
    ) { request, replies in
      guard request.operation == "setSpeed" else { throw DDSException("robot::Refused") { $0.write("no") } }
      var parameters = request.reader()
      let speed = try parameters.readFloat()
      try await replies.send { $0.write(speed) }
      try await replies.send { $0.write(speed + 1) }
    }
    try replier.start()
    let client = try DDSClient(interface: "robot::RobotControl", network: network, options: options)
    var result = try await client.call("setSpeed") { $0.write(Float(2)) }
    #expect(try result.readFloat() == 2)
    do {
      _ = try await client.call("command", raises: ["robot::Refused"]) { $0.write(Int32(0)) }
      Issue.record("not refused")
    } catch let exception as DDSRaisedException {
      var reader = exception.reader
      #expect(exception.name == "robot::Refused")
      #expect(try reader.readString() == "no")
    }
    await #expect(throws: DDSRemoteException.unknownOperation) { try await client.call("getSpeed") }
    await #expect(throws: DDSRemoteException.invalidArgument) { try await client.call("setSpeed") }
    await client.stop()
    await replier.stop()
  }

  @Test func requestReplyToFunctionCall() async throws {
    let network = freshNetwork()
    let service = try ReplierTests.robot(network)
    try service.start()
    let requester = try DDSRequester(.interface("robot::RobotControl"), network: network, options: options)
    for try await reply in requester.request("setSpeed", parameters: { $0.write(Float(4)) }) {
      var members = reply
      #expect(try members.readFloat() == 4)
      break
    }
    await requester.stop()
    await service.stop()
  }

  /// A pair of types: no operation in the envelope, several replies, an end by an exception of the mapping.
  @Test func pairsOfTypes() async throws {
    let network = freshNetwork()
    let contract = DDSContract.types(request: "a::Ask", reply: "a::Answer", service: "quiz")
    #expect(contract.requestTopic == "quiz_Request" && contract.replyTopic == "quiz_Reply")
    let replier = DDSReplier(contract, network: network) { request, replies in
      #expect(request.operation.isEmpty)
      var parameters = request.reader()
      let count = try parameters.readUInt32()
      for number in 0..<count { try await replies.send { $0.write(number) } }
      throw DDSRemoteException.outOfResources
    }
    try replier.start()
    let requester = try DDSRequester(contract, network: network, options: options)
    var numbers: [UInt32] = []
    do {
      for try await reply in requester.request(parameters: { $0.write(UInt32(3)) }) {
        var members = reply
        numbers.append(try members.readUInt32())
      }
      Issue.record("ended")
    } catch let error as DDSRemoteException {
      #expect(error == .outOfResources)
    }
    #expect(numbers == [0, 1, 2])
    await requester.stop()
    await replier.stop()
  }

  /// Nobody takes the replies: the call ends, memory does not grow.
  @Test func repliesThatNobodyTakes() async throws {
    let network = freshNetwork()
    let contract = DDSContract.types(request: "a::Ask", reply: "a::Answer", service: "flood")
    let replier = DDSReplier(contract, network: network) { _, replies in
      for number in 0..<UInt32(DDSRequester.maxWaiting * 2) { try await replies.send { $0.write(number) } }
    }
    try replier.start()
    let requester = try DDSRequester(contract, network: network, options: options)
    let stream = requester.request()
    try #require(await eventually { replier.counters?.replies ?? 0 > DDSRequester.maxWaiting })
    // Waits for the call, which ends when the sequence is full, or its mailbox.
    await requester.stop()
    var count = 0
    do {
      for try await _ in stream { count += 1 }
      Issue.record("ended")
    } catch let error as DDSCallError {
      #expect(error.kind == .overloaded && error.wasSent)
    }
    #expect(count <= DDSRequester.maxWaiting && count > 0)
    await replier.stop()
  }
}
