// EventLoop: one epoll instance = one thread = one Swift executor.
//
// Owns: waiting for descriptors, timers, and running the jobs of the tasks that prefer this loop; the
// system-call wrapper and the lock that the rest of the project uses.
//
// Invariants
// - Handlers, timer targets, the participant and jobs run on the loop's thread, one at a time.
// - `enqueue`, `submit` and `stop` may be called from any thread; everything else only on the loop's own
//   (before `start`, on the thread that sets the loop up).
// - A foreign enqueue writes the eventfd only when no wake-up is outstanding.
// - An event for a descriptor that was unwatched earlier in the same batch is dropped, also when the
//   number has been given out again (generation check).
//
// Limits: `EventLoop.eventBatch` events and `EventLoop.jobBatch` jobs a turn, then timers and the
// participant get their share.
//
// Files
//   EventLoop.swift     the loop itself
//   LoopExecutor.swift  its executor protocol and the job queues
//   LoopThread.swift    the thread that runs it
//   TimerHeap.swift     timers
//   MonotonicInstant.swift  the clock
//   WallClock.swift         the time of day, for logs
//   Processors.swift        how many loops are worth having
//   SignalSource.swift      process signals as events
//   Lock.swift              a value behind a mutex
//   System.swift            system calls, with `errno` as a typed error

internal import CLinux
internal import Glibc
internal import Synchronization

/// Receives the events of a descriptor on the loop's thread.
package protocol DescriptorHandler: AnyObject {
  /// `events` is never empty. The descriptor is still watched when this is called.
  func descriptorReady(_ descriptor: Int32, events: ReadyEvents)
}

/// A library that brings its own descriptor set and wants a turn on each pass of the loop.
package protocol LoopParticipant: AnyObject {
  /// Does what is due. Called once a pass, after handlers, timers and jobs.
  func takeTurn()
  /// Nanoseconds until it wants its next turn without an event; 0 at once, nil not at all.
  var wantsTurnWithin: UInt64? { get }
}

/// Wants to act once on everything that one batch brought.
package protocol BatchTarget: AnyObject {
  /// All of the batch has been reported.
  func batchEnded()
}

/// Which conditions to watch, and which came; the values are epoll's.
package struct ReadyEvents: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let readable = ReadyEvents(rawValue: EPOLLIN.rawValue)
  package static let writable = ReadyEvents(rawValue: EPOLLOUT.rawValue)
  /// The peer closed its writing side, or everything.
  package static let peerClosed = ReadyEvents(rawValue: EPOLLRDHUP.rawValue)
  package static let error = ReadyEvents(rawValue: EPOLLERR.rawValue)
  package static let hangUp = ReadyEvents(rawValue: EPOLLHUP.rawValue)
  /// Report a change once, not as long as it lasts.
  package static let edgeTriggered = ReadyEvents(rawValue: 1 << 31)
}

