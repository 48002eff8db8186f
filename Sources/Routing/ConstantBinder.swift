package import SchemaModel
package import Transcoding

/// Gives a route's `set` and `default` values to fields of the request.
package struct ConstantBinder: Sendable {
  private struct Constant: Sendable {
    var field: FieldPath
    var values: [[UInt8]]
  }

  private var fixed: [Constant] = []
  private var fallbacks: [Constant] = []

  package init() {}

  package var isEmpty: Bool { fixed.isEmpty && fallbacks.isEmpty }

  /// Adds one field; a diagnostic when it cannot be given so, or when `taken` (the path's variables) fills it too.
  package mutating func add(
    _ name: String, values: [String], source: BoundFields.Source, request: TypeID?, names: FieldNames,
    taken: [FieldPath], at location: SourceLocation?, diagnostics: inout Diagnostics
  ) {
    let role = source == .fixed ? "'set' field" : "'default' field"
    guard
      let field = names.resolveScalar(
        name, in: request, allowsList: true, role: role, at: location, diagnostics: &diagnostics)
    else { return }
    if let last = field.last, names.kind(of: last) == .scalar, values.count != 1 {
      diagnostics.error("not-a-list", at: location, "\(role) '\(name)' takes one value, not a list")
      return
    }
    if (taken + fixed.map(\.field)).contains(where: { $0.starts(with: field) || field.starts(with: $0) }) {
      diagnostics.error(
        "field-bound-twice", at: location, "\(role) '\(name)' is given by the path or by 'set' as well")
      return
    }
    let constant = Constant(field: field, values: values.map { Array($0.utf8) })
    if source == .fixed { fixed.append(constant) } else { fallbacks.append(constant) }
  }

  /// Comes before path and query, so that the same field from a client is a collision.
  package func bindFixed(into fields: inout BoundFields) throws(BindingError) {
    for constant in fixed { try bind(constant, from: .fixed, into: &fields) }
  }

  /// Comes after path and query: what a client gave stays.
  package func bindFallbacks(into fields: inout BoundFields) {
    for constant in fallbacks {
      // A collision means that the client gave the field.
      do throws(BindingError) { try bind(constant, from: .fallback, into: &fields) } catch { continue }
    }
  }

  private func bind(
    _ constant: Constant, from source: BoundFields.Source, into fields: inout BoundFields
  ) throws(BindingError) {
    for value in constant.values {
      do throws(BindingCollision) {
        try fields.bind(constant.field, to: value, from: source)
      } catch {
        throw BindingError(.collision(error.first), source, at: 0..<0, field: error.path)
      }
    }
  }
}
