import EventLoop
import Testing

@testable import DDSRPC

/// Of those who give a value one wins, whoever it is and whenever.
@Suite struct OneShotTests {
  @Test func theFirstWins() async {
    let early = OneShot<Int>()
    #expect(early.resume(1))
    #expect(!early.resume(2))
    #expect(await early.wait { Issue.record("begun in vain") } == 1)
    #expect(!early.resume(3))

    let later = OneShot<Int>()
    #expect(await later.wait { later.resume(4) } == 4)
    #expect(!later.resume(5))
  }

  @Test func severalThreads() async {
    for _ in 0..<200 {
      let shot = OneShot<Int>()
      let wins = await withTaskGroup(of: Bool.self) { group in
        for number in 0..<4 { group.addTask { shot.resume(number) } }
        group.addTask { (0..<4).contains(await shot.wait()) }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(wins == 2)
    }
  }

  @Test func expiry() async throws {
    let loop = try EventLoop()
    try loop.start()
    let now = MonotonicInstant.current()
    let shot = OneShot<String>()
    let expiry = Expiry(loop, shot, "expired")
    #expect(await shot.wait { expiry.start(at: now.advanced(nanoseconds: 1_000_000)) } == "expired")

    // Extended once, to a time that then has come.
    let extended = OneShot<String>()
    let end = MonotonicInstant.current().advanced(nanoseconds: 30_000_000)
    let patient = Expiry(loop, extended, "expired") { _ in end }
    #expect(await extended.wait { patient.start(at: now) } == "expired")
    #expect(MonotonicInstant.current() >= end)

    let answered = OneShot<String>()
    let cancelled = Expiry(loop, answered, "expired")
    #expect(
      await answered.wait {
        cancelled.start(at: MonotonicInstant.current().advanced(nanoseconds: 3_600_000_000_000))
        answered.resume("answered")
      } == "answered")
    cancelled.cancel()
    loop.stop()
    loop.join()
  }
}
