internal import Routing
internal import SchemaModel

/// The routes that a schema states, in the form of those that a configuration writes.
extension RouteCompiler {
  /// Of every method for which the configuration has no route.
  func annotatedRoutes(_ diagnostics: inout Diagnostics) -> [RouteConfiguration] {
    let configured = Set(configuration.routes.map(\.method.text))
    var routes: [RouteConfiguration] = []
    for method in methods where !configured.contains(method.name.text) {
      let bindings = service.model[method.id].routes.compactMap { binding($0, &diagnostics) }
      if !bindings.isEmpty { routes.append(RouteConfiguration(method: method.name, bindings: bindings)) }
    }
    return routes
  }

  private func binding(
    _ rule: HTTPRule, _ diagnostics: inout Diagnostics
  ) -> RouteConfiguration.Binding? {
    let isToken = !rule.method.isEmpty && rule.method.utf8.allSatisfy { isTokenByte($0) }
    guard isToken, !["CONNECT", "TRACE"].contains(rule.method) else {
      diagnostics.error(
        "invalid-value", at: rule.location, "'\(rule.method)' is not a method that can have a route")
      return nil
    }
    let prefix = configuration.prefix.text
    let text = prefix.isEmpty || rule.path != "/" ? prefix + rule.path : prefix
    let body: RouteConfiguration.Body =
      switch rule.body {
      case "": .none
      case "*": .message
      default: .field(rule.body)
      }
    do throws(PathTemplateError) {
      return RouteConfiguration.Binding(
        verb: rule.method, path: Located(rule.path, at: rule.location),
        template: try PathTemplate(parsing: text),
        body: body, bodyLocation: rule.location,
        responseBody: rule.responseBody.isEmpty ? nil : Located(rule.responseBody, at: rule.location))
    } catch {
      diagnostics.error(
        "invalid-template", at: rule.location,
        "'\(rule.path)', character \(error.column - prefix.utf8.count): \(error.reason)")
      return nil
    }
  }
}
