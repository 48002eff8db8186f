/// A request method; names are case-sensitive (RFC 9110 §9.1).
package enum HTTPMethod: Sendable, Hashable {
  case get, head, post, put, delete, patch, options
  /// Any other: `custom { kind: … }` of `google.api.HttpRule`.
  case other(String)

  package init(_ name: String) { self.init(Array(name.utf8).span) }

  /// The method whose name is `bytes`. Most requests need no string for it.
  package init(_ bytes: Span<UInt8>) {
    switch bytes.count {
    case 3 where Self.matches(bytes, "GET"): self = .get
    case 3 where Self.matches(bytes, "PUT"): self = .put
    case 4 where Self.matches(bytes, "POST"): self = .post
    case 4 where Self.matches(bytes, "HEAD"): self = .head
    case 5 where Self.matches(bytes, "PATCH"): self = .patch
    case 6 where Self.matches(bytes, "DELETE"): self = .delete
    case 7 where Self.matches(bytes, "OPTIONS"): self = .options
    default:
      var name: [UInt8] = []
      for position in bytes.indices { name.append(bytes[position]) }
      self = .other(String(decoding: name, as: UTF8.self))
    }
  }

  private static func matches(_ bytes: Span<UInt8>, _ name: StaticString) -> Bool {
    // SAFETY: the caller has compared the lengths.
    for position in bytes.indices where unsafe bytes[position] != name.utf8Start[position] { return false }
    return true
  }

  package var name: String {
    switch self {
    case .get: "GET"
    case .head: "HEAD"
    case .post: "POST"
    case .put: "PUT"
    case .delete: "DELETE"
    case .patch: "PATCH"
    case .options: "OPTIONS"
    case .other(let name): name
    }
  }
}

extension HTTPMethod: CustomStringConvertible {
  package var description: String { name }
}
