/// Every key there is. The validator refuses what has no row; docs/configuration.md is printed from the rows.
package enum ConfigurationTable {
  package static let rows: [ConfigurationKey] = general + limits + ServiceKeys.rows + RouteKeys.rows

  /// Rows by path.
  static let byPath: [String: ConfigurationKey] = Dictionary(
    rows.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })

  /// The keys of a mapping, by its path; the root's is empty.
  static let children: [String: [ConfigurationKey]] = Dictionary(
    grouping: rows.filter { !$0.path.hasSuffix("[]") && $0.name != "*" }
  ) { row in
    row.path.lastIndex(of: ".").map { String(row.path[..<$0]) } ?? ""
  }

  private static let general: [ConfigurationKey] =
    [
      ConfigurationKey(
        "listen", .list, default: "[127.0.0.1:8080]", "Addresses to serve HTTP on."),
      ConfigurationKey(
        "listen[]", .scalarOrMapping(.text),
        "`host:port`, `[v6]:port` or `unix:/path`; port 0 picks a free one."),
    ] + address("listen[]") + [
      ConfigurationKey(
        "admin", .scalarOrMapping(.text),
        "Address of `/healthz`, `/readyz`, `/metrics` and `/routes`; not served by this version, of which "
          + "`check` warns.")
    ] + address("admin") + [
      ConfigurationKey(
        "trailing_slash", .scalar(.choice(TrailingSlash.allCases.map(\.rawValue))), default: "strict",
        "`strict`: `/a/` is another path than `/a`; `ignore`: it is the same where only `/a` has a route; `redirect`: "
          + "308 to it."),
      ConfigurationKey("cors", .mapping, "Web pages of other origins that may call the gateway."),
      ConfigurationKey(
        "cors.origins", .list, required: true,
        "Origins such as `https://app.example.org`; `*` for every one."),
      ConfigurationKey("cors.origins[]", .scalar(.text), "An origin."),
      ConfigurationKey(
        "cors.headers", .list, default: "[Content-Type, Request-Timeout, X-Request-Id]",
        "Header fields that such pages may send."),
      ConfigurationKey("cors.headers[]", .scalar(.text), "A header field."),
      ConfigurationKey(
        "cors.max_age", .scalar(.duration(0...86_400_000)), default: "10m",
        "How long a browser may keep the answer to a preflight."),
      ConfigurationKey(
        "loops", .scalar(.integer(1...64)),
        "Event loops; by default one for each core that the process may use, at most 8."),
      ConfigurationKey("log", .mapping, "What goes to standard error."),
      ConfigurationKey(
        "log.format", .scalar(.choice(LogConfiguration.Format.allCases.map(\.rawValue))), default: "json",
        "One JSON object or one line of text an event."),
      ConfigurationKey("log.access", .scalar(.boolean), default: "true", "One event for each request."),
      ConfigurationKey(
        "log.level", .scalar(.choice(LogConfiguration.Level.allCases.map(\.rawValue))), default: "info",
        "Events below this level are dropped."),
    ]

  private static func address(_ path: String) -> [ConfigurationKey] {
    [
      ConfigurationKey(
        "\(path).address", .scalar(.text), required: true, "The address, when a mapping says more about it."),
      ConfigurationKey(
        "\(path).mode", .scalar(.mode), default: "\"0660\"", "Permission bits of a Unix socket's file."),
      ConfigurationKey(
        "\(path).owner", .scalar(.text),
        "`user`, `user:group` or `:group` of a Unix socket's file; by default the process's own."),
    ]
  }

  private static let limits: [ConfigurationKey] = [
    ConfigurationKey("limits", .mapping, "Bounds of the HTTP side."),
    size("head", 1 << 10...1 << 20, "12KiB", "Request line and header fields together; more is 431."),
    size("target", 256...1 << 20, "8KiB", "Request target; more is 414. Less than `head`."),
    size("body", 0...1 << 30, "4MiB", "Request body; more is 413."),
    size(
      "swallow", 0...1 << 30, "1MiB",
      "Of a refused chunked body this much is read and dropped before the connection is closed."),
    count("query_parameters", 1...256, "64", "Parameters of one query; more is 400."),
    count("connections", 1...1_000_000, "8192", "Connections, all listeners together."),
    count("in_flight", 1...1_000_000, "1024", "Requests being served at one time; more is 503."),
    count("replies", 1...1_000_000_000, "10000", "Replies of one call; more end it with an error."),
    size(
      "stream", 1 << 10...1 << 30, "1MiB",
      "Of a streamed answer this much waits for a slow client, or one reply; more ends the stream."),
    time("head_timeout", "10s", "From the first byte of a head to its last; later is 408."),
    time("body_timeout", "30s", "From the end of the head to the last byte of the body."),
    time("idle_timeout", "75s", "How long a kept connection waits for its next request."),
    time("write_timeout", "30s", "From handing an answer over to its last byte."),
    time("heartbeat", "15s", "After this long without a reply an event stream has a comment."),
    time("drain_timeout", "30s", "From the signal to stop until what is still being served is cut off."),
  ]

  private static func size(
    _ name: String, _ range: ClosedRange<Int>, _ standard: String, _ text: String
  ) -> ConfigurationKey {
    ConfigurationKey("limits.\(name)", .scalar(.size(range)), default: standard, text)
  }

  private static func count(
    _ name: String, _ range: ClosedRange<Int>, _ standard: String, _ text: String
  ) -> ConfigurationKey {
    ConfigurationKey("limits.\(name)", .scalar(.integer(range)), default: standard, text)
  }

  private static func time(_ name: String, _ standard: String, _ text: String) -> ConfigurationKey {
    ConfigurationKey("limits.\(name)", .scalar(.duration(100...3_600_000)), default: standard, text)
  }
}
