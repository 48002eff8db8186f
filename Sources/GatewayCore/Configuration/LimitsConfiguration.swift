/// Bounds of the HTTP side; every one is a row of docs/configuration.md.
package struct LimitsConfiguration: Sendable, Equatable {
  /// Request line and header fields together.
  package var headBytes: Int = 12 << 10
  /// The request target; below `headBytes`.
  package var targetBytes: Int = 8 << 10
  package var bodyBytes: Int = 4 << 20
  /// Bytes of a refused chunked upload that are read and dropped before the connection is.
  package var swallowBytes: Int = 1 << 20
  /// Parameters of one query; the HTTP library stops answering somewhere above 300.
  package var queryParameters: Int = 64
  package var connections: Int = 8192
  /// Requests being served at one time, all loops together.
  package var inFlight: Int = 1024
  /// Replies of one call.
  package var replies: Int = 10_000
  /// Bytes of a streamed answer that its client has not taken yet.
  package var streamBytes: Int = 1 << 20

  /// From the first byte of a head to its last.
  package var headTimeout: Duration = .seconds(10)
  /// From the end of the head to the last byte of the body.
  package var bodyTimeout: Duration = .seconds(30)
  /// A kept connection without a request.
  package var idleTimeout: Duration = .seconds(75)
  /// From handing an answer over to its last byte.
  package var writeTimeout: Duration = .seconds(30)
  /// After this long without a reply, a stream of events has a comment.
  package var heartbeat: Duration = .seconds(15)
  /// From the signal to stop to the end, whatever is still being served.
  package var drainTimeout: Duration = .seconds(30)

  package init() {}
}
