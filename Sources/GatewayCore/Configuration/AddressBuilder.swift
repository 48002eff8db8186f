internal import SchemaModel

extension ConfigurationBuilder {
  /// Longest path of a Unix socket (`sun_path` with its NUL is 108 bytes, unix(7)).
  private static let maxSocketPath = 107

  /// Nil after a diagnostic.
  mutating func address(_ value: CheckedValue) -> ListenAddress? {
    guard let located = value.located ?? value["address"]?.located else { return nil }
    let text = located.text
    if text.hasPrefix("unix:") {
      let path = resolve(String(text.dropFirst(5)))
      guard text.utf8.count > 5, path.utf8.count <= Self.maxSocketPath else {
        return invalid(located, "the path of a socket has 1 to \(Self.maxSocketPath) bytes")
      }
      var socket = ListenAddress.UnixSocket(path: path)
      if let mode = value["mode"]?.integer { socket.mode = UInt32(clamping: mode) }
      if let owner = value["owner"]?.located { (socket.user, socket.group) = self.owner(owner) }
      return ListenAddress(.unix(socket), at: located.location)
    }
    for key in ["mode", "owner"] {
      guard let given = value[key] else { continue }
      diagnostics.error("invalid-value", at: given.location, "'\(key)' is for unix: addresses only")
    }
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
      return invalid(located, "expected host:port, [v6]:port or unix:/path")
    }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
      guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || ":.%".contains($0) || $0.isLetter }) else {
        return invalid(located, "only an IPv6 address stands in brackets")
      }
    } else if host.contains(":") {
      return invalid(located, "an IPv6 address stands in brackets")
    } else if host.isEmpty {
      return invalid(located, "the host is missing; 0.0.0.0 is every IPv4 address, [::] every address")
    } else if !host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) }) {
      return invalid(located, "'\(host)' is not a host name")
    }
    return ListenAddress(.tcp(host: host, port: port), at: located.location)
  }

  private mutating func invalid(_ value: Located, _ reason: String) -> ListenAddress? {
    diagnostics.error("invalid-address", at: value.location, "'\(value.text)': \(reason)")
    return nil
  }

  /// `user`, `user:group` or `:group`.
  private mutating func owner(_ value: Located) -> (user: String?, group: String?) {
    let parts = value.text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let named = parts.filter { !$0.isEmpty }
    guard parts.count <= 2, !named.isEmpty else {
      diagnostics.error(
        "invalid-value", at: value.location, "'\(value.text)' is not user, user:group or :group")
      return (nil, nil)
    }
    let group = parts.count == 2 && !parts[1].isEmpty ? parts[1] : nil
    return (parts[0].isEmpty ? nil : parts[0], group)
  }
}
