package import SchemaModel

/// Something that carries calls: a dRPC service, a DDS-RPC service.
///
/// A backend is made at load from its configuration and its table of methods, and lives as long as the
/// snapshot that holds it.
package protocol RPCBackend: AnyObject, Sendable {
  /// Carries one call. Replies go to `sink`; the returned status ends the call.
  ///
  /// Called on an event loop's executor and returns there. Cancelling the task says that nobody waits any
  /// more; the backend decides whether the call may be abandoned (`RPCCall.abandonable`).
  func call(_ call: RPCCall, sink: any ReplySink) async -> RPCStatus

  /// The same without a task, for callers that make thousands of calls a second: replies go to `caller`, and
  /// `caller.ended` ends the call, perhaps before this returns.
  ///
  /// Called on the thread of `caller.loop`. Returns what the call can be cancelled by; nil when it may not be abandoned.
  func begin(_ call: RPCCall, caller: any RPCCaller) -> (any RPCCallHandle)?

  /// What stands before the request message in `RPCCall.body`; the caller's translator appends the message to it.
  /// Empty for backends whose body is the message alone.
  func requestPrefix(for method: MethodID, target: RPCTarget) -> [UInt8]

  /// Whether a call made now would find its peer.
  var readiness: Readiness { get }

  /// Closes connections after the calls in flight have ended; further calls are `absent`. Calls that have not ended at
  /// `deadline` end then, without a reply.
  func shutDown(by deadline: Deadline) async
}

extension RPCBackend {
  /// Makes the call that `write` gives, and once more the one that it gives then when the first must be written anew.
  ///
  /// - Returns: nil when `write` gives none at first.
  package func call(sink: any ReplySink, _ write: () -> RPCCall?) async -> RPCStatus? {
    guard let first = write() else { return nil }
    let status = await call(first, sink: sink)
    guard wantsAnew(first, after: status), let again = write() else { return status }
    return await call(again, sink: sink)
  }

  /// Whether a call that was not sent must be written anew: since `requestPrefix` was asked, the backend has learned that its peer
  /// wants another wire form.
  package func wantsAnew(_ call: RPCCall, after status: RPCStatus) -> Bool {
    status.failure == .absent && !status.sent
      && !call.body.starts(with: requestPrefix(for: call.method, target: call.target))
  }
}

/// One call. A class, because it goes through several asynchronous frames, each of which would copy it.
package final class RPCCall: Sendable {
  package let method: MethodID
  /// The request in the backend's wire form, `requestPrefix` included.
  package let body: [UInt8]
  package let deadline: Deadline
  package let target: RPCTarget
  package let trace: TraceContext?
  /// A read: may be given up half-way when the caller goes away. Otherwise the backend keeps it to its deadline.
  package let abandonable: Bool
  package let replies: RPCReplies

  package init(
    method: MethodID, body: [UInt8], deadline: Deadline, target: RPCTarget = .any,
    trace: TraceContext? = nil, abandonable: Bool = false, replies: RPCReplies = .one
  ) {
    self.method = method
    self.body = body
    self.deadline = deadline
    self.target = target
    self.trace = trace
    self.abandonable = abandonable
    self.replies = replies
  }
}

/// How many replies a call takes. The first must come by the call's deadline, whatever follows.
package enum RPCReplies: Sendable, Equatable {
  case one
  /// As many as the sink wants; the value says what becomes of a server that is silent between two.
  case several(Silence)

  package enum Silence: Sendable, Equatable {
    /// It may be silent for ever.
    case unlimited
    /// After so many nanoseconds the call fails as one without a reply does.
    case fails(after: UInt64)
    /// After so many nanoseconds the call has ended well.
    case ends(after: UInt64)
  }
}

/// Which of a service's peers is meant.
package enum RPCTarget: Sendable, Hashable {
  /// Whichever the backend's configuration says.
  case any
  /// A DDS-RPC instance name, or the key of a socket.
  case named(String)
}

/// W3C trace context of the call.
package struct TraceContext: Sendable, Hashable {
  package var traceID: (high: UInt64, low: UInt64) { (traceHigh, traceLow) }
  package var spanID: UInt64
  package var flags: UInt8
  private var traceHigh: UInt64
  private var traceLow: UInt64

  package init(traceID: (high: UInt64, low: UInt64), spanID: UInt64, flags: UInt8) {
    traceHigh = traceID.high
    traceLow = traceID.low
    self.spanID = spanID
    self.flags = flags
  }
}

/// Where the replies of one call go.
package protocol ReplySink: AnyObject {
  /// Takes one reply. On the caller's executor; the next comes after it returns, if it wants more and the call takes
  /// several.
  @discardableResult func receive(_ body: ReplyBody) -> ReplyDemand
}

/// What a sink says about replies to come.
package enum ReplyDemand: Sendable {
  case more
  /// The call ends, with success.
  case enough
}

/// One reply in the backend's wire form. The message begins at `start`: what is before it is the backend's, but
/// CDR aligns to its beginning.
package struct ReplyBody: Sendable, Equatable {
  package var bytes: [UInt8]
  package var start: Int

  package init(_ bytes: [UInt8], start: Int = 0) {
    self.bytes = bytes
    self.start = start
  }
}

/// The sink of a call that has one reply.
package final class UnaryReply: ReplySink {
  /// The last reply; nil when there was none.
  package private(set) var body: ReplyBody?

  package init() {}

  @discardableResult package func receive(_ body: ReplyBody) -> ReplyDemand {
    self.body = body
    return .enough
  }
}

/// Whether a backend can be called.
package enum Readiness: Sendable, Equatable {
  case ready
  /// One line a reason, for people.
  case down([String])
}
