package import SchemaModel

/// One step towards a bound value, from the outermost record inwards: a field, then perhaps an element of it.
///
/// `specs[2].label` is `specs`, the element 2 of `specs`, `label`; `labels[a]` is `labels`, its entry `a`.
package struct BoundStep: Sendable, Equatable {
  package var field: FieldID
  /// Which element of a list of messages; -1 for none.
  package var element: Int32
  /// Which entry of a map: where its key stands in the text that comes with the steps; empty for none.
  package var key: Range<Int>?

  package init(field: FieldID, element: Int32 = -1, key: Range<Int>? = nil) {
    self.field = field
    self.element = element
    self.key = key
  }
}

/// Values inside lists of messages and maps, which only a query can name.
extension BoundFields {
  /// As `bind` with a path; the keys of map entries are ranges of `names`.
  package mutating func bind(
    _ steps: [BoundStep], in names: [UInt8], to bytes: [UInt8], from source: Source, isList: Bool
  ) throws(BindingCollision) {
    var parent: Int32 = -1
    for (depth, step) in steps.enumerated() {
      parent = child(of: parent, for: step, in: names)
      if try yields(at: parent, isLeaf: depth == steps.count - 1, to: source) { return }
    }
    try append(bytes, to: parent, from: source, isList: isList, isCompiled: false)
  }

  /// Elements stand in the order of their numbers, whatever order they come in.
  private mutating func child(of parent: Int32, for step: BoundStep, in names: [UInt8]) -> Int32 {
    var before: Int32 = -1
    var node = parent < 0 ? firstRoot : nodes[Int(parent)].firstChild
    while node >= 0 {
      if isSame(nodes[Int(node)], step, names) { return node }
      if step.element >= 0, nodes[Int(node)].element > step.element { break }
      before = node
      node = nodes[Int(node)].nextSibling
    }
    let new = Int32(nodes.count)
    var added = Node(field: step.field, element: step.element, nextSibling: node)
    if let key = step.key {
      added.keyStart = Int32(text.count)
      text.append(contentsOf: names[key])
      added.keyEnd = Int32(text.count)
    }
    nodes.append(added)
    if before >= 0 {
      nodes[Int(before)].nextSibling = new
    } else if parent < 0 {
      firstRoot = new
    } else {
      nodes[Int(parent)].firstChild = new
    }
    return new
  }

  private func isSame(_ node: Node, _ step: BoundStep, _ names: [UInt8]) -> Bool {
    guard node.field == step.field, node.element == step.element else { return false }
    guard let key = step.key else { return node.keyStart < 0 }
    return node.keyStart >= 0 && text[Int(node.keyStart)..<Int(node.keyEnd)].elementsEqual(names[key])
  }

  /// Takes over a whole set of constants; nothing may be bound yet.
  package mutating func adopt(_ constants: BoundFields) {
    precondition(isEmpty, "constants come first")
    nodes.append(contentsOf: constants.nodes)
    values.append(contentsOf: constants.values)
    text.append(contentsOf: constants.text)
    firstRoot = constants.firstRoot
  }
}
