internal import EventLoop

/// How many calls of a service are in flight, over all loops.
final class InFlightBound: Sendable {
  enum Admission { case taken, full, closed }

  private struct State {
    var used = 0
    var isClosed = false
    var onIdle: [OneShot<Void>] = []
  }

  let limit: Int
  private let state = Lock(State())

  init(limit: Int) { self.limit = limit }

  func take() -> Admission {
    state.withLock { state in
      if state.isClosed { return .closed }
      if state.used >= limit { return .full }
      state.used += 1
      return .taken
    }
  }

  func giveBack() {
    let idle = state.withLock { state -> [OneShot<Void>] in
      state.used -= 1
      guard state.isClosed, state.used == 0 else { return [] }
      defer { state.onIdle = [] }
      return state.onIdle
    }
    for shot in idle { shot.resume(()) }
  }

  /// Admits no more, and returns when the last has ended; true for the first who asks.
  func close() async -> Bool {
    let shot = OneShot<Void>()
    let isFirst = state.withLock { state -> Bool in
      defer { state.isClosed = true }
      if state.used == 0 { shot.resume(()) } else { state.onIdle.append(shot) }
      return !state.isClosed
    }
    await shot.wait()
    return isFirst
  }
}
