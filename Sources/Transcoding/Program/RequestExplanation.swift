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
    let source = value < 0 ? "query" : bound.values[Int(value)].source.name
    var text = ""
    if value >= 0 {
      let range = Int(bound.values[Int(value)].start)..<Int(bound.values[Int(value)].end)
      text = String(decoding: bound.text[range], as: UTF8.self)
    }
    var reason = reasons.sentence(for: error, value: text, record: nil)
    if error.reason == .boundTwice {
      let isRepeated = value >= 0 && bound.values[Int(value)].next >= 0
      reason =
        isRepeated
        ? "the \(source) gives a value twice for a field that takes one"
        : hasBody
          ? "the field has a value from the \(source) and from the body"
          : "the field, or its oneof, has another value beside that from the \(source)"
    }
    let names = bound.path(to: error.boundNode).map { "/" + JSONPath.escape(reasons.written(model[$0])) }
    return FieldProblem(source: source, pointer: names.joined(), reason: reason)
  }
}
