internal import Routing
internal import SchemaModel
internal import Transcoding

/// Resolves the names in a route's `lookup`.
struct LookupCompiler {
  /// All of the configuration; a lookup may call another service.
  let services: [CompiledService]
  /// The route's own.
  let service: CompiledService
  let request: TypeID?
  let names: FieldNames
  let template: PathTemplate
  /// What `set` of the route gives.
  let taken: [FieldPath]

  /// Nil after a diagnostic.
  func compile(_ lookup: LookupConfiguration, _ diagnostics: inout Diagnostics) -> Lookup? {
    guard let (target, method) = resolve(lookup.method, &diagnostics) else { return nil }
    let theirs = target === service ? names : FieldNames(target.model)
    var constants = ConstantBinder()
    var variables: [Lookup.Variable] = []
    for assignment in lookup.set {
      let name = assignment.field
      if assignment.values.count == 1, let value = assignment.values.first,
        let variable = ConfigurationBuilder.variable(value)
      {
        guard let variable = pathVariable(Located(variable, at: name.location), &diagnostics),
          let field = theirs.scalar(name, in: method.request, role: "'set' field", &diagnostics)
        else { continue }
        variables.append(.init(variable: variable, field: field))
      } else {
        constants.add(
          name.text, values: assignment.values, source: .fixed, request: method.request, names: theirs,
          codec: target.codec, taken: variables.map(\.field), at: name.location, diagnostics: &diagnostics)
      }
    }
    let conditions = lookup.conditions.compactMap { name, condition in
      pathVariable(name, &diagnostics).map {
        Lookup.Condition(variable: $0, isUUID: condition == .uuid)
      }
    }
    let takings = lookup.take.compactMap { taking($0.field, from: $0.source, method, theirs, &diagnostics) }
    return Lookup(
      service: target, method: method, conditions: conditions, constants: constants, variables: variables,
      takings: takings)
  }

  private func resolve(
    _ name: Located, _ diagnostics: inout Diagnostics
  ) -> (CompiledService, ServiceMethod)? {
    let parts = name.text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let target =
      parts.count == 1 ? service : services.first { $0.name == parts[0] }
    guard let target else {
      diagnostics.error(
        "unknown-service", at: name.location, "there is no service '\(parts[0])'",
        resolution: "there are \(services.map(\.name).joined(separator: ", "))")
      return nil
    }
    let text = String(parts[parts.count - 1])
    guard let method = target.method(named: text) else {
      diagnostics.error(
        "unknown-method", at: name.location, "service '\(target.name)' has no method '\(text)'",
        resolution: EditDistance.nearest(to: text, among: target.methods.map(\.name)).map {
          "did you mean '\($0)'?"
        })
      return nil
    }
    if let obstacle = method.obstacle {
      diagnostics.error("method-off", at: name.location, "'\(name.text)' \(obstacle)")
      return nil
    }
    return (target, method)
  }

  private func pathVariable(_ name: Located, _ diagnostics: inout Diagnostics) -> PathVariable? {
    if let variable = PathVariable(name.text, in: template) { return variable }
    diagnostics.error(
      "unknown-variable", at: name.location, "the path has no variable '{\(name.text)}'")
    return nil
  }

  private func taking(
    _ name: Located, from source: Located, _ method: ServiceMethod, _ theirs: FieldNames,
    _ diagnostics: inout Diagnostics
  ) -> Lookup.Taking? {
    guard let field = names.scalar(name, in: request, role: "'take' field", &diagnostics),
      let path = theirs.scalar(source, in: method.response, role: "field of the reply", &diagnostics)
    else { return nil }
    if taken.contains(where: { $0.starts(with: field) || field.starts(with: $0) }) {
      diagnostics.error(
        "field-bound-twice", at: name.location, "'take' field '\(name.text)' is given by 'set' as well")
      return nil
    }
    if names.isList(field) == false, theirs.isList(path) {
      diagnostics.error(
        "not-a-list", at: source.location,
        "'\(source.text)' is a list, and '\(name.text)' takes one value")
      return nil
    }
    return .init(source: path, sourceName: source.text, field: field)
  }
}

extension FieldNames {
  /// Nil after a diagnostic.
  fileprivate func scalar(
    _ name: Located, in type: TypeID?, role: String, _ diagnostics: inout Diagnostics
  ) -> FieldPath? {
    resolveScalar(
      name.text, in: type, allowsList: true, role: role, at: name.location, diagnostics: &diagnostics)
  }
}
