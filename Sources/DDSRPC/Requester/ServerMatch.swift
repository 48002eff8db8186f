internal import EventLoop

/// Which servers a requester is matched with, and which of them are ready.
///
/// A server is a writer of replies whose participant also reads requests. Cyclone knows of our reader when we know of
/// its writer. Others may not yet, and their first reply would be lost: those are ready from their first heartbeat, or
/// when they have been matched for `settle`. Fast DDS sends one heartbeat as it learns of our reader; that may come
/// before we learn of its writer, is dropped then, and no other follows.
struct ServerMatch {
  struct Server: Equatable {
    var isReady: Bool
    /// When it was first seen.
    var since: MonotonicInstant
  }

  /// By the writer of replies.
  private(set) var servers: [GUID: Server] = [:]

  var ready: Int { servers.values.count { $0.isReady } }

  var isSettling: Bool { servers.values.contains { !$0.isReady } }

  /// When the last of those that are not ready should be.
  func settlesBy(_ settle: Duration) -> MonotonicInstant? {
    servers.values.filter { !$0.isReady }.map(\.since).max()?.advanced(nanoseconds: settle.wholeNanoseconds)
  }

  mutating func update(
    requestReaders: [Peer], replyWriters: [Peer], settle: Duration, now: MonotonicInstant
  ) {
    let readers = Set(requestReaders.map(\.participant))
    var updated: [GUID: Server] = [:]
    for writer in replyWriters where readers.contains(writer.participant) {
      let since = servers[writer.endpoint]?.since ?? now
      let hasSettled = since.advanced(nanoseconds: settle.wholeNanoseconds) <= now
      updated[writer.endpoint] = Server(
        isReady: writer.endpoint.isCyclone || writer.wasHeard || hasSettled, since: since)
    }
    servers = updated
  }
}
