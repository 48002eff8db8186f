internal import SchemaModel

/// The annotations of one declaration, checked against their rules.
struct AppliedAnnotations {
  struct Use {
    var place: SourcePlace
    var values: [String: Expression] = [:]
    var order: [String] = []
  }

  var uses: [String: Use] = [:]
  /// Every one as text, for those who look at them later.
  var kept: [IDLAnnotation] = []

  subscript(name: String) -> Use? { uses[name] }
}

extension Analysis {
  /// Unknown annotations are warned of and left out; what cannot be understood is an error.
  mutating func apply(_ annotations: [Annotation], to target: AnnotationTargets) -> AppliedAnnotations {
    var applied = AppliedAnnotations()
    for annotation in annotations {
      guard let (name, rule) = rule(annotation.name) else { continue }
      let place = annotation.name.place
      if rule.targets.intersection(target).isEmpty {
        findings.warning("misplaced-annotation", place, "'@\(name)' means nothing here")
        continue
      }
      if applied.uses[name] != nil, !rule.isOpen, name != "verbatim" {
        findings.error("duplicate-annotation", place, "'@\(name)' stands here twice")
        continue
      }
      guard let use = bind(annotation, name, rule) else { continue }
      applied.uses[name] = use
      applied.kept.append(
        IDLAnnotation(
          name: name,
          parameters: use.order.compactMap { key in use.values[key].map { (key, text($0)) } }
            .map { IDLAnnotation.Parameter(name: $0.0, value: $0.1) }))
    }
    return applied
  }

  private mutating func rule(_ scoped: ScopedName) -> (String, AnnotationRule)? {
    // With a scope it is somebody else's, whatever its last name.
    let isPlain = scoped.parts.count == 1
    let name = isPlain ? scoped.parts[0].text : scoped.text
    if let index = lookUp(scoped), case .annotation(let rule) = scopes[entity: index].kind {
      return (name, rule)
    }
    if isPlain, let rule = AnnotationRule.standard[name] { return (name, rule) }
    findings.warning(
      "unknown-annotation", scoped.place, "unknown annotation '@\(name.prefix(60))' is ignored",
      resolution: EditDistance.nearest(to: name, among: AnnotationRule.standard.keys.sorted()).map {
        "did you mean '@\($0)'?"
      })
    return nil
  }

  private mutating func bind(_ annotation: Annotation, _ name: String, _ rule: AnnotationRule)
    -> AppliedAnnotations.Use?
  {
    var use = AppliedAnnotations.Use(place: annotation.name.place)
    if let value = annotation.positional {
      guard let first = rule.isOpen ? "value" : rule.parameters.first else {
        findings.error("bad-annotation", value.place, "'@\(name)' takes no value")
        return nil
      }
      use.values[first] = value
      use.order.append(first)
    }
    for (parameter, value) in annotation.parameters {
      guard rule.isOpen || rule.parameters.contains(parameter.text) else {
        findings.error(
          "bad-annotation", parameter.place, "'@\(name)' has no parameter '\(parameter.text.prefix(60))'",
          resolution: EditDistance.nearest(to: parameter.text, among: rule.parameters).map {
            "did you mean '\($0)'?"
          })
        return nil
      }
      guard use.values.updateValue(value, forKey: parameter.text) == nil else {
        findings.error("bad-annotation", parameter.place, "'\(parameter.text)' stands here twice")
        return nil
      }
      use.order.append(parameter.text)
    }
    if let missing = rule.required.sorted().first(where: { use.values[$0] == nil }) {
      findings.error("bad-annotation", use.place, "'@\(name)' needs '\(missing)'")
      return nil
    }
    return use
  }

  // MARK: Values

  /// `@optional`, `@optional(TRUE)`; false without it.
  mutating func flag(_ applied: AppliedAnnotations, _ name: String) -> Bool {
    guard let use = applied[name] else { return false }
    guard let expression = use.values["value"] else { return true }
    let boolean = builder.primitive(.boolean)
    guard case .boolean(let value)? = value(expression, for: boolean) else { return false }
    return value
  }

  mutating func integer(
    _ applied: AppliedAnnotations, _ name: String, in range: ClosedRange<Int128>
  ) -> Int128? {
    guard let expression = applied[name]?.values["value"] else { return nil }
    return integer(expression, in: range, "'@\(name)'")
  }

  mutating func string(_ applied: AppliedAnnotations, _ name: String, _ parameter: String = "value")
    -> String?
  {
    guard let expression = applied[name]?.values[parameter] else { return nil }
    let type = builder.primitive(.string)
    guard case .string(let text, _)? = value(expression, for: type) else { return nil }
    return text
  }

  /// One of some words that only the annotation knows: `@autoid(HASH)`.
  mutating func word(_ applied: AppliedAnnotations, _ name: String, among words: [String]) -> String? {
    guard let expression = applied[name]?.values["value"] else { return nil }
    if let word = expression.singleName?.parts.last?.text, words.contains(word) { return word }
    findings.error(
      "bad-annotation", expression.place, "'@\(name)' takes \(words.joined(separator: ", "))")
    return nil
  }

  /// A value as a person would write it; what is a name stays one.
  private mutating func text(_ expression: Expression) -> String {
    if let name = expression.singleName { return name.text }
    return evaluate(expression, width: nil)?.text ?? ""
  }
}
