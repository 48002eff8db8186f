import EventLoop
import Testing

@testable import DDSRPC

/// Which servers are ready, as a value.
@Suite struct ServerMatchTests {
  private static let cyclone: UInt64 = 0x0110_0000_0000_0001
  private static let other: UInt64 = 0x010F_0000_0000_0002

  private func peer(_ participant: UInt64, _ entity: UInt64, heard: Bool = false) -> Peer {
    Peer(
      endpoint: GUID(first: participant, second: entity),
      participant: GUID(first: participant, second: 0x1C1),
      wasHeard: heard, handle: entity)
  }

  private func match(_ readers: [Peer], _ writers: [Peer], at nanoseconds: UInt64 = 0) -> ServerMatch {
    var match = ServerMatch()
    match.update(
      requestReaders: readers, replyWriters: writers, settle: .nanoseconds(500),
      now: MonotonicInstant(nanoseconds: nanoseconds))
    return match
  }

  @Test func bothEndpointsOfOneParticipant() {
    #expect(match([], []).ready == 0)
    #expect(match([peer(Self.cyclone, 1)], []).ready == 0)
    #expect(match([], [peer(Self.cyclone, 2)]).ready == 0)
    #expect(match([peer(Self.cyclone, 1)], [peer(Self.cyclone + 1, 2)]).ready == 0)
    #expect(match([peer(Self.cyclone, 1)], [peer(Self.cyclone, 2, heard: true)]).ready == 1)
    let two = match(
      [peer(Self.cyclone, 1), peer(Self.cyclone + 1, 1)],
      [peer(Self.cyclone, 2, heard: true), peer(Self.cyclone + 1, 2, heard: true)])
    #expect(two.ready == 2 && !two.isSettling)
    // A writer that nobody's requests belong to may still reply.
    #expect(match([], [peer(Self.cyclone, 2)]).writers == [2])
    #expect(match([peer(Self.cyclone, 1)], []).writers == [])
  }

  /// A request reaches a server that cannot be heard yet, and it would perform the call.
  @Test func reachedBeforeItIsReady() {
    let one = match(
      [peer(Self.cyclone, 1), peer(Self.other, 1)], [peer(Self.cyclone, 2, heard: true), peer(Self.other, 2)])
    #expect(one.ready == 1 && one.reached == 2)
    // Who reads requests and never replies is a tool that looks on.
    let watched = match(
      [peer(Self.cyclone, 1), peer(Self.other, 1)], [peer(Self.cyclone, 2, heard: true)])
    #expect(watched.ready == 1 && watched.reached == 1)
  }

  /// What a server answers before it knows of our reader is lost, whoever made it.
  @Test func knownIsNotReady() {
    for vendor in [Self.cyclone, Self.other] {
      let state = match([peer(vendor, 1)], [peer(vendor, 2)], at: 1000)
      #expect(state.ready == 0 && state.isSettling)
      #expect(state.newest == MonotonicInstant(nanoseconds: 1000))
    }
  }

  /// A reader that is not reliable gets no heartbeats.
  @Test func withoutHeartbeats() {
    for (vendor, ready) in [(Self.cyclone, 1), (Self.other, 0)] {
      var state = ServerMatch(isReliable: false)
      state.update(
        requestReaders: [peer(vendor, 1)], replyWriters: [peer(vendor, 2)], settle: .seconds(1),
        now: MonotonicInstant(nanoseconds: 0))
      #expect(state.ready == ready)
    }
  }

  @Test func theySettle() {
    var state = match([peer(Self.other, 1)], [peer(Self.other, 2)], at: 1000)
    #expect(state.ready == 0 && state.isSettling)
    #expect(state.settlesBy(.nanoseconds(500)) == MonotonicInstant(nanoseconds: 1500))
    // Still silent: the time that it may take does not begin anew.
    state.update(
      requestReaders: [peer(Self.other, 1)], replyWriters: [peer(Self.other, 2)],
      settle: .nanoseconds(500), now: MonotonicInstant(nanoseconds: 1400))
    #expect(state.settlesBy(.nanoseconds(500)) == MonotonicInstant(nanoseconds: 1500))
    state.update(
      requestReaders: [peer(Self.other, 1)], replyWriters: [peer(Self.other, 2, heard: true)],
      settle: .nanoseconds(500), now: MonotonicInstant(nanoseconds: 1450))
    #expect(state.ready == 1 && !state.isSettling && state.settlesBy(.seconds(1)) == nil)
    // Gone, and back: a new match.
    state.update(
      requestReaders: [], replyWriters: [], settle: .nanoseconds(500),
      now: MonotonicInstant(nanoseconds: 1500))
    #expect(state.ready == 0 && !state.isSettling)
    state.update(
      requestReaders: [peer(Self.other, 1)], replyWriters: [peer(Self.other, 2)],
      settle: .nanoseconds(500), now: MonotonicInstant(nanoseconds: 2000))
    #expect(state.settlesBy(.nanoseconds(500)) == MonotonicInstant(nanoseconds: 2500))
    // Never heard, and matched for long enough: its heartbeat came before we knew of it.
    state.update(
      requestReaders: [peer(Self.other, 1)], replyWriters: [peer(Self.other, 2)],
      settle: .nanoseconds(500), now: MonotonicInstant(nanoseconds: 2499))
    #expect(state.ready == 0)
    state.update(
      requestReaders: [peer(Self.other, 1)], replyWriters: [peer(Self.other, 2)],
      settle: .nanoseconds(500), now: MonotonicInstant(nanoseconds: 2500))
    #expect(state.ready == 1 && !state.isSettling)
  }
}
