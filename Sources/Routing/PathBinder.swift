package import SchemaModel
package import Transcoding

/// Gives the variables of one route's path to fields of the request.
package struct PathBinder: Sendable {
  private struct Variable: Sendable {
    var field: FieldPath
    var variable: PathVariable
  }

  private let variables: [Variable]

  package var isEmpty: Bool { variables.isEmpty }

  /// The fields that the path fills.
  package var fields: [FieldPath] { variables.map(\.field) }

  /// Nil after a diagnostic: each variable but `peer`, which names the server, must name a field of `request` that
  /// takes one value.
  package init?(
    _ route: RouteDefinition, request: TypeID?, peer: String? = nil, names: FieldNames,
    diagnostics: inout Diagnostics
  ) {
    var variables: [Variable] = []
    var isComplete = true
    for (index, variable) in route.template.variables.enumerated() where variable.name != peer {
      guard
        let field = names.resolveScalar(
          variable.name, in: request, allowsList: false, role: "path variable", at: route.location,
          diagnostics: &diagnostics)
      else {
        isComplete = false
        continue
      }
      if variables.contains(where: { names.exclude($0.field, field) }) {
        diagnostics.error(
          "field-bound-twice", at: route.location, "path variable '\(variable.name)' is bound twice")
      }
      variables.append(Variable(field: field, variable: PathVariable(index, in: route.template)))
    }
    guard isComplete else { return nil }
    self.variables = variables
  }

  /// Binds what `Router.match` captured for this route.
  package func bind(
    _ target: [UInt8], _ captures: borrowing RouteCaptures, into fields: inout BoundFields,
    scratch: inout BindingScratch
  ) throws(BindingError) {
    for index in 0..<variables.count {
      let range = try variables[index].variable.decode(target, captures, into: &scratch)
      let field = variables[index].field
      do throws(BindingCollision) {
        try fields.bind(field, to: scratch.value, from: .path)
      } catch {
        throw BindingError(.collision(error.first), .path, at: range, field: field)
      }
    }
  }
}

/// Buffers for binding; one per loop, reused.
package struct BindingScratch: ~Copyable {
  var name: [UInt8] = []
  var value: [UInt8] = []
  var path: FieldPath = []
  /// Of names with brackets.
  var steps: [BoundStep] = []
  /// Names of parameters that were ignored by the last `QueryBinder.bind`: ranges of the target, still encoded.
  package internal(set) var ignored: [Range<Int>] = []

  package init() {}
}
