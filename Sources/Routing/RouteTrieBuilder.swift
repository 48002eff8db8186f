package import SchemaModel

/// A method and a path that lead to something; its position in the list given to the router is its number.
package struct RouteDefinition: Sendable {
  /// Nil for any method.
  package var method: HTTPMethod?
  package var template: PathTemplate
  /// For people: `engine.PoolQuery`.
  package var name: String
  package var location: SourceLocation?

  package init(method: HTTPMethod?, template: PathTemplate, name: String, location: SourceLocation? = nil) {
    self.method = method
    self.template = template
    self.name = name
    self.location = location
  }
}

/// Puts routes into a tree that is easy to change, then freezes it.
struct RouteTrieBuilder {
  private struct Draft {
    var literals: [[UInt8]: Int] = [:]
    var any: Int?
    var rest: Int?
    var endpoints: [RouteTrie.Endpoint] = []
  }

  private var drafts: [Draft] = []
  /// Verb (empty for none) to root, in order of appearance.
  private var roots: [(verb: [UInt8], node: Int)] = []
  private(set) var otherMethods: [String: Int32] = [:]
  private var depth = 0

  init() {
    roots.append((verb: [], node: node()))
  }

  private mutating func node() -> Int {
    drafts.append(Draft())
    return drafts.count - 1
  }

  /// - Returns: the route that already takes the same requests; nil when `route` was added.
  mutating func insert(_ definition: RouteDefinition, as route: Int32) -> Int32? {
    var node = root(Array((definition.template.verb ?? "").utf8))
    depth = max(depth, definition.template.segments.count)
    for segment in definition.template.segments { node = child(of: node, segment) }
    let method = number(of: definition.method)
    if let taken = drafts[node].endpoints.first(where: { $0.method == method }) { return taken.route }
    drafts[node].endpoints.append(RouteTrie.Endpoint(method: method, route: route))
    return nil
  }

  private mutating func root(_ verb: [UInt8]) -> Int {
    if let root = roots.first(where: { $0.verb == verb }) { return root.node }
    roots.append((verb: verb, node: node()))
    return drafts.count - 1
  }

  private mutating func child(of parent: Int, _ segment: PathTemplate.Segment) -> Int {
    switch segment {
    case .literal(let text):
      let bytes = Array(text.utf8)
      if let child = drafts[parent].literals[bytes] { return child }
      let child = node()
      drafts[parent].literals[bytes] = child
      return child
    case .any:
      if let child = drafts[parent].any { return child }
      let child = node()
      drafts[parent].any = child
      return child
    case .rest:
      if let child = drafts[parent].rest { return child }
      let child = node()
      drafts[parent].rest = child
      return child
    }
  }

  private mutating func number(of method: HTTPMethod?) -> Int32 {
    guard let method else { return MethodNumber.any }
    if case .other(let name) = method, otherMethods[name] == nil {
      otherMethods[name] = MethodNumber.firstOther + Int32(clamping: otherMethods.count)
    }
    return MethodNumber.number(of: method, others: otherMethods)
  }

  func freeze() -> RouteTrie {
    var trie = RouteTrie()
    trie.depth = depth
    for draft in drafts {
      var node = RouteTrie.Node()
      node.firstEdge = Int32(clamping: trie.edges.count)
      let ordered = draft.literals.sorted {
        $0.key.count == $1.key.count ? $0.key.lexicographicallyPrecedes($1.key) : $0.key.count < $1.key.count
      }
      for (literal, child) in ordered {
        let range = trie.store(literal)
        trie.edges.append(RouteTrie.Edge(start: range.start, end: range.end, child: Int32(clamping: child)))
      }
      node.endEdge = Int32(clamping: trie.edges.count)
      if ordered.count > RouteTrie.searchedEdges { trie.hashEdges(of: &node) }
      node.any = Int32(clamping: draft.any ?? -1)
      node.rest = Int32(clamping: draft.rest ?? -1)
      node.firstEndpoint = Int32(clamping: trie.endpoints.count)
      trie.endpoints += draft.endpoints
      node.endEndpoint = Int32(clamping: trie.endpoints.count)
      trie.nodes.append(node)
    }
    for root in roots {
      let range = trie.store(root.verb)
      trie.roots.append(RouteTrie.Root(start: range.start, end: range.end, node: Int32(clamping: root.node)))
    }
    return trie
  }
}

extension RouteTrie {
  fileprivate mutating func hashEdges(of node: inout Node) {
    var size = 16
    while size < Int(node.endEdge - node.firstEdge) * 2 { size *= 2 }
    node.firstSlot = Int32(clamping: slots.count)
    node.slotMask = Int32(clamping: size - 1)
    slots += repeatElement(-1, count: size)
    for index in node.firstEdge..<node.endEdge {
      let edge = edges[Int(index)]
      var slot =
        Int32(truncatingIfNeeded: Self.hash(literals, Int(edge.start)..<Int(edge.end))) & node.slotMask
      while slots[Int(node.firstSlot + slot)] >= 0 { slot = (slot + 1) & node.slotMask }
      slots[Int(node.firstSlot + slot)] = index
    }
  }

  fileprivate mutating func store(_ text: [UInt8]) -> (start: Int32, end: Int32) {
    let start = Int32(clamping: literals.count)
    literals += text
    return (start, Int32(clamping: literals.count))
  }
}
