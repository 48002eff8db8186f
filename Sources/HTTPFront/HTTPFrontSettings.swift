internal import EventLoop
package import GatewayCore

/// Limits and deadlines of the HTTP face, in the units that the loop works with: bytes and nanoseconds.
package struct HTTPFrontSettings: Sendable {
  /// Longest request target. Beyond it: 414.
  package var maxTarget: Int
  /// Longest head: request line and fields. Beyond it: 431.
  package var maxHead: Int
  /// Longest body. Beyond it: 413.
  package var maxBody: Int
  /// How much of a chunked body beyond `maxBody` is read and dropped to be able to answer 413.
  package var maxSwallowed: Int
  /// libmicrohttpd parses the query into its pool although nobody asks; when the pool runs out it holds the
  /// request open without an answer.
  package var maxQueryParameters: Int
  /// Most connections at one time, over all listeners and loops.
  package var maxConnections: Int
  /// From accepting to the end of the first head.
  package var headTimeout: UInt64
  /// From the end of the head to the end of the body.
  package var bodyTimeout: UInt64
  /// From the end of a response to the end of the next head of the same connection.
  package var idleTimeout: UInt64
  /// From handing a response over to its last byte.
  package var writeTimeout: UInt64

  package init(_ limits: LimitsConfiguration) {
    maxTarget = limits.targetBytes
    maxHead = limits.headBytes
    maxBody = limits.bodyBytes
    maxSwallowed = limits.swallowBytes
    maxQueryParameters = limits.queryParameters
    maxConnections = limits.connections
    headTimeout = limits.headTimeout.wholeNanoseconds
    bodyTimeout = limits.bodyTimeout.wholeNanoseconds
    idleTimeout = limits.idleTimeout.wholeNanoseconds
    writeTimeout = limits.writeTimeout.wholeNanoseconds
  }

  /// What the library keeps for a connection: the head, and beside it an entry of about 64 bytes for each field and
  /// each query parameter, and the head of the response.
  ///
  /// No more than that, because the library fills nearly all of it with zeros one and a half times a request. A first
  /// head that is over our limits never reaches the library; a later one that is over them and over this, too, gets
  /// the library's own 414 or 431.
  var memoryPerConnection: Int { maxHead + 8192 + 64 * maxQueryParameters }
}
