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
      #expect(mailbox.put([UInt8(truncatingIfNeeded: number)], remoteException: 0))
    }
    #expect(!mailbox.put([0], remoteException: 0))
    #expect(!mailbox.put([0], remoteException: 0))
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
    #expect(large.put([UInt8](repeating: 0, count: ReplyMailbox.maxBytes + 1), remoteException: 0))
    #expect(!large.put([0], remoteException: 0))
    loop.stop()
    loop.join()
  }

  /// Puts a reply when its time has come.
  private final class Putter: TimerTarget, Sendable {
    let mailbox: ReplyMailbox
    let isTaken = Lock<Bool?>(nil)

    init(_ mailbox: ReplyMailbox) { self.mailbox = mailbox }

    func timerFired(_ purpose: Int) { isTaken.withLock { $0 = mailbox.put([1], remoteException: 0) } }
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

  /// Nobody who could reply is left. What came before is given; without a first reply others may yet come.
  @Test func deserted() async throws {
    try await withLoop { loop in
      let mailbox = ReplyMailbox()
      mailbox.mayExpectMore(false)
      guard case .expired = await mailbox.next(by: .current(), on: loop) else {
        Issue.record("ended before the first reply")
        return
      }
      let begun = ReplyMailbox()
      begun.mayExpectMore(false)
      begun.mayExpectMore(true)
      #expect(begun.put([1], remoteException: 0))
      begun.mayExpectMore(false)
      // One who is back has forgotten the call.
      begun.mayExpectMore(true)
      guard case .reply([1], 0) = await begun.next(by: .current(), on: loop),
        case .deserted = await begun.next(by: MonotonicInstant(nanoseconds: .max), on: loop)
      else {
        Issue.record("not deserted")
        return
      }
      #expect(!begun.put([2], remoteException: 0))

      // One who waits is woken.
      let waiting = ReplyMailbox()
      #expect(waiting.put([1], remoteException: 0))
      _ = await waiting.next(by: .current(), on: loop)
      let outcome = Task(executorPreference: loop) {
        await waiting.next(by: MonotonicInstant(nanoseconds: .max), on: loop)
      }
      waiting.mayExpectMore(false)
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
      #expect(mailbox.put([1], remoteException: 0))
      receiver.accept(repliesTo: GUID(first: 1, second: 2))
      guard case .reply = await mailbox.next(by: .current(), on: loop),
        case .deserted = await mailbox.next(by: MonotonicInstant(nanoseconds: .max), on: loop)
      else {
        Issue.record("not deserted")
        return
      }
    }
  }
}
