internal import SchemaModel

/// `@http(method, path, body, response_body)` on operations and attributes. It may stand several times.
///
/// As with `google.api.http`, a request has a body only where `body` says so. On an attribute the path is that of its
/// reading (GET) and of its writing (PUT, with the message as body); a method of its own is for those that are only read.
enum RouteAnnotation {
  private static let parameters = ["method", "path", "body", "response_body"]

  static func rules(of operation: IDLOperation, _ findings: inout Diagnostics) -> [HTTPRule] {
    operation.annotations.filter { $0.name == "http" }.compactMap { annotation in
      for parameter in annotation.parameters where !parameters.contains(parameter.name) {
        findings.error(
          "bad-annotation", at: operation.location, "'@http' has no parameter '\(parameter.name)'",
          resolution: EditDistance.nearest(to: parameter.name, among: parameters).map {
            "did you mean '\($0)'?"
          })
      }
      guard let path = annotation["path"] else {
        findings.error("bad-annotation", at: operation.location, "'@http' needs 'path'")
        return nil
      }
      let isWriting = operation.isAttribute && operation.name.hasPrefix("set_attribute_")
      guard let method = annotation["method"] ?? (operation.isAttribute ? (isWriting ? "PUT" : "GET") : nil)
      else {
        findings.error("bad-annotation", at: operation.location, "'@http' needs 'method'")
        return nil
      }
      return HTTPRule(
        method: method, path: path, body: annotation["body"] ?? (isWriting ? "*" : ""),
        responseBody: isWriting ? "" : annotation["response_body"] ?? "", location: operation.location)
    }
  }
}
