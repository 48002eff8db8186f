internal import SchemaModel

/// The lines of a configuration that is being written.
struct StarterText {
  private(set) var text: String

  init(source: String) {
    text = """
      # Written by `drawbridge init` from \(Self.plain(source)). Make it yours, then:
      #   drawbridge check -c drawbridge.yaml
      #   drawbridge serve -c drawbridge.yaml
      # Relative paths are relative to the folder of this file. Every key there is: docs/configuration.md.
      listen:
        - 127.0.0.1:8080
      services:

      """
  }

  mutating func add(_ indentation: Int, _ line: String) {
    text += String(repeating: " ", count: indentation) + line + "\n"
  }

  mutating func service(_ name: String) { add(2, "\(name):") }

  mutating func prefix(_ title: String) {
    add(4, "# timeout: 30s                    # deadline of a call")
    add(4, "prefix: /v1/\(title)")
  }

  /// A route for each method; those that state their own in the schema keep it.
  mutating func routes(_ methods: [MethodDefinition], in model: SchemaModel) {
    if methods.isEmpty { return add(4, "# routes:") }
    let own = methods.filter { $0.routes.isEmpty }
    let plan = RoutePlan(own.map { ($0.name, Self.hasFields($0.request, model)) })
    if own.isEmpty { return add(4, "# routes:                        # the schema states them all") }
    add(4, "routes:")
    let width = plan.routes.map(\.method.utf8.count).max() ?? 0
    for (route, method) in zip(plan.routes, own) {
      if let line = method.documentation.split(separator: "\n").first {
        add(6, "# " + Self.plain(String(line)))
      }
      let gap = String(repeating: " ", count: width - route.method.utf8.count + 1)
      add(6, "\(route.method):\(gap){ \(route.verb): \(route.path) }   # \(Self.shape(method, model))")
    }
    for method in methods where !method.routes.isEmpty { add(6, "# \(method.name): stated in the schema") }
  }

  /// `(com) -> (status)`, for people.
  private static func shape(_ method: MethodDefinition, _ model: SchemaModel) -> String {
    "(\(names(method.request, model))) -> (\(names(method.response, model)))"
  }

  private static func names(_ type: TypeID?, _ model: SchemaModel) -> String {
    guard let type, case .record(let fields) = model[type].shape else { return "" }
    let names = model.fields[fields].map(\.jsonName)
    return names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
  }

  private static func hasFields(_ type: TypeID?, _ model: SchemaModel) -> Bool {
    guard let type, case .record(let fields) = model[type].shape else { return false }
    return !fields.isEmpty
  }

  /// A text that YAML cannot take for anything else.
  static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\\", "\"": "\\\(scalar)"
      case "$": "$$"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: String(scalar)
      }
    }
    return "\"" + escaped.joined() + "\""
  }

  /// One line of a comment.
  private static func plain(_ text: String) -> String {
    String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
  }
}
