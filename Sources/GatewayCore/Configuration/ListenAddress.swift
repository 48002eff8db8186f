package import SchemaModel

/// Where the gateway listens: `127.0.0.1:8080`, `[::1]:8080`, `unix:/run/drawbridge.sock`.
package struct ListenAddress: Sendable {
  package enum Endpoint: Sendable, Equatable {
    /// `host` is a name or a literal address, without brackets; port 0 lets the system choose.
    case tcp(host: String, port: UInt16)
    case unix(UnixSocket)
  }

  /// A socket in the file system and who may open it.
  package struct UnixSocket: Sendable, Equatable {
    package var path: String
    /// Permission bits of the socket file.
    package var mode: UInt32
    /// User and group names or numbers; nil keeps the process's own.
    package var user: String?
    package var group: String?

    package init(path: String, mode: UInt32 = 0o660, user: String? = nil, group: String? = nil) {
      self.path = path
      self.mode = mode
      self.user = user
      self.group = group
    }
  }

  package var endpoint: Endpoint
  package var location: SourceLocation?

  package init(_ endpoint: Endpoint, at location: SourceLocation? = nil) {
    self.endpoint = endpoint
    self.location = location
  }
}

extension ListenAddress: CustomStringConvertible {
  /// As the configuration writes it.
  package var description: String {
    switch endpoint {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let socket): "unix:\(socket.path)"
    }
  }
}
