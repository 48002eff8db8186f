package import EventLoop

/// Who waits for a call without a task. All that it is told, it is told on the thread of `loop`.
package protocol RPCCaller: ReplySink, Sendable {
  var loop: EventLoop { get }
  /// The call has ended; comes once, after the replies.
  func ended(_ status: RPCStatus)
}

/// A call in flight.
package protocol RPCCallHandle: AnyObject {
  /// Says that nobody waits any more. `RPCCaller.ended` still comes, perhaps before this returns. Does nothing once
  /// the call has ended.
  func cancel()
}

/// Work for one caller as a task of its own.
package final class CallTask: RPCCallHandle {
  private let task: Task<Void, Never>

  package init(on loop: EventLoop, _ work: @escaping @Sendable () async -> Void) {
    task = Task(executorPreference: loop, operation: work)
  }

  package func cancel() { task.cancel() }
}

extension RPCBackend {
  /// What serves backends whose calls suspend.
  package func begin(_ call: RPCCall, caller: any RPCCaller) -> (any RPCCallHandle)? {
    CallTask(on: caller.loop) { caller.ended(await self.call(call, sink: caller)) }
  }
}
