/// `drpc:` of a service.
package struct DRPCServiceConfiguration: Sendable {
  package enum Framing: String, Sendable, CaseIterable { case auto, raw, chunked }

  package enum Selection: Sendable, Equatable {
    /// The first socket, in the order of the file (matches of a pattern in name order), that can be called.
    case first
    /// The one whose key stands in this variable of the path.
    case variable(String)
  }

  /// A socket, or a pattern with `*` for sockets whose names change.
  package struct Socket: Sendable {
    /// How a call names it; nil in the list form.
    package var key: String?
    package var path: Located

    package init(key: String? = nil, path: Located) {
      self.key = key
      self.path = path
    }
  }

  package var sockets: [Socket]
  package var select: Selection = .first
  package var framing: Framing = .auto
  /// Connections to each socket, all loops together.
  package var connections: Int = 8
  /// Calls that wait for a connection.
  package var queue: Int = 64
  /// Largest request; nil: 131072 with raw framing (an engine would truncate more), 64 MiB when chunked.
  package var maxRequest: Int?
  /// Largest reply.
  package var maxReply: Int = 64 << 20
  /// Methods that may be called although they change state or hand out the gateway's own credentials, by
  /// method name or `module/method`.
  package var allow: [Located] = []

  package init(sockets: [Socket]) { self.sockets = sockets }
}
