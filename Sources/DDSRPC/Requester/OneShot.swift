internal import EventLoop

/// A value that one task waits for and several try to give: a reply, the deadline, the caller who leaves. The first
/// wins.
final class OneShot<Value: Sendable>: Sendable {
  private enum State {
    case fresh
    case waiting(CheckedContinuation<Value, Never>)
    /// Given before anybody waited.
    case given(Value)
    case ended
  }

  private let state = Lock(State.fresh)

  /// Gives the value; false when another was first. From any thread.
  @discardableResult func resume(_ value: Value) -> Bool {
    let (isFirst, continuation) = state.withLock { state -> (Bool, CheckedContinuation<Value, Never>?) in
      switch state {
      case .fresh:
        state = .given(value)
        return (true, nil)
      case .waiting(let continuation):
        state = .ended
        return (true, continuation)
      case .given, .ended:
        return (false, nil)
      }
    }
    continuation?.resume(returning: value)
    return isFirst
  }

  /// Suspends the calling task until there is a value. Call it once.
  ///
  /// - Parameter begin: starts what gives the value; not called when there is one already.
  func wait(_ begin: () -> Void = {}) async -> Value {
    await withCheckedContinuation { continuation in
      let early = state.withLock { state -> Value? in
        guard case .given(let value) = state else {
          state = .waiting(continuation)
          return nil
        }
        state = .ended
        return value
      }
      if let early { continuation.resume(returning: early) } else { begin() }
    }
  }
}

/// Gives a value when its time has come.
///
/// SAFETY: `@unchecked Sendable` because `token` is touched only on `loop`'s thread.
final class Expiry<Value: Sendable>: TimerTarget, @unchecked Sendable {
  private let loop: EventLoop
  private let shot: OneShot<Value>
  private let value: Value
  private let extend: @Sendable (MonotonicInstant) -> MonotonicInstant?
  private var token: TimerToken?

  /// - Parameter extend: asked when the time has come; a later time begins a new wait.
  init(
    _ loop: EventLoop, _ shot: OneShot<Value>, _ value: Value,
    extend: @escaping @Sendable (MonotonicInstant) -> MonotonicInstant? = { _ in nil }
  ) {
    self.loop = loop
    self.shot = shot
    self.value = value
    self.extend = extend
  }

  /// From any thread; on the loop's own it costs no wake-up.
  func start(at instant: MonotonicInstant) { onLoop { self.token = self.loop.schedule(at: instant, self) } }

  func cancel() {
    onLoop {
      if let token = self.token { self.loop.cancel(token) }
      self.token = nil
    }
  }

  func timerFired(_ purpose: Int) {
    token = nil
    if let later = extend(loop.now), later > loop.now {
      token = loop.schedule(at: later, self)
    } else {
      shot.resume(value)
    }
  }

  private func onLoop(_ body: @escaping @Sendable () -> Void) {
    if loop.isCurrent { body() } else { loop.submit(body) }
  }
}