/// One epoll loop.
///
/// SAFETY: `@unchecked Sendable` because every stored property but `inbox`, which has its own
/// lock, and `owner`, which is atomic, is touched only on the loop's thread (see the invariants above).
package final class EventLoop: @unchecked Sendable {
  /// Most events taken from the kernel in one turn.
  package static let eventBatch = 256
  /// Most jobs run before the participant and the kernel get their turn.
  package static let jobBatch = 4096

  /// Position among the process's loops, for logs and metrics.
  package let index: Int
  /// Refreshed once a turn; cheap to read.
  package private(set) var now: MonotonicInstant
  package var participant: (any LoopParticipant)?

  let inbox = Lock(Inbox())
  var localJobs: [UnownedJob] = []
  /// The loop's thread once it runs; 0 before.
  let owner = Atomic<UInt>(0)
  /// What `start` created and `join` waits for.
  var started: UInt?

  private let poll: Int32
  let wakeDescriptor: Int32
  private var handlers: [Watched] = []
  private var timers = TimerHeap()
  private var generation: UInt32 = 0
  private var isInBatch = false
  private var batchTargets: [any BatchTarget] = []
  /// Those that are being called; kept for its memory.
  private var endingTargets: [any BatchTarget] = []

  private struct Watched {
    var handler: (any DescriptorHandler)?
    var generation: UInt32 = 0
  }

  struct Inbox {
    var jobs: [UnownedJob] = []
    var calls: [@Sendable () -> Void] = []
    var signalled = false
    var stopping = false
    var hasEnded = false
  }

  /// - Throws: `SystemError` when the process is out of descriptors.
  package init(index: Int = 0) throws(SystemError) {
    self.index = index
    now = MonotonicInstant.current()
    poll = try System.epollCreate()
    do throws(SystemError) {
      wakeDescriptor = try System.eventDescriptor()
    } catch {
      System.close(poll)
      throw error
    }
    do throws(SystemError) {
      try System.epollAdd(poll, wakeDescriptor, events: ReadyEvents.readable.rawValue, data: Self.wakeTag)
    } catch {
      System.close(poll)
      System.close(wakeDescriptor)
      throw error
    }
  }

  deinit {
    System.close(poll)
    System.close(wakeDescriptor)
  }

  private static let wakeTag = UInt64.max

  // MARK: Descriptors

  /// Reports `events` of `descriptor` to `handler` until `unwatch`. The loop keeps `handler` alive.
  package func watch(
    _ descriptor: Int32, for events: ReadyEvents, handler: any DescriptorHandler
  ) throws(SystemError) {
    generation &+= 1
    let tag = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
    try System.epollAdd(poll, descriptor, events: events.rawValue, data: tag)
    let slot = Int(descriptor)
    while handlers.count <= slot { handlers.append(Watched()) }
    handlers[slot] = Watched(handler: handler, generation: generation)
  }

  /// Changes what a watched descriptor is watched for.
  package func rewatch(_ descriptor: Int32, for events: ReadyEvents) throws(SystemError) {
    guard Int(descriptor) < handlers.count else { throw SystemError(call: "epoll_ctl", code: ENOENT) }
    let tag =
      UInt64(handlers[Int(descriptor)].generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
    try System.epollModify(poll, descriptor, events: events.rawValue, data: tag)
  }

  /// Stops reporting. Call it before closing the descriptor; unknown descriptors are ignored.
  package func unwatch(_ descriptor: Int32) {
    let slot = Int(descriptor)
    guard slot < handlers.count, handlers[slot].handler != nil else { return }
    handlers[slot].handler = nil
    System.epollRemove(poll, descriptor)
  }

  // MARK: Batches

  /// Calls `target.batchEnded()` when this batch has been reported, at once outside of one. A batch is what one wait for
  /// the kernel gave, or one turn of the participant.
  ///
  /// For work that is cheaper together: messages that leave back to back wake their receiver once.
  package func whenBatchEnds(_ target: any BatchTarget) {
    if isInBatch { batchTargets.append(target) } else { target.batchEnded() }
  }

  private func endBatch() {
    isInBatch = false
    if batchTargets.isEmpty { return }
    swap(&endingTargets, &batchTargets)
    for target in endingTargets { target.batchEnded() }
    endingTargets.removeAll(keepingCapacity: true)
  }

  // MARK: Timers

  /// Calls `target.timerFired(purpose)` once, at or after `instant`. The loop keeps `target` alive until then.
  package func schedule(
    at instant: MonotonicInstant, _ target: any TimerTarget, purpose: Int = 0
  ) -> TimerToken {
    timers.insert(due: instant, target: target, purpose: purpose)
  }

  /// Forgets a timer; a token that has fired is ignored.
  package func cancel(_ token: TimerToken) { timers.remove(token) }

  /// Suspends the calling task, on this loop, until `instant`.
  package func sleep(until instant: MonotonicInstant) async {
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      let sleeper = Sleeper(continuation)
      submit { [self] in _ = schedule(at: instant, sleeper) }
    }
  }

  // MARK: Running

  /// Runs `body` on the loop's thread in a later turn; never when the loop has ended. From any thread.
  package func submit(_ body: @escaping @Sendable () -> Void) {
    let wake = inbox.withLock { inbox -> Bool in
      // What it holds mostly holds this loop.
      if inbox.hasEnded { return false }
      inbox.calls.append(body)
      defer { inbox.signalled = true }
      return !inbox.signalled
    }
    if wake { System.signal(wakeDescriptor) }
  }

  /// Makes `run` return after the turn in progress. From any thread.
  package func stop() {
    inbox.withLock { $0.stopping = true }
    System.signal(wakeDescriptor)
  }

  /// Serves until `stop`. Call it once, on the thread that is to be the loop's.
  package func run() {
    owner.store(System.currentThread(), ordering: .relaxed)
    let events = System.EventBuffer(capacity: Self.eventBatch)
    var isStopping = false
    while true {
      let count = events.wait(poll, nanoseconds: patience())
      now = MonotonicInstant.current()
      isInBatch = true
      var isWoken = false
      for position in 0..<count {
        let (ready, tag) = events[position]
        if tag == Self.wakeTag { isWoken = true } else { dispatch(ready, tag) }
      }
      endBatch()
      fireTimers()
      if isWoken, receive() { isStopping = true }
      runLocalJobs(atMost: Self.jobBatch)
      isInBatch = true
      participant?.takeTurn()
      endBatch()
      runLocalJobs(atMost: Self.jobBatch)
      if isStopping && localJobs.isEmpty { break }
    }
    // They never fire and are never reported, and what they would have called mostly refers to this loop.
    timers = TimerHeap()
    handlers = []
    let calls = inbox.withLock { inbox -> [@Sendable () -> Void] in
      inbox.hasEnded = true
      defer { inbox.calls = [] }
      return inbox.calls
    }
    // Let go of here, and not with the lock held.
    _ = consume calls
  }

  /// Calls the targets of the timers that are due, earliest first; no more calls than there were timers, so
  /// that one that is always due again cannot hold the loop.
  private func fireTimers() {
    for _ in 0..<timers.count {
      guard let (target, purpose) = timers.popDue(now) else { return }
      target.timerFired(purpose)
    }
  }

  /// Nanoseconds that the kernel wait may last; nil for ever.
  private func patience() -> UInt64? {
    if !localJobs.isEmpty { return 0 }
    var least = timers.earliest.map { $0.nanoseconds(after: now) }
    if let wish = participant?.wantsTurnWithin { least = min(least ?? wish, wish) }
    return least
  }

  private func dispatch(_ ready: UInt32, _ tag: UInt64) {
    let slot = Int(UInt32(truncatingIfNeeded: tag))
    guard slot < handlers.count, handlers[slot].generation == UInt32(tag >> 32),
      let handler = handlers[slot].handler
    else { return }
    handler.descriptorReady(Int32(slot), events: ReadyEvents(rawValue: ready))
  }

  /// Takes over what other threads sent; true when the loop is to stop.
  private func receive() -> Bool {
    System.drain(wakeDescriptor)
    let (jobs, calls, stopping) = inbox.withLock { inbox in
      let taken = (inbox.jobs, inbox.calls, inbox.stopping)
      if !inbox.jobs.isEmpty { inbox.jobs = [] }
      if !inbox.calls.isEmpty { inbox.calls = [] }
      inbox.signalled = false
      return taken
    }
    if !jobs.isEmpty { localJobs += jobs }
    for call in calls { call() }
    return stopping
  }
}

/// Resumes one sleeping task.
private final class Sleeper: TimerTarget, Sendable {
  private let continuation: CheckedContinuation<Void, Never>
  init(_ continuation: CheckedContinuation<Void, Never>) { self.continuation = continuation }
  func timerFired(_ purpose: Int) { continuation.resume() }
}
