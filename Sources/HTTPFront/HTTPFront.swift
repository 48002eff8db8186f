// HTTPFront: HTTP/1.1 by libmicrohttpd, on event loops.
//
// Owns: listeners, connections, the first look at each head, every HTTP deadline, and the hand-over of
// requests to an `HTTPHandler`. Drawbridge accepts, libmicrohttpd parses and writes.
//
// Invariants
// - One daemon per loop, without a listen socket, driven from the loop's epoll. All callbacks of a connection
//   come on its loop's thread.
// - A descriptor that the library owns is never closed here, only shut down; it leaves our epoll in the
//   library's "connection closed" callback, while it is still open.
// - A connection is suspended only while its handler is at work, after the library has asked for the answer
//   `Connection.patientLooks` times or for `Worker.watchPause`; one with a streamed response also while the library has
//   sent all that there is of it. It is resumed exactly once.
// - The library answers on the second callback of a request. A response queued on the first one refuses a
//   body and closes the connection; that is done on purpose, and only for requests with a body.
// - The library has no timeouts: a suspended connection would never time out, and its own count only
//   inactivity. `Connection` keeps one deadline for whatever its phase is.
// - The library sees no first head that `HeadScan` has not passed. Later heads of a kept connection it sees
//   first; `HeadLayout` finds out what it has tolerated in them.
//
// Limits: `HTTPFrontSettings`, all from the configuration; `Listener.acceptBatch`, `Refusal.lingerBytes`,
// `.lingerTime`, `Connection.patientLooks` and `Worker.watchPause` are fixed. All of them, and what the library answers
// by itself: docs/limits.md.
//
// Files
//   HTTPServer.swift       start, distribution over loops, drain
//   HTTPFrontSettings.swift  limits and deadlines
//   ListenSocket.swift     TCP and Unix sockets: bind, mode, owner, stale files
//   Listener.swift         accepting in bounded batches
//   Worker.swift           one loop: its daemon and its connections
//   Connection.swift       one connection's phases, from the library's reports to the answer
//   ConnectionStreaming.swift  streamed responses
//   ConnectionLeaving.swift  a client or a gateway that goes, and seeing it
//   Library.swift          libmicrohttpd's handles, wrapped
//   LibraryCallbacks.swift  what libmicrohttpd calls
//   HeadChecks.swift       what is wrong with a head that the library has parsed
//   RequestLine.swift      method and version of a request
//   HeadLayout.swift       what the library's addresses tell about the bytes of a head
//   HeadScan.swift         what is wrong with the bytes of a first head
//   Refusal.swift          answers without the library, and lingering until the client has read them
//   ResponseMemory.swift   memory that the library may read until a response is out
//   Sockets.swift          the system calls of this module
