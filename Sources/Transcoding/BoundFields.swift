package import SchemaModel

/// Field values that come from outside the body, as text, in a small tree that follows the request message.
///
/// The encoder walks this tree beside the JSON tape, so bound values reach the wire without a second pass
/// over the body, and a field that stands in both is found where it would be written.
package struct BoundFields: Sendable {
  /// Where a value came from; decides what a collision says and who yields.
  package enum Source: UInt8, Sendable {
    case path, query, header
    /// `set` in the configuration: the same field from a client is a collision.
    case fixed
    /// `default` in the configuration: yields to every other source.
    case fallback

    /// As `FieldProblem.source` writes it.
    package var name: String {
      switch self {
      case .path: "path"
      case .query: "query"
      case .header: "header"
      case .fixed, .fallback: "configuration"
      }
    }

    /// Whether it can give several values for one field, the elements of a list.
    fileprivate var repeats: Bool {
      switch self {
      case .query, .fixed, .fallback: true
      case .path, .header: false
      }
    }
  }

  /// One field on the way to a bound value; ids are indices into `nodes`, -1 for none.
  package struct Node: Sendable {
    package var field: FieldID
    /// Below a list of messages: which element this is; -1 elsewhere.
    package var element: Int32 = -1
    /// Below a map: the entry's key, `text[keyStart..<keyEnd]`; -1 elsewhere.
    package var keyStart: Int32 = -1
    package var keyEnd: Int32 = -1
    package var firstChild: Int32 = -1
    package var nextSibling: Int32 = -1
    /// Index into `values` of the first one; a field bound several times (`a=1&a=2`) has a chain.
    package var firstValue: Int32 = -1
    package var lastValue: Int32 = -1
  }

  /// One text, already percent-decoded.
  package struct Value: Sendable {
    package var source: Source
    /// `text[start..<end]` is what `BodyCodec.compile` made of a constant, not what somebody wrote.
    package var isCompiled = false
    /// `text[start..<end]`
    package var start: Int32
    package var end: Int32
    package var next: Int32 = -1
  }

  package internal(set) var nodes: [Node] = []
  package internal(set) var values: [Value] = []
  package internal(set) var text: [UInt8] = []
  /// First top-level node; -1 when nothing is bound.
  package internal(set) var firstRoot: Int32 = -1

  package init() {}

  package var isEmpty: Bool { nodes.isEmpty }

  package mutating func removeAll() {
    nodes.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    text.removeAll(keepingCapacity: true)
    firstRoot = -1
  }

  /// Adds a value for the field at `path`, which is not empty. Not generic: an unspecialised generic costs 120 ns a
  /// value when called from another module.
  ///
  /// A `fallback` is bound last: it yields to what is there.
  ///
  /// - Parameter isList: several values from one source are its elements.
  /// - Throws: `BindingCollision` when another source has the field, or a parent or child of it, or the same one
  ///   once more.
  package mutating func bind(
    _ path: FieldPath, to bytes: [UInt8], from source: Source, isList: Bool = true, isCompiled: Bool = false
  ) throws(BindingCollision) {
    var parent: Int32 = -1
    for (depth, field) in path.enumerated() {
      parent = child(of: parent, for: field)
      if try yields(at: parent, isLeaf: depth == path.count - 1, to: source) { return }
    }
    try append(bytes, to: parent, from: source, isList: isList, isCompiled: isCompiled)
  }

  /// Whether `source` gives way to what stands at a node on the way to its field.
  func yields(at node: Int32, isLeaf: Bool, to source: Source) throws(BindingCollision) -> Bool {
    let isTaken = isLeaf ? nodes[Int(node)].firstChild >= 0 : nodes[Int(node)].firstValue >= 0
    if !isTaken { return false }
    if source == .fallback { return true }
    throw BindingCollision(first: self.source(below: node), second: source)
  }

  mutating func append(
    _ bytes: [UInt8], to node: Int32, from source: Source, isList: Bool, isCompiled: Bool
  ) throws(BindingCollision) {
    if nodes[Int(node)].firstValue >= 0 {
      let first = values[Int(nodes[Int(node)].firstValue)].source
      if source == .fallback && first != .fallback { return }
      if first != source || !isList || !source.repeats {
        throw BindingCollision(first: first, second: source)
      }
    }
    let start = Int32(text.count)
    text.append(contentsOf: bytes)
    let value = Int32(values.count)
    values.append(Value(source: source, isCompiled: isCompiled, start: start, end: Int32(text.count)))
    if nodes[Int(node)].firstValue < 0 {
      nodes[Int(node)].firstValue = value
    } else {
      values[Int(nodes[Int(node)].lastValue)].next = value
    }
    nodes[Int(node)].lastValue = value
  }

  /// Takes away what the path or a `fallback` has bound to the field at `path`, so that another source may.
  ///
  /// - Throws: `BindingCollision` when a client has given the field in another way.
  package mutating func release(_ path: FieldPath, to source: Source) throws(BindingCollision) {
    var siblings = firstRoot
    var found: Int32 = -1
    for field in path {
      found = sibling(of: siblings, for: field)
      guard found >= 0 else { return }
      siblings = nodes[Int(found)].firstChild
    }
    guard found >= 0, nodes[Int(found)].firstValue >= 0 else { return }
    let first = values[Int(nodes[Int(found)].firstValue)].source
    guard first == .path || first == .fallback else {
      throw BindingCollision(first: first, second: source)
    }
    nodes[Int(found)].firstValue = -1
    nodes[Int(found)].lastValue = -1
  }

  private mutating func child(of parent: Int32, for field: FieldID) -> Int32 {
    var last: Int32 = -1
    var node = parent < 0 ? firstRoot : nodes[Int(parent)].firstChild
    while node >= 0 {
      if nodes[Int(node)].field == field { return node }
      last = node
      node = nodes[Int(node)].nextSibling
    }
    let new = Int32(nodes.count)
    nodes.append(Node(field: field))
    if last >= 0 {
      nodes[Int(last)].nextSibling = new
    } else if parent < 0 {
      firstRoot = new
    } else {
      nodes[Int(parent)].firstChild = new
    }
    return new
  }

  /// The nodes from the outermost one to `node`.
  package func path(to node: Int32) -> [Int32] {
    var path: [Int32] = []
    return find(node, from: firstRoot, &path) ? path : []
  }

  private func find(_ wanted: Int32, from first: Int32, _ path: inout [Int32]) -> Bool {
    var node = first
    while node >= 0 {
      path.append(node)
      if node == wanted || find(wanted, from: nodes[Int(node)].firstChild, &path) { return true }
      path.removeLast()
      node = nodes[Int(node)].nextSibling
    }
    return false
  }

  /// The node for a field among `first` and its siblings, -1 when there is none.
  func sibling(of first: Int32, for field: FieldID) -> Int32 {
    var node = first
    while node >= 0, nodes[Int(node)].field != field { node = nodes[Int(node)].nextSibling }
    return node
  }

  /// Whether everything at and below a node is a `fallback`.
  func yields(_ node: Int32) -> Bool {
    let value = nodes[Int(node)].firstValue
    if value >= 0 { return values[Int(value)].source == .fallback }
    var child = nodes[Int(node)].firstChild
    while child >= 0 {
      if !yields(child) { return false }
      child = nodes[Int(child)].nextSibling
    }
    return true
  }

  func error(_ reason: TranscodeError.Reason, at node: Int32) -> TranscodeError {
    TranscodeError(reason, offset: -1, field: nodes[Int(node)].field, boundNode: node)
  }

  /// Where the first value at or below a node came from.
  package func source(below node: Int32) -> Source {
    var node = node
    while nodes[Int(node)].firstValue < 0, nodes[Int(node)].firstChild >= 0 {
      node = nodes[Int(node)].firstChild
    }
    let value = nodes[Int(node)].firstValue
    return value < 0 ? .fixed : values[Int(value)].source
  }
}

/// One field has a value from two sources.
package struct BindingCollision: Error, Sendable, Equatable {
  package var first: BoundFields.Source
  package var second: BoundFields.Source

  package init(first: BoundFields.Source, second: BoundFields.Source) {
    self.first = first
    self.second = second
  }
}
