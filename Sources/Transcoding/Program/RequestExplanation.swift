internal import SchemaModel

/// Explains an error of encoding: finds the value again in the JSON text, or where it was bound. Not on the fast path.
struct RequestExplanation {
  let model: SchemaModel
  let limits: TranscodingLimits
  private let reasons: ReasonText

  init(model: SchemaModel, options: JSONOptions, limits: TranscodingLimits) {
    self.model = model
    self.limits = limits
    reasons = ReasonText(model: model, options: options, limits: limits)
  }

  func problem(
    _ error: TranscodeError, _ type: TypeID, _ input: RequestInput
  ) -> FieldProblem {
    if error.boundNode >= 0 { return explainBound(error, input.bound, hasBody: !input.body.isEmpty) }
    let bodyPath = input.bodyPath
    return input.body.withView { text in
      let path = JSONPath(to: Int(error.offset), in: text, limits: limits)
      var pointer = path.pointer
      if error.reason == .missingRequired, let field = error.field {
        pointer += "/" + JSONPath.escape(reasons.written(model[field]))
      }
      var value = path.valueText
      if error.reason == .unknownField || path.endsInName, case .name(let name) = path.steps.last {
        value = name
      }
      let record = enclosing(path.steps.dropLast(), from: type, bodyPath)
      return FieldProblem(
        source: "body", pointer: pointer,
        reason: reasons.sentence(for: error, value: value, record: record), offset: Int(error.offset))
    }
  }

  /// The type that the steps lead to; nil when the schema ends before them.
  private func enclosing(
    _ steps: ArraySlice<JSONPath.Step>, from type: TypeID, _ bodyPath: FieldPath
  ) -> TypeID? {
    var type = bodyPath.last.map { model[$0].type } ?? type
    for step in steps {
      switch (model[type].shape, step) {
      case (.list(let element, _), .index), (.array(let element, _), .index): type = element
      case (.map(_, let value, _), .name): type = value
      case (.record(let range), .name(let name)), (.union(_, let range), .name(let name)):
        guard let field = model.fields[range].first(where: { $0.jsonName == name || $0.name == name })
        else { return nil }
        type = field.type
      default: return nil
      }
    }
    return type
  }

  private func explainBound(
    _ error: TranscodeError, _ bound: BoundFields, hasBody: Bool
  ) -> FieldProblem {
    var leaf = error.boundNode
    while bound.nodes[Int(leaf)].firstValue < 0, bound.nodes[Int(leaf)].firstChild >= 0 {
      leaf = bound.nodes[Int(leaf)].firstChild
    }
    let value = bound.nodes[Int(leaf)].firstValue
    let source = value < 0 ? BoundFields.Source.query : bound.values[Int(value)].source
    var text = ""
    if value >= 0 {
      let range = Int(bound.values[Int(value)].start)..<Int(bound.values[Int(value)].end)
      text = String(decoding: bound.text[range], as: UTF8.self)
    }
    let reason =
      switch error.reason {
      case .boundTwice, .unionConflict: collision(error.boundNode, source, bound, hasBody: hasBody)
      default: reasons.sentence(for: error, value: text, record: nil)
      }
    return FieldProblem(source: source.name, pointer: pointer(to: error.boundNode, bound), reason: reason)
  }

  /// Names both sources of a value.
  private func collision(
    _ node: Int32, _ source: BoundFields.Source, _ bound: BoundFields, hasBody: Bool
  ) -> String {
    if let other = rival(of: node, bound) {
      let field = reasons.written(model[bound.nodes[Int(other)].field])
      let name = bound.source(below: other).name
      return "given by the \(source.name) beside '\(field)' from the \(name), of which only one may be set"
    }
    let value = bound.nodes[Int(node)].firstValue
    if value >= 0, bound.values[Int(value)].next >= 0, !isList(bound.nodes[Int(node)]) {
      return "the \(source.name) gives a value twice for a field that takes one"
    }
    return "the field has a value from the \(source.name) and from the body"
  }

  /// Another bound member of the same oneof or union.
  private func rival(of node: Int32, _ bound: BoundFields) -> Int32? {
    let path = bound.path(to: node)
    let field = bound.nodes[Int(node)].field
    var isUnion = false
    var sibling = bound.firstRoot
    if path.count > 1 {
      let parent = bound.nodes[Int(path[path.count - 2])]
      sibling = parent.firstChild
      if case .union(_, let members) = model[valueType(of: parent)].shape {
        isUnion = members.contains(Int(field.rawValue))
      }
    }
    let oneof = model[field].oneof
    while sibling >= 0 {
      let other = bound.nodes[Int(sibling)].field
      if other != field, isUnion || oneof != nil && model[other].oneof == oneof, !bound.yields(sibling) {
        return sibling
      }
      sibling = bound.nodes[Int(sibling)].nextSibling
    }
    return nil
  }

  private func isList(_ node: BoundFields.Node) -> Bool {
    switch model[model[node.field].type].shape {
    case .list, .array: true
    default: false
    }
  }

  /// The type whose members stand below a node.
  private func valueType(of node: BoundFields.Node) -> TypeID {
    let type = model[node.field].type
    switch model[type].shape {
    case .list(let element, _), .array(let element, _): return element
    case .map(_, let value, _): return value
    default: return type
    }
  }

  private func pointer(to node: Int32, _ bound: BoundFields) -> String {
    bound.path(to: node).map { step in
      let node = bound.nodes[Int(step)]
      if node.element >= 0 { return "/\(node.element)" }
      if node.keyStart >= 0 {
        let key = bound.text[Int(node.keyStart)..<Int(node.keyEnd)]
        return "/" + JSONPath.escape(String(decoding: key, as: UTF8.self))
      }
      return "/" + JSONPath.escape(reasons.written(model[node.field]))
    }.joined()
  }
}
