import Dispatch
import EventLoop
import Testing

@Suite(.timeLimit(.minutes(1))) struct ExecutorTests {
  /// A task that prefers the loop comes back to the loop's thread after every kind of suspension.
  @Test func tasksStayOnTheLoop() async throws {
    try await withLoop { loop in
      try await withLoop { other in
        let elsewhere = await Task(executorPreference: loop) { await suspensions(on: loop, and: other) }.value
        #expect(elsewhere == [])
      }
    }
  }

  private func suspensions(on loop: EventLoop, and other: EventLoop) async -> [String] {
    var elsewhere: [String] = []
    func note(_ place: String, _ isThere: Bool) { if !isThere { elsewhere.append(place) } }
    note("start", loop.isCurrent)
    await Task.yield()
    note("after yield", loop.isCurrent)
    note("in a plain actor", await Nomad().isOn(loop))
    note("after that actor", loop.isCurrent)
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      DispatchQueue.global().async { continuation.resume() }
    }
    note("after a resume by a foreign thread", loop.isCurrent)
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      other.submit { continuation.resume() }
    }
    note("after a resume by another loop", loop.isCurrent)
    try? await Task.sleep(nanoseconds: 1_000_000)
    note("after Task.sleep", loop.isCurrent)
    await loop.sleep(until: .current().advanced(nanoseconds: 1_000_000))
    note("after the loop's sleep", loop.isCurrent)
    note("in a concurrent function", await isOn(loop))
    async let child = isOn(loop)
    note("in async let", await child)
    note("after async let", loop.isCurrent)
    let children = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 { group.addTask { await isOn(loop) } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    note("in a group", children == Array(repeating: true, count: 8))
    note("after the group", loop.isCurrent)
    return elsewhere
  }

  /// The loop sleeps without a limit; each call must end its wait.
  @Test func foreignWorkWakesTheLoop() async throws {
    try await withLoop { loop in
      for _ in 0..<500 {
        let inCall = try await loop.perform { loop.isCurrent }
        let inTask = await Task(executorPreference: loop) { loop.isCurrent }.value
        #expect(inCall && inTask)
      }
    }
  }

  @Test func nothingIsLostWhenManyThreadsSubmit() async throws {
    try await withLoop { loop in
      let threads = 8
      let each = 5_000
      let seen = Lock([Int](repeating: 0, count: threads))
      let outOfOrder = Lock(0)
      await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
          for number in 0..<each {
            loop.submit {
              let total = seen.withLock { seen in
                if seen[thread] != number { outOfOrder.withLock { $0 += 1 } }
                seen[thread] += 1
                return seen.reduce(0, +)
              }
              if total == threads * each { done.resume() }
            }
          }
        }
      }
      #expect(seen.withLock { $0 } == Array(repeating: each, count: threads))
      #expect(outOfOrder.withLock { $0 } == 0)
    }
  }

  @Test func manyTasksEndOnTheLoop() async throws {
    try await withLoop { loop in
      let strays = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<1_000 {
          group.addTask(executorPreference: loop) {
            await Task.yield()
            return loop.isCurrent
          }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 0 : 1 }
      }
      #expect(strays == 0)
    }
  }

  @Test func aBusyTaskLeavesTimersTheirTurn() async throws {
    try await withLoop { loop in
      let done = Lock(false)
      let log = TimerLog { _ in done.withLock { $0 = true } }
      let spinning = Task(executorPreference: loop) {
        while !done.withLock({ $0 }) { await Task.yield() }
      }
      try await loop.perform { _ = loop.schedule(at: loop.now.advanced(nanoseconds: 1_000_000), log) }
      await spinning.value
      #expect(log.fired == [0])
    }
  }
}

/// An actor without an executor of its own; it runs where its caller prefers.
private actor Nomad {
  func isOn(_ loop: EventLoop) -> Bool { loop.isCurrent }
}

@concurrent private func isOn(_ loop: EventLoop) async -> Bool {
  await Task.yield()
  return loop.isCurrent
}
