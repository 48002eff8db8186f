import EventLoop
import Glibc
import Testing

@Suite(.timeLimit(.minutes(1))) struct DescriptorTests {
  @Test func readinessIsReportedUntilUnwatched() async throws {
    try await withLoop { loop in
      let pair = SocketPair()
      defer { pair.close() }
      await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
        let log = EventLog { descriptor in
          // Level-triggered: the byte stays unread, so a second event comes unless the watch ends.
          loop.unwatch(descriptor)
          loop.submit { done.resume() }
        }
        loop.submit {
          #expect(throws: Never.self) { try loop.watch(pair.left, for: .readable, handler: log) }
          pair.send()
        }
      }
    }
  }

  @Test func whatToWatchForCanChange() async throws {
    try await withLoop { loop in
      let pair = SocketPair()
      defer { pair.close() }
      let events = await withCheckedContinuation { (done: CheckedContinuation<ReadyEvents, Never>) in
        let handler = Once { events in
          loop.unwatch(pair.left)
          done.resume(returning: events)
        }
        loop.submit {
          #expect(throws: Never.self) {
            try loop.watch(pair.left, for: .readable, handler: handler)
            try loop.rewatch(pair.left, for: .writable)
          }
        }
      }
      #expect(events == .writable)
    }
  }

  @Test func aPeerThatClosesIsSeenOnce() async throws {
    try await withLoop { loop in
      let pair = SocketPair()
      let events = await withCheckedContinuation { (done: CheckedContinuation<ReadyEvents, Never>) in
        // Resuming twice would trap: edge-triggered reports the change, not the state.
        let handler = Once { done.resume(returning: $0) }
        loop.submit {
          #expect(throws: Never.self) {
            try loop.watch(pair.left, for: [.peerClosed, .edgeTriggered], handler: handler)
          }
          System.close(pair.right)
        }
      }
      #expect(events.contains(.peerClosed))
      try await loop.perform {
        loop.unwatch(pair.left)
        System.close(pair.left)
      }
    }
  }

  /// Two descriptors are ready in one batch; whichever comes first ends the other.
  @Test func anUnwatchedDescriptorIsSilentInTheSameBatch() async throws {
    let loop = try EventLoop()
    let pairs = [SocketPair(), SocketPair()]
    let log = EventLog { descriptor in
      for pair in pairs where pair.left != descriptor { loop.unwatch(pair.left) }
      loop.unwatch(descriptor)
      loop.submit { loop.stop() }
    }
    for pair in pairs {
      try loop.watch(pair.left, for: .readable, handler: log)
      pair.send()
    }
    try loop.start()
    loop.join()
    #expect(log.count == 1)
    pairs.forEach { $0.close() }
  }

  /// The same, but the other's number is given out again and watched within the batch: the old event must
  /// not reach the new handler.
  @Test func aReusedNumberDoesNotInheritEvents() async throws {
    let loop = try EventLoop()
    let pairs = [SocketPair(), SocketPair()]
    let quiet = SocketPair()
    let newcomer = EventLog()
    let log = EventLog { descriptor in
      for pair in pairs where pair.left != descriptor {
        loop.unwatch(pair.left)
        // Closes the old socket and gives its number to one that is not readable.
        _ = dup2(quiet.left, pair.left)
        #expect(throws: Never.self) { try loop.watch(pair.left, for: .readable, handler: newcomer) }
      }
      loop.unwatch(descriptor)
      loop.submit { loop.submit { loop.stop() } }
    }
    for pair in pairs {
      try loop.watch(pair.left, for: .readable, handler: log)
      pair.send()
    }
    try loop.start()
    loop.join()
    #expect(log.count == 1)
    #expect(newcomer.count == 0)
    (pairs + [quiet]).forEach { $0.close() }
  }

  @Test func aBadDescriptorIsAnError() throws {
    let loop = try EventLoop()
    #expect(throws: SystemError(call: "epoll_ctl", code: EBADF)) {
      try loop.watch(-1, for: .readable, handler: EventLog())
    }
    // Neither known nor valid; nothing happens.
    loop.unwatch(7_000)
  }

  @Test func errorsReadLikeTheSystemsOwn() {
    #expect(SystemError(call: "bind", code: EADDRINUSE).description == "bind: Address already in use (98)")
  }
}

/// Hands the first event to a closure; a second one is the closure's to notice.
private final class Once: DescriptorHandler, Sendable {
  private let body: @Sendable (ReadyEvents) -> Void
  init(_ body: @escaping @Sendable (ReadyEvents) -> Void) { self.body = body }
  func descriptorReady(_ descriptor: Int32, events: ReadyEvents) { body(events) }
}
