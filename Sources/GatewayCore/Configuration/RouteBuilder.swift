internal import Routing
internal import SchemaModel

extension ConfigurationBuilder {
  /// Most levels of `set` and `default`.
  private static let maxAssignmentDepth = 16

  mutating func routes(_ method: Located, _ value: CheckedValue, prefix: String) -> [RouteConfiguration] {
    value.elements.compactMap { value in
      guard let first = binding(value, prefix: prefix) else { return nil }
      let others = value["additional_bindings"]?.elements.compactMap { binding($0, prefix: prefix) } ?? []
      var route = RouteConfiguration(method: method, bindings: [first] + others)
      if let set = value["set"] { route.set = assignments(set, key: "set") }
      if let fallback = value["default"] { route.defaults = assignments(fallback, key: "default") }
      route.timeout = value["timeout"]?.duration
      route.success = value["success"]?.integer
      route.errors = overrides(value["errors"]) + exceptions(value["exceptions"])
      route.errorFormat = errorFormat(value["errors"])
      route.raw = value["raw"]?.boolean ?? false
      route.requestHeaders = headers(value["request_headers"])
      route.responseHeaders = headers(value["response_headers"])
      route.unknownFields = value["unknown_fields"]?.choice()
      route.lookups = value["lookup"]?.elements.compactMap { lookup($0) } ?? []
      route.replies = value["replies"].flatMap { replies($0) }
      return route
    }
  }

  private mutating func lookup(_ value: CheckedValue) -> LookupConfiguration? {
    guard let method = value["method"]?.located else { return nil }
    var lookup = LookupConfiguration(method: method)
    lookup.conditions = (value["when"]?.entries ?? []).compactMap { key, value in
      value.choice().map { (key, $0) }
    }
    if let set = value["set"] { lookup.set = assignments(set, key: "set") }
    lookup.take = (value["take"]?.entries ?? []).compactMap { key, value in value.located.map { (key, $0) } }
    return lookup
  }

  /// Nil for one reply, and after a diagnostic.
  private mutating func replies(_ value: CheckedValue) -> RepliesConfiguration? {
    if let text = value.text {
      return text == "open" ? RepliesConfiguration(.open, at: value.location) : nil
    }
    guard case .mapping(let entries) = value.content else { return nil }
    guard entries.count == 1 else {
      diagnostics.error(
        "conflicting-keys", at: entries.dropFirst().first?.key.location ?? value.location,
        "'replies' has one of 'until', 'idle' and 'count'")
      return nil
    }
    let end: RepliesConfiguration.End? =
      if let until = value["until"] {
        if let member = until["member"]?.located, let equals = until["equals"]?.located {
          .until(member: member, equals: equals)
        } else {
          nil
        }
      } else if let idle = value["idle"]?.duration {
        .idle(idle)
      } else {
        value["count"]?.integer.map { .count($0) }
      }
    return end.map { RepliesConfiguration($0, at: value.location) }
  }

  // MARK: Verb and path

  private mutating func binding(_ value: CheckedValue, prefix: String) -> RouteConfiguration.Binding? {
    let given = value.entries.filter { RouteKeys.verbs.contains($0.key.text) || $0.key.text == "custom" }
    guard let (key, pattern) = given.first else {
      diagnostics.error(
        "missing-key", at: value.location,
        "a route has one of \(RouteKeys.verbs.joined(separator: ", ")) and custom")
      return nil
    }
    if given.count > 1 {
      diagnostics.error(
        "conflicting-keys", at: given[1].key.location,
        "a route has one of '\(key.text)' and '\(given[1].key.text)'; put the other under additional_bindings"
      )
    }
    let isCustom = key.text == "custom"
    guard let path = (isCustom ? pattern["path"] : pattern)?.located,
      let verb = isCustom ? kind(pattern["kind"]?.located) : key.text.uppercased(),
      let template = template(path, prefix: prefix)
    else { return nil }
    let body = body(value["body"]?.located, verb: verb)
    // RFC 9110 §9.3.1, §9.3.2, §9.3.5.
    if body != .none, ["GET", "HEAD", "DELETE"].contains(verb) {
      diagnostics.warning(
        "body-without-meaning", at: value["body"]?.location,
        "the body of a \(verb) request has no defined meaning; clients and proxies may drop it")
    }
    return RouteConfiguration.Binding(
      verb: verb, path: path, template: template, body: body,
      bodyLocation: value["body"]?.location ?? path.location, responseBody: value["response_body"]?.located)
  }

  private mutating func kind(_ kind: Located?) -> String? {
    guard let kind else { return nil }
    // A method is a token (RFC 9110 §9.1); "*" leaves it open (http.proto, `custom`).
    let isToken =
      !kind.text.isEmpty
      && kind.text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
    if kind.text == "*" || (isToken && !["CONNECT", "TRACE"].contains(kind.text)) { return kind.text }
    diagnostics.error(
      "invalid-value", at: kind.location, "'\(kind.text)' is not a method that can have a route")
    return nil
  }

  private mutating func template(_ path: Located, prefix: String) -> PathTemplate? {
    // "/" under a prefix is the prefix itself: a path does not end with a slash.
    let text = prefix.isEmpty || path.text != "/" ? prefix + path.text : prefix
    do throws(PathTemplateError) {
      return try PathTemplate(parsing: text)
    } catch {
      let column = error.column - prefix.utf8.count
      let place =
        column > 0 ? "'\(path.text)', character \(column)" : "prefix '\(prefix)', character \(error.column)"
      diagnostics.error("invalid-template", at: path.location, "\(place): \(error.reason)")
      return nil
    }
  }

  private func body(_ value: Located?, verb: String) -> RouteConfiguration.Body {
    guard let value else { return ["POST", "PUT", "PATCH"].contains(verb) ? .message : .none }
    switch value.text {
    case "": return .none
    case "*": return .message
    default: return .field(value.text)
    }
  }

  // MARK: Fields

  private mutating func assignments(_ value: CheckedValue, key: String) -> [FieldAssignment] {
    guard case .mapping = value.content else {
      diagnostics.error("wrong-type", at: value.location, "'\(key)' takes field names with values")
      return []
    }
    var found: [FieldAssignment] = []
    collect(value, below: "", depth: 0, into: &found)
    return found
  }

  private mutating func collect(
    _ value: CheckedValue, below path: String, depth: Int, into found: inout [FieldAssignment]
  ) {
    for (key, value) in value.entries {
      let field = Located(path.isEmpty ? key.text : "\(path).\(key.text)", at: key.location)
      switch value.content {
      case .mapping:
        guard depth < Self.maxAssignmentDepth else {
          diagnostics.error(
            "too-large", at: key.location, "more than \(Self.maxAssignmentDepth) levels of fields")
          return
        }
        collect(value, below: field.text, depth: depth + 1, into: &found)
      case .scalar, .list:
        let texts = value.elements.compactMap(\.text)
        if texts.count < value.elements.count {
          diagnostics.error(
            "wrong-type", at: value.location, "'\(field.text)' takes a value or a list of values")
        }
        found.append(FieldAssignment(field: field, values: texts))
      }
    }
  }
}
