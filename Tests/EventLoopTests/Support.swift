import EventLoop
import Glibc

/// Runs `body` beside a loop on a thread of its own; the thread has ended when this returns.
func withLoop<Result: Sendable>(_ body: (EventLoop) async throws -> Result) async throws -> Result {
  let loop = try EventLoop()
  try loop.start()
  defer {
    loop.stop()
    loop.join()
  }
  return try await body(loop)
}

extension EventLoop {
  /// Runs `body` on the loop's thread and waits for what it returns.
  func perform<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      submit { continuation.resume(with: Swift.Result { try body() }) }
    }
  }
}

/// Notes the purposes of the timers that fired, in order.
final class TimerLog: TimerTarget, Sendable {
  let purposes = Lock([Int]())
  private let onFire: @Sendable (Int) -> Void

  init(_ onFire: @escaping @Sendable (Int) -> Void = { _ in }) { self.onFire = onFire }

  var fired: [Int] { purposes.withLock { $0 } }

  func timerFired(_ purpose: Int) {
    purposes.withLock { $0.append(purpose) }
    onFire(purpose)
  }
}

/// Notes the events of descriptors and hands them on.
final class EventLog: DescriptorHandler, Sendable {
  let events = Lock([ReadyEvents]())
  private let onEvent: @Sendable (Int32) -> Void

  init(_ onEvent: @escaping @Sendable (Int32) -> Void = { _ in }) { self.onEvent = onEvent }

  var count: Int { events.withLock { $0.count } }

  func descriptorReady(_ descriptor: Int32, events: ReadyEvents) {
    self.events.withLock { $0.append(events) }
    onEvent(descriptor)
  }
}

/// Two connected stream sockets.
struct SocketPair {
  let left: Int32
  let right: Int32

  init() {
    var pair: [Int32] = [-1, -1]
    // SAFETY: the call writes two descriptors into an array of two.
    let code = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair)
    precondition(code == 0, "socketpair failed")
    (left, right) = (pair[0], pair[1])
  }

  /// Makes `left` readable.
  func send() {
    var byte: UInt8 = 1
    // SAFETY: reads the one byte on the stack.
    _ = unsafe write(right, &byte, 1)
  }

  func close() {
    System.close(left)
    System.close(right)
  }
}
