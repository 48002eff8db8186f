internal import SchemaModel

extension ConfigurationBuilder {
  /// Fields that frame messages, that HTTP or the gateway gives a meaning of its own, or that hold credentials.
  private static let reservedHeaders: Set<String> = [
    "accept", "allow", "authorization", "cache-control", "connection", "content-encoding", "content-length",
    "content-type", "cookie", "date", "expect", "grpc-timeout", "host", "keep-alive", "location",
    "proxy-authenticate", "proxy-authorization", "proxy-connection", "request-timeout", "retry-after",
    "set-cookie", "te", "trailer", "transfer-encoding", "upgrade", "www-authenticate",
    "x-content-type-options", "x-request-id", "drawbridge-ignored-fields",
  ]

  /// `request_headers:` and `response_headers:`: nothing passes but what stands here.
  mutating func headers(_ value: CheckedValue?) -> [HeaderAssignment] {
    var seen: Set<String> = []
    return (value?.entries ?? []).compactMap { key, value in
      guard let field = value.located else { return nil }
      let name = key.text.lowercased()
      if name.isEmpty || !name.utf8.allSatisfy({ isTokenByte($0) }) {
        diagnostics.error(
          "invalid-value", at: key.location, "'\(key.text)' is not the name of a header field")
        return nil
      }
      if Self.reservedHeaders.contains(name) {
        diagnostics.error(
          "invalid-value", at: key.location, "'\(key.text)' has a meaning of its own in HTTP",
          resolution: "use another header field")
        return nil
      }
      if !seen.insert(name).inserted {
        diagnostics.error("duplicate-key", at: key.location, "header field '\(key.text)' stands here twice")
        return nil
      }
      return HeaderAssignment(name: key, field: field)
    }
  }
}
