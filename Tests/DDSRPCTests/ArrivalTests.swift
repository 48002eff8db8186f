import EventLoop
import Testing

@testable import DDSRPC

/// What comes from the network, cut off everywhere and changed anywhere, before anything else sees it.
@Suite struct ArrivalTests {
  private func deliver(_ sample: [UInt8], to listener: any EndpointListener) {
    listener.received(sample.span, from: 1, related: nil)
  }

  @Test(arguments: try Recording.load().samples)
  func requests(_ sample: Recording.Sample) throws {
    let recorded = try #require(Recording.bytes(sample.request))
    let envelope = try readRequest(recorded).parameters.position
    let counts = ReplierCounts()
    let inbox = RequestInbox(instanceName: "", limits: .init(), counts)
    let delivered = Lock<[IncomingRequest]>([])
    inbox.deliver { request in
      delivered.withLock { $0.append(request) }
      inbox.ended()
    }
    for end in 0...recorded.count { deliver(Array(recorded[..<end]), to: inbox) }
    #expect(counts.now.undecodableRequests == envelope)
    #expect(delivered.withLock { $0.map(\.sample.count) } == Array(envelope...recorded.count))
    // No byte makes it trap, and each sample is accounted for.
    for position in recorded.indices {
      for change in [0x01, 0x80, 0xFF] as [UInt8] {
        var changed = recorded
        changed[position] ^= change
        deliver(changed, to: inbox)
      }
    }
    let now = counts.now
    #expect(
      now.requests + now.undecodableRequests + now.otherInstances + now.droppedRequests
        == recorded.count + 1 + recorded.count * 3)
    inbox.stop()
    deliver(recorded, to: inbox)
    #expect(delivered.withLock { $0.count } == now.requests)
  }

  @Test(arguments: try Recording.load().samples)
  func replies(_ sample: Recording.Sample) async throws {
    let recorded = try #require(Recording.bytes(sample.reply))
    let counts = RequesterCounts()
    let receiver = ReplyReceiver(counts, MatchSignal())
    receiver.accept(repliesTo: try #require(try Recording.load().writer))
    for end in 0..<32 { deliver(Array(recorded[..<end]), to: receiver) }
    #expect(counts.now == DDSCounters(undecodableReplies: 32))
    deliver(recorded, to: receiver)
    #expect(counts.now.lateReplies == 1)
    let shot = OneShot<RequestOutcome>()
    receiver.expect(sample.sequence, .one(shot))
    for position in recorded.indices where position >= 4 && position < 28 {
      var changed = recorded
      changed[position] ^= 0x11
      deliver(changed, to: receiver)
    }
    // Another writer's, or a call that nobody waits for.
    #expect(counts.now.foreignReplies == 16 && counts.now.lateReplies == 9 && counts.now.replies == 0)
    deliver(recorded, to: receiver)
    deliver(recorded, to: receiver)
    #expect(counts.now.replies == 1 && counts.now.lateReplies == 10)
    guard case .reply(recorded, let exception) = await shot.wait() else {
      Issue.record("another outcome")
      return
    }
    #expect(exception == (sample.remoteException == nil ? 0 : 4))
  }
}
