/// The paths of all routes as one tree over raw segments, in flat arrays; ids are indices, -1 for none.
///
/// Each verb has a root of its own, and paths without a verb have `roots[0]`. A walk visits a node at most
/// once, because every node has one parent: the number of nodes bounds the work of any path.
struct RouteTrie: Sendable {
  struct Node: Sendable {
    /// Into `edges`, sorted by `compare`.
    var firstEdge: Int32 = 0
    var endEdge: Int32 = 0
    /// With many edges: where the node's part of `slots` begins, and its size minus one; -1 when it has none.
    var firstSlot: Int32 = 0
    var slotMask: Int32 = -1
    /// Child by a segment of any content.
    var any: Int32 = -1
    /// Child by the whole rest of the path; it has endpoints only.
    var rest: Int32 = -1
    /// Into `endpoints`: the routes that end here.
    var firstEndpoint: Int32 = 0
    var endEndpoint: Int32 = 0
  }

  struct Edge: Sendable {
    /// `literals[start..<end]`
    var start: Int32
    var end: Int32
    var child: Int32
  }

  struct Endpoint: Sendable {
    /// See `MethodNumber`.
    var method: Int32
    var route: Int32
  }

  struct Root: Sendable {
    /// Of the verb: `literals[start..<end]`.
    var start: Int32
    var end: Int32
    var node: Int32
  }

  /// Most edges that are searched; more are hashed.
  static let searchedEdges = 8

  var nodes: [Node] = []
  var edges: [Edge] = []
  /// Open addressing over the edges of one node, half full at most; indices into `edges`, -1 for none.
  var slots: [Int32] = []
  var endpoints: [Endpoint] = []
  var literals: [UInt8] = []
  /// The first is that of paths without a verb.
  var roots: [Root] = []
  /// Segments that a walk can look at one by one; what follows is seen only as "the rest".
  var depth = 0

  /// The root for the verb `path[range]`; nil when no template has it.
  func root(ofVerb range: Range<Int>, in path: [UInt8]) -> Int32? {
    for root in roots.dropFirst() where compare(path, range, root.start, root.end) == 0 {
      return root.node
    }
    return nil
  }

  /// The first route in order of precedence that takes `method`: literal before `*` before `**` at each segment,
  /// stepping back when the more specific branch does not lead to a route with this method.
  func find(
    _ method: Int32, fallback: Int32, in path: [UInt8], _ segments: borrowing PathSegments, from node: Int32,
    at index: Int
  ) -> Int32 {
    let here = nodes[Int(node)]
    if index == segments.count {
      let route = endpoint(of: here, method, fallback)
      if route >= 0 { return route }
    } else if index < depth {
      let segment = segments[index]
      let literal = child(of: here, path, segment)
      if literal >= 0 {
        let route = find(method, fallback: fallback, in: path, segments, from: literal, at: index + 1)
        if route >= 0 { return route }
      }
      if here.any >= 0, !segment.isEmpty {
        let route = find(method, fallback: fallback, in: path, segments, from: here.any, at: index + 1)
        if route >= 0 { return route }
      }
    }
    return here.rest >= 0 ? endpoint(of: nodes[Int(here.rest)], method, fallback) : -1
  }

  /// Every endpoint that the path leads to, in order of precedence.
  func collect(
    in path: [UInt8], _ segments: borrowing PathSegments, from node: Int32, at index: Int,
    into found: inout [Endpoint]
  ) {
    let here = nodes[Int(node)]
    if index == segments.count {
      found += endpoints[Int(here.firstEndpoint)..<Int(here.endEndpoint)]
    } else if index < depth {
      let segment = segments[index]
      let literal = child(of: here, path, segment)
      if literal >= 0 { collect(in: path, segments, from: literal, at: index + 1, into: &found) }
      if here.any >= 0, !segment.isEmpty {
        collect(in: path, segments, from: here.any, at: index + 1, into: &found)
      }
    }
    if here.rest >= 0 {
      let rest = nodes[Int(here.rest)]
      found += endpoints[Int(rest.firstEndpoint)..<Int(rest.endEndpoint)]
    }
  }

  /// The route of `node` for the method, else for `fallback` (GET, when the method is HEAD), else for any method.
  private func endpoint(of node: Node, _ method: Int32, _ fallback: Int32) -> Int32 {
    var second: Int32 = -1
    var third: Int32 = -1
    var index = Int(node.firstEndpoint)
    while index < Int(node.endEndpoint) {
      let endpoint = endpoints[index]
      if endpoint.method == method { return endpoint.route }
      if endpoint.method == fallback { second = endpoint.route }
      if endpoint.method == MethodNumber.any { third = endpoint.route }
      index += 1
    }
    return second >= 0 ? second : third
  }

  private func child(of node: Node, _ path: [UInt8], _ segment: Range<Int>) -> Int32 {
    if node.slotMask >= 0 { return hashedChild(of: node, path, segment) }
    var low = Int(node.firstEdge)
    var high = Int(node.endEdge)
    while low < high {
      let middle = (low + high) / 2
      let edge = edges[middle]
      let order = compare(path, segment, edge.start, edge.end)
      if order == 0 { return edge.child }
      if order < 0 { high = middle } else { low = middle + 1 }
    }
    return -1
  }

  private func hashedChild(of node: Node, _ path: [UInt8], _ segment: Range<Int>) -> Int32 {
    var slot = Int32(truncatingIfNeeded: Self.hash(path, segment)) & node.slotMask
    while true {
      let index = slots[Int(node.firstSlot + slot)]
      if index < 0 { return -1 }
      let edge = edges[Int(index)]
      if compare(path, segment, edge.start, edge.end) == 0 { return edge.child }
      slot = (slot + 1) & node.slotMask
    }
  }

  /// FNV-1a. The table holds what routes say, so that nobody outside can fill it with what collides.
  static func hash(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
    var hash: UInt32 = 0x811C_9DC5
    for index in range { hash = (hash ^ UInt32(bytes[index])) &* 0x0100_0193 }
    return hash ^ hash >> 15
  }

  /// Shorter before longer, then by bytes: most mismatches are seen without touching a byte.
  private func compare(_ path: [UInt8], _ segment: Range<Int>, _ start: Int32, _ end: Int32) -> Int {
    let length = Int(end - start)
    if segment.count != length { return segment.count - length }
    var offset = 0
    while offset < length {
      let left = path[segment.lowerBound + offset]
      let right = literals[Int(start) + offset]
      if left != right { return Int(left) - Int(right) }
      offset += 1
    }
    return 0
  }
}

/// Methods as numbers: the well-known ones fixed, the others given out by the builder.
enum MethodNumber {
  static let any: Int32 = -1
  /// No route has it.
  static let unknown: Int32 = -2
  static let get: Int32 = 0
  static let firstOther: Int32 = 16

  static func number(of method: HTTPMethod, others: [String: Int32]) -> Int32 {
    switch method {
    case .get: get
    case .head: 1
    case .post: 2
    case .put: 3
    case .delete: 4
    case .patch: 5
    case .options: 6
    case .other(let name): others[name] ?? unknown
    }
  }
}
