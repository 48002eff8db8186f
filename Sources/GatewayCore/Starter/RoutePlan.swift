internal import SchemaModel

/// The routes that `drawbridge init` proposes for the methods of a service: attributes and pairs of get and set become GET
/// and PUT of one path, everything else POST, because a name says nothing about what a call changes.
struct RoutePlan {
  struct Route {
    var method: String
    /// `get`, `put` or `post`.
    var verb: String
    var path: String
  }

  private(set) var routes: [Route] = []

  /// - Parameter methods: names, and whether a call of the method takes anything.
  init(_ methods: [(name: String, hasInput: Bool)]) {
    let names = Set(methods.map(\.name))
    var taken: Set<String> = []
    for method in methods {
      var route = Route(method: method.name, verb: "post", path: "/" + Self.kebab(method.name))
      if let (isWriting, property, partner) = Self.accessor(method.name) {
        let isPair = names.contains(partner) || property.isAttribute
        let fits = isWriting == method.hasInput
        if isPair, fits { route.path = "/" + Self.kebab(property.name) }
        if isPair, fits { route.verb = isWriting ? "put" : "get" }
      }
      if !taken.insert("\(route.verb) \(route.path)").inserted {
        // Names that differ in case only.
        route = Route(method: method.name, verb: "post", path: "/" + method.name)
      }
      routes.append(route)
    }
  }

  private struct Property {
    var name: String
    var isAttribute = false
  }

  /// Of `setSpeed`: that it writes, `Speed`, and `getSpeed`.
  private static func accessor(_ name: String) -> (isWriting: Bool, property: Property, partner: String)? {
    for (prefix, other) in [("get_attribute_", "set_attribute_"), ("set_attribute_", "get_attribute_")]
    where name.hasPrefix(prefix) {
      let rest = String(name.dropFirst(prefix.count))
      return (prefix.hasPrefix("set"), Property(name: rest, isAttribute: true), other + rest)
    }
    for (prefix, other) in [("get", "set"), ("set", "get"), ("Get", "Set"), ("Set", "Get")]
    where name.hasPrefix(prefix) {
      let rest = String(name.dropFirst(3))
      guard let first = rest.first, first == "_" || first.isUppercase || first.isNumber else { continue }
      return (prefix.lowercased() == "set", Property(name: rest), other + rest)
    }
    return nil
  }

  /// `PoolQuery` and `pool_query` are `pool-query`.
  static func kebab(_ name: String) -> String {
    var words = ""
    var previous: Character = "-"
    for character in name {
      if character == "_" {
        if previous != "-" { words.append("-") }
        previous = "-"
        continue
      }
      if character.isUppercase, previous.isLowercase || previous.isNumber { words.append("-") }
      words += character.lowercased()
      previous = character
    }
    while words.hasSuffix("-") { words.removeLast() }
    return words.isEmpty ? name : words
  }
}
