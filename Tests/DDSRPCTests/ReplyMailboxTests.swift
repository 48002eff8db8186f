import EventLoop
import Foundation
import Testing

@testable import DDSRPC

/// What waits between Cyclone's thread and a call that takes several replies.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ReplyMailboxTests {
  private func withLoop(_ body: (EventLoop) async throws -> Void) async throws {
    let loop = try EventLoop()
    try loop.start()
    defer {
      loop.stop()
      loop.join()
    }
    try await body(loop)
  }

  @Test func bounds() async throws {
    let loop = try EventLoop()
    try loop.start()
    let mailbox = ReplyMailbox()
    for number in 0..<ReplyMailbox.maxReplies {
      #expect(mailbox.put([UInt8(truncatingIfNeeded: number)], remoteException: 0, from: 7))
    }
    #expect(!mailbox.put([0], remoteException: 0, from: 7))
    #expect(!mailbox.put([0], remoteException: 0, from: 7))
    // What came before is given, then why there is no more.
    for number in 0..<ReplyMailbox.maxReplies {
      guard case .reply([UInt8(truncatingIfNeeded: number)], 0) = await mailbox.next(by: .current(), on: loop)
      else {
        Issue.record("reply \(number)")
        return
      }
    }
    guard case .overflow = await mailbox.next(by: .current(), on: loop) else {
      Issue.record("no overflow")
      return
    }
    // By bytes; one alone may be larger.
    let large = ReplyMailbox()
    #expect(large.put([UInt8](repeating: 0, count: ReplyMailbox.maxBytes + 1), remoteException: 0, from: 7))
    #expect(!large.put([0], remoteException: 0, from: 7))
    loop.stop()
    loop.join()
  }

  /// Puts a reply when its time has come.
  private final class Putter: TimerTarget, Sendable {
    let mailbox: ReplyMailbox
    let isTaken = Lock<Bool?>(nil)

    init(_ mailbox: ReplyMailbox) { self.mailbox = mailbox }

    func timerFired(_ purpose: Int) {
      isTaken.withLock { $0 = mailbox.put([1], remoteException: 0, from: 7) }
    }
  }

  /// A reply that comes as the time ends is given, or refused; never taken and forgotten.
  @Test func repliesAtTheDeadline() async throws {
    try await withLoop { loop in
      var given = 0
      for round in 0..<2000 {
        let mailbox = ReplyMailbox()
        let putter = Putter(mailbox)
        let isOnLoop = round % 2 == 0
        let limit = MonotonicInstant.current().advanced(nanoseconds: 100_000)
        let outcome = Task(executorPreference: loop) {
          // Due together, on the loop: the reply comes between the end of the time and the waking.
          if isOnLoop { loop.submit { _ = loop.schedule(at: limit, putter) } }
          return await mailbox.next(by: limit, on: loop)
        }
        if !isOnLoop {
          let instant = limit.advanced(nanoseconds: UInt64(round % 50) * 10_000)
          while MonotonicInstant.current() < instant {}
          putter.timerFired(0)
        }
        let isGiven = if case .reply = await outcome.value { true } else { false }
        while putter.isTaken.withLock({ $0 == nil }) { await Task.yield() }
        #expect(putter.isTaken.withLock { $0 } == isGiven, "round \(round)")
        if isGiven { given += 1 }
      }
      #expect(given > 0)
    }
  }

  private static let never = MonotonicInstant(nanoseconds: .max)

  /// None is left who has replied. What came before is given; without a first reply others may yet come.
  @Test func deserted() async throws {
    try await withLoop { loop in
      let mailbox = ReplyMailbox()
      mailbox.matched([], after: mailbox.senders)
      guard case .expired = await mailbox.next(by: .current(), on: loop) else {
        Issue.record("ended before the first reply")
        return
      }
      let begun = ReplyMailbox()
      begun.matched([], after: begun.senders)
      #expect(begun.put([1], remoteException: 0, from: 7))
      #expect(begun.put([2], remoteException: 0, from: 8))
      begun.matched([8, 9], after: begun.senders)
      // One is left. What another one sent after the look is none of its affairs.
      let senders = begun.senders
      #expect(begun.put([3], remoteException: 0, from: 10))
      begun.matched([9], after: senders)
      for number: UInt8 in 1...3 {
        guard case .reply([number], 0) = await begun.next(by: .current(), on: loop) else {
          Issue.record("reply \(number)")
          return
        }
      }
      let open = Task(executorPreference: loop) { await begun.next(by: Self.never, on: loop) }
      begun.matched([8], after: begun.senders)
      #expect(begun.put([4], remoteException: 0, from: 8))
      guard case .reply([4], 0) = await open.value else {
        Issue.record("a server is left")
        return
      }
      // Others do not go on with it; nor does one that is back, which has forgotten the call.
      begun.matched([9], after: begun.senders)
      begun.matched([7, 8, 9, 10], after: begun.senders)
      guard case .deserted = await begun.next(by: Self.never, on: loop) else {
        Issue.record("not deserted")
        return
      }
      #expect(!begun.put([5], remoteException: 0, from: 7))

      // One who waits is woken.
      let waiting = ReplyMailbox()
      #expect(waiting.put([1], remoteException: 0, from: 7))
      _ = await waiting.next(by: .current(), on: loop)
      let outcome = Task(executorPreference: loop) { await waiting.next(by: Self.never, on: loop) }
      waiting.matched([9], after: waiting.senders)
      guard case .deserted = await outcome.value else {
        Issue.record("still waiting")
        return
      }
    }
  }

  /// A writer that is replaced takes its calls' replies along.
  @Test func anotherWriter() async throws {
    try await withLoop { loop in
      let receiver = ReplyReceiver(RequesterCounts(), MatchSignal())
      receiver.accept(repliesTo: GUID(first: 1, second: 1))
      let mailbox = ReplyMailbox()
      receiver.expect(1, .several(mailbox))
      #expect(mailbox.put([1], remoteException: 0, from: 7))
      receiver.accept(repliesTo: GUID(first: 1, second: 2))
      // A reply may have been on its way.
      #expect(mailbox.put([2], remoteException: 0, from: 7))
      for number: UInt8 in 1...2 {
        guard case .reply([number], 0) = await mailbox.next(by: .current(), on: loop) else {
          Issue.record("reply \(number)")
          return
        }
      }
      guard case .deserted = await mailbox.next(by: Self.never, on: loop) else {
        Issue.record("not deserted")
        return
      }
    }
  }

  /// Calls are given up whichever writer they went by, and those that come later are at once.
  @Test func givenUp() async throws {
    try await withLoop { loop in
      let receiver = ReplyReceiver(RequesterCounts(), MatchSignal())
      receiver.accept(repliesTo: GUID(first: 1, second: 1))
      let (old, new, late) = (
        OneShot<RequestOutcome>(), ReplyMailbox(), OneShot<RequestOutcome>()
      )
      receiver.expect(1, .one(old))
      receiver.accept(repliesTo: GUID(first: 1, second: 2))
      receiver.expect(1, .several(new))
      receiver.abandonCalls()
      receiver.expect(2, .one(late))
      for shot in [old, late] {
        guard case .cancelled = await shot.wait() else {
          Issue.record("not given up")
          return
        }
      }
      guard case .cancelled = await new.next(by: Self.never, on: loop) else {
        Issue.record("not given up")
        return
      }
    }
  }
}
