internal import EventLoop

/// Which servers a requester is matched with, and which of them are ready.
///
/// A server is a writer of replies whose participant also reads requests. That we know of its writer does not mean that
/// the writer knows of our reader: each side learns of the other's endpoints on its own, and what the writer sends before
/// it knows is lost. So a server is ready from its writer's first heartbeat on, or when it has been matched for `settle`.
/// Cyclone's writers send one a millisecond after they learn of a reader, and again until it is answered. Fast DDS
/// sends a single one; that may come before we learn of its writer, is dropped then, and no other follows.
struct ServerMatch {
  struct Server: Equatable {
    var isReady: Bool
    /// When it was first seen.
    var since: MonotonicInstant
  }

  /// By the writer of replies.
  private(set) var servers: [GUID: Server] = [:]
  /// Who could reply, by `Peer.handle`. A server that stops may read no requests any more, and still reply.
  private(set) var writers: Set<UInt64> = []
  /// Our reader is reliable, and so is sent heartbeats.
  private let isReliable: Bool

  init(isReliable: Bool = true) { self.isReliable = isReliable }

  var ready: Int { servers.values.count { $0.isReady } }

  /// A request reaches all of them, ready or not: that a server reads requests does not depend on what it knows of our
  /// reader. One that we know as a reader of requests only is not among them; it may be a tool that looks on.
  var reached: Int { servers.count }

  var isSettling: Bool { servers.values.contains { !$0.isReady } }

  /// When the last of those that are not ready was first seen; nil when all are.
  var newest: MonotonicInstant? { servers.values.filter { !$0.isReady }.map(\.since).max() }

  /// When the last of those that are not ready should be.
  func settlesBy(_ settle: Duration) -> MonotonicInstant? {
    newest?.advanced(nanoseconds: settle.wholeNanoseconds)
  }

  mutating func update(
    requestReaders: [Peer], replyWriters: [Peer], settle: Duration, now: MonotonicInstant
  ) {
    let readers = Set(requestReaders.map(\.participant))
    var updated: [GUID: Server] = [:]
    for writer in replyWriters where readers.contains(writer.participant) {
      let since = servers[writer.endpoint]?.since ?? now
      let hasSettled = since.advanced(nanoseconds: settle.wholeNanoseconds) <= now
      // A reader that is not reliable gets no heartbeats, and may miss replies at any time.
      let isHeard = writer.wasHeard || (!isReliable && writer.endpoint.isCyclone)
      updated[writer.endpoint] = Server(isReady: isHeard || hasSettled, since: since)
    }
    servers = updated
    writers = Set(replyWriters.map(\.handle))
  }
}
