/// How a service's servers are reached.
package struct DRPCSettings: Sendable {
  /// One server.
  package struct Socket: Sendable {
    /// How calls name it; nil for the only one.
    package var name: String?
    /// Paths, or patterns for `glob(7)`, which are resolved at each connect: an engine's socket carries its process
    /// id. The first match that accepts is taken.
    package var patterns: [String]

    package init(name: String? = nil, patterns: [String]) {
      self.name = name
      self.patterns = patterns
    }
  }

  package var sockets: [Socket]
  package var framing: DRPCFraming
  /// Connections to each socket, for the whole process.
  package var connections: Int
  /// Calls that may wait for a connection, for the whole process.
  package var queue: Int
  /// Largest marshalled call. nil: 131072 bytes raw, which is what an engine can receive, and 64 MiB chunked, of which callers
  /// with bodies of their own have bounds below.
  package var maxRequest: Int?
  /// Largest marshalled reply.
  package var maxReply: Int

  package static let defaultConnections = 8
  package static let defaultQueue = 64
  package static let defaultMaxRawRequest = 131_072
  package static let defaultMaxChunkedRequest = 64 * 1024 * 1024
  package static let defaultMaxReply = 64 * 1024 * 1024

  /// `sockets` are the places where one server may be found.
  package init(
    sockets: [String], framing: DRPCFraming = .auto, connections: Int = defaultConnections,
    queue: Int = defaultQueue, maxRequest: Int? = nil, maxReply: Int = defaultMaxReply
  ) {
    self.init(
      servers: [Socket(patterns: sockets)], framing: framing, connections: connections, queue: queue,
      maxRequest: maxRequest, maxReply: maxReply)
  }

  /// `servers` are those that calls may name.
  package init(
    servers: [Socket], framing: DRPCFraming = .auto, connections: Int = defaultConnections,
    queue: Int = defaultQueue, maxRequest: Int? = nil, maxReply: Int = defaultMaxReply
  ) {
    self.sockets = servers
    self.framing = framing
    self.connections = connections
    self.queue = queue
    self.maxRequest = maxRequest
    self.maxReply = maxReply
  }

  /// What a new connection begins with. Unknown: chunked, since a raw server refuses that politely and a chunked
  /// server just closes on raw.
  func wireFraming(known: WireFraming?) -> WireFraming {
    switch framing {
    case .auto: known ?? .chunked
    case .raw: .raw
    case .chunked: .chunked
    }
  }

  func requestLimit(_ framing: WireFraming) -> Int {
    maxRequest ?? (framing == .raw ? Self.defaultMaxRawRequest : Self.defaultMaxChunkedRequest)
  }
}
