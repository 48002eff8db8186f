internal import SchemaModel

/// Makes a `Configuration` of checked values. What the table cannot say is checked here: addresses, method
/// numbers, templates, keys that need or exclude each other.
struct ConfigurationBuilder {
  /// Least difference between the limits of the head and of the target.
  private static let leastHeadRoom = 512

  let file: String
  var diagnostics = Diagnostics()

  init(file: String) { self.file = file }

  mutating func build(_ root: CheckedValue) -> Configuration {
    var configuration = Configuration(file: file)
    if let listen = root["listen"] {
      configuration.listen = listen.elements.compactMap { address($0) }
      if listen.elements.isEmpty {
        diagnostics.error("missing-key", at: listen.location, "'listen' has no address")
      }
    } else {
      configuration.listen = [ListenAddress(.tcp(host: "127.0.0.1", port: 8080))]
    }
    configuration.admin = root["admin"].flatMap { address($0) }
    configuration.trailingSlash = root["trailing_slash"]?.choice() ?? configuration.trailingSlash
    configuration.cors = root["cors"].flatMap { cors($0) }
    configuration.loops = root["loops"]?.integer
    if let log = root["log"] { configuration.log = self.log(log) }
    if let limits = root["limits"] { configuration.limits = self.limits(limits) }
    for (name, value) in root["services"]?.entries ?? [] {
      if let service = service(name, value) { configuration.services.append(service) }
    }
    checkAddressesDiffer(root["listen"]?.elements ?? [], root["admin"])
    return configuration
  }

  private mutating func cors(_ value: CheckedValue) -> CORSConfiguration? {
    guard let origins = value["origins"] else { return nil }
    for origin in origins.elements {
      guard let text = origin.text, text != "*" else { continue }
      // What browsers send: scheme, host, perhaps a port, no path (RFC 6454 section 6.2).
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      let isOrigin = parts.count == 3 && parts[0].hasSuffix(":") && parts[1].isEmpty && !parts[2].isEmpty
      if !isOrigin || !text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ",") }) {
        diagnostics.error(
          "invalid-value", at: origin.location, "'\(text)' is no origin such as https://app.example.org")
      }
    }
    var cors = CORSConfiguration(origins: origins.elements.compactMap(\.text))
    if let headers = value["headers"] { cors.headers = headers.elements.compactMap(\.text) }
    for header in value["headers"]?.elements ?? [] {
      guard let name = header.text, name.isEmpty || !name.utf8.allSatisfy({ isTokenByte($0) }) else {
        continue
      }
      diagnostics.error("invalid-value", at: header.location, "'\(name)' is not the name of a header field")
    }
    cors.maxAge = value["max_age"]?.duration ?? cors.maxAge
    return cors
  }

  private func log(_ value: CheckedValue) -> LogConfiguration {
    var log = LogConfiguration()
    log.format = value["format"]?.choice() ?? log.format
    log.access = value["access"]?.boolean ?? log.access
    log.level = value["level"]?.choice() ?? log.level
    return log
  }

  private mutating func limits(_ value: CheckedValue) -> LimitsConfiguration {
    var limits = LimitsConfiguration()
    limits.headBytes = value["head"]?.integer ?? limits.headBytes
    limits.targetBytes = value["target"]?.integer ?? limits.targetBytes
    limits.bodyBytes = value["body"]?.integer ?? limits.bodyBytes
    limits.swallowBytes = value["swallow"]?.integer ?? limits.swallowBytes
    limits.queryParameters = value["query_parameters"]?.integer ?? limits.queryParameters
    limits.connections = value["connections"]?.integer ?? limits.connections
    limits.inFlight = value["in_flight"]?.integer ?? limits.inFlight
    limits.replies = value["replies"]?.integer ?? limits.replies
    limits.streamBytes = value["stream"]?.integer ?? limits.streamBytes
    limits.headTimeout = value["head_timeout"]?.duration ?? limits.headTimeout
    limits.bodyTimeout = value["body_timeout"]?.duration ?? limits.bodyTimeout
    limits.idleTimeout = value["idle_timeout"]?.duration ?? limits.idleTimeout
    limits.writeTimeout = value["write_timeout"]?.duration ?? limits.writeTimeout
    limits.heartbeat = value["heartbeat"]?.duration ?? limits.heartbeat
    limits.drainTimeout = value["drain_timeout"]?.duration ?? limits.drainTimeout
    if limits.targetBytes > limits.headBytes - Self.leastHeadRoom {
      diagnostics.error(
        "out-of-range", at: (value["target"] ?? value["head"] ?? value).location,
        "'target' (\(limits.targetBytes) bytes) must be at least \(Self.leastHeadRoom) bytes less than 'head' "
          + "(\(limits.headBytes) bytes)")
    }
    return limits
  }

  /// Two listeners cannot have the same address.
  private mutating func checkAddressesDiffer(_ listen: [CheckedValue], _ admin: CheckedValue?) {
    var seen: Set<String> = []
    for value in listen + (admin.map { [$0] } ?? []) {
      guard let text = value.text ?? value["address"]?.text, !text.hasSuffix(":0") else { continue }
      if !seen.insert(text).inserted {
        diagnostics.error("invalid-value", at: value.location, "address '\(text)' is listened on already")
      }
    }
  }

  /// A path of the configuration, relative to the folder of the file.
  func resolve(_ path: String) -> String {
    guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
    return String(file[...slash]) + path
  }
}
