internal import Routing
internal import SchemaModel
internal import Transcoding

/// The routes of a snapshot for people and programs: `drawbridge routes`.
package enum RouteListing {
  /// One line a route: what a client sends, and which method it calls.
  package static func lines(_ snapshot: Snapshot) -> [String] {
    let width = snapshot.routes.map(\.summary.count).max() ?? 0
    return snapshot.routes.map { route in
      let gap = String(repeating: " ", count: width - route.summary.count + 2)
      let note = route.source == .configuration ? "" : "  (\(route.source.rawValue))"
      return "\(route.summary)\(gap)\(route.operation)\(note)"
    }
  }

  /// A JSON array with an object a route, each on a line of its own.
  package static func json(_ snapshot: Snapshot) -> [UInt8] {
    var text = Array("[".utf8)
    for (route, definition) in zip(snapshot.routes, snapshot.router.routes) {
      text += Array((text.count > 1 ? ",\n " : "\n ").utf8)
      text += object(route, definition)
    }
    return text + Array("\n]".utf8)
  }

  private static func object(_ route: CompiledRoute, _ definition: RouteDefinition) -> [UInt8] {
    let model = route.service.model
    var json = JSONObjectWriter()
    json.string("method", definition.method?.name ?? "*")
    json.string("path", "\(definition.template)")
    json.string("service", route.service.name)
    json.string("operation", route.operation)
    json.string("source", route.source.rawValue)
    if let location = definition.location { json.string("location", "\(location)") }
    if let request = route.request { json.string("request", model[request].name) }
    if let response = route.response { json.string("response", model[response].name) }
    if case .field(let path) = route.body { json.string("body", path.isEmpty ? "*" : name(path, model)) }
    if !route.responsePath.isEmpty { json.string("response_body", name(route.responsePath, model)) }
    json.number("success", route.success)
    json.number("timeout_ms", Int(clamping: route.timeout / 1_000_000))
    json.string("errors", route.errorFormat.rawValue)
    return json.finish()
  }

  static func name(_ path: FieldPath, _ model: SchemaModel) -> String {
    path.map { model[$0].name }.joined(separator: ".")
  }
}
