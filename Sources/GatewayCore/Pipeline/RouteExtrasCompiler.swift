internal import Routing
internal import SchemaModel
internal import Transcoding

/// What a route does beyond path, query and body.
extension RouteCompiler {
  func extras(
    _ route: RouteConfiguration, _ method: MethodDefinition, verb: HTTPMethod?, body: CompiledRoute.Body,
    taken: [FieldPath], _ diagnostics: inout Diagnostics
  ) -> RouteExtras? {
    var bodyField: [FieldPath] = []
    if case .field(let path) = body, !path.isEmpty { bodyField = [path] }
    var requestHeaders = HeaderBinder()
    for header in route.requestHeaders {
      requestHeaders.add(
        header.name.text, to: header.field.text, request: method.request, names: names,
        taken: taken + bodyField, at: header.field.location, diagnostics: &diagnostics)
    }
    var responseHeaders: [RouteExtras.ResponseHeader] = []
    for header in route.responseHeaders {
      guard
        let field = fieldPath(
          header.field, of: method.response, role: "header field '\(header.name.text)' from", &diagnostics)
      else { continue }
      if let last = field.last, !isScalar(last) {
        diagnostics.error(
          "not-a-scalar", at: header.field.location, "'\(header.field.text)' is not a single value")
      }
      responseHeaders.append(.init(name: header.name.text, field: field))
    }
    if route.raw { checkRaw(route, method, body, taken, &diagnostics) }
    let hasBody = body != .none
    return RouteExtras(
      requestHeaders: requestHeaders, responseHeaders: responseHeaders,
      maskField: verb == .patch && hasBody ? maskField(of: method) : nil, takesRaw: route.raw)
  }

  private func isScalar(_ field: FieldID) -> Bool {
    switch service.model[service.model[field].type].shape {
    case .primitive, .enumeration: true
    default: service.model[service.model[field].type].wellKnown == .timestamp
    }
  }

  /// `google.protobuf.FieldMask update_mask` of the request (google.aip.dev/134).
  private func maskField(of method: MethodDefinition) -> FieldID? {
    guard let request = method.request, case .record(let fields) = service.model[request].shape else {
      return nil
    }
    let index = fields.first { index in
      let field = service.model.fields[index]
      return field.name == "update_mask" && service.model[field.type].wellKnown == .fieldMask
    }
    return index.map { FieldID(rawValue: Int32(clamping: $0)) }
  }

  /// Nobody looks into a raw body, so that nothing can be merged into it.
  private func checkRaw(
    _ route: RouteConfiguration, _ method: MethodDefinition, _ body: CompiledRoute.Body, _ taken: [FieldPath],
    _ diagnostics: inout Diagnostics
  ) {
    let place = route.method.location
    if !taken.isEmpty || !route.defaults.isEmpty || !route.requestHeaders.isEmpty || !route.lookups.isEmpty {
      diagnostics.error(
        "raw-not-possible", at: place,
        "'raw' is for routes whose request is the body alone: no path variables, 'set', 'default', 'lookup' or 'request_headers'"
      )
    }
    if case .field(let path) = body, !path.isEmpty {
      diagnostics.error("raw-not-possible", at: place, "'raw' needs 'body: \"*\"'")
    }
    for type in [method.request, method.response].compactMap({ $0 }) {
      guard let reason = service.codec.refusalOfRaw(type) else { continue }
      diagnostics.error("raw-not-possible", at: place, "'raw': \(service.model[type].name) \(reason)")
    }
  }
}
