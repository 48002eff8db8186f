package import SchemaModel
package import Transcoding

/// Gives the variables of one route's path to fields of the request.
package struct PathBinder: Sendable {
  private struct Variable: Sendable {
    var field: FieldPath
    /// Decoded fully; a value of several segments keeps `%2F` (http.proto, "path template syntax").
    var singleSegment: Bool
  }

  private let variables: [Variable]

  package var isEmpty: Bool { variables.isEmpty }

  /// The fields that the path fills.
  package var fields: [FieldPath] { variables.map(\.field) }

  /// Nil after a diagnostic: each variable must name a field of `request` that takes one value.
  package init?(
    _ route: RouteDefinition, request: TypeID?, names: FieldNames, diagnostics: inout Diagnostics
  ) {
    var variables: [Variable] = []
    for variable in route.template.variables {
      guard
        let field = names.resolveScalar(
          variable.name, in: request, allowsList: false, role: "path variable", at: route.location,
          diagnostics: &diagnostics)
      else { continue }
      if variables.contains(where: { $0.field.starts(with: field) || field.starts(with: $0.field) }) {
        diagnostics.error(
          "field-bound-twice", at: route.location, "path variable '\(variable.name)' is bound twice")
      }
      variables.append(Variable(field: field, singleSegment: route.template.isSingleSegment(variable)))
    }
    guard variables.count == route.template.variables.count else { return nil }
    self.variables = variables
  }

  /// Binds what `Router.match` captured for this route.
  package func bind(
    _ target: [UInt8], _ captures: borrowing RouteCaptures, into fields: inout BoundFields,
    scratch: inout BindingScratch
  ) throws(BindingError) {
    for index in 0..<min(variables.count, captures.ranges.count) {
      let range = captures.ranges[index]
      let variable = variables[index]
      scratch.value.removeAll(keepingCapacity: true)
      let bad = PercentEncoding.decode(
        target, range, keepingSlash: !variable.singleSegment, into: &scratch.value)
      if bad >= 0 { throw BindingError(.malformedEncoding, .path, at: bad..<bad + 1) }
      do throws(BindingCollision) {
        try fields.bind(variable.field, to: scratch.value, from: .path)
      } catch {
        throw BindingError(.collision(error.first), .path, at: range, field: error.path)
      }
    }
  }
}

/// Buffers for binding; one per loop, reused.
package struct BindingScratch: ~Copyable {
  var name: [UInt8] = []
  var value: [UInt8] = []
  var path: FieldPath = []
  /// Names of parameters that were ignored by the last `QueryBinder.bind`: ranges of the target, still encoded.
  package internal(set) var ignored: [Range<Int>] = []

  package init() {}
}
