internal import EventLoop
internal import RPCCore

/// How many calls of a service are in flight, over all loops.
final class InFlightBound: Sendable {
  enum Admission { case taken, full, closed }

  private struct State {
    var used = 0
    var isClosed = false
    var onIdle: [OneShot<Bool>] = []
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
    let idle = state.withLock { state -> [OneShot<Bool>] in
      state.used -= 1
      guard state.isClosed, state.used == 0 else { return [] }
      defer { state.onIdle = [] }
      return state.onIdle
    }
    for shot in idle { shot.resume(true) }
  }

  /// Admits no more, and returns when the last has ended, at `deadline` at the latest.
  ///
  /// - Returns: whether this is the first who asks, and whether none is in flight any more.
  func close(by deadline: Deadline, on loop: EventLoop) async -> (isFirst: Bool, isIdle: Bool) {
    let shot = OneShot<Bool>()
    let isFirst = state.withLock { state -> Bool in
      defer { state.isClosed = true }
      if state.used == 0 { shot.resume(true) } else { state.onIdle.append(shot) }
      return !state.isClosed
    }
    let expiry = Expiry(loop, shot, false)
    let isIdle = await shot.wait { if deadline != .never { expiry.start(at: deadline.instant) } }
    if deadline != .never { expiry.cancel() }
    return (isFirst, isIdle)
  }
}
