package import SchemaModel
package import Transcoding

/// Gives header fields of the request to fields of the message: those that a route lists, nothing else.
package struct HeaderBinder: Sendable {
  package struct Header: Sendable {
    package let name: String
    package let field: FieldPath
  }

  package private(set) var headers: [Header] = []

  package init() {}

  package var isEmpty: Bool { headers.isEmpty }

  /// Adds one; a diagnostic when the field cannot be given so, or when `taken` gives it already.
  package mutating func add(
    _ name: String, to path: String, request: TypeID?, names: FieldNames, taken: [FieldPath],
    at location: SourceLocation?, diagnostics: inout Diagnostics
  ) {
    guard
      let field = names.resolveScalar(
        path, in: request, allowsList: false, role: "header field '\(name)' to", at: location,
        diagnostics: &diagnostics)
    else { return }
    if (taken + headers.map(\.field)).contains(where: { names.exclude($0, field) }) {
      diagnostics.error(
        "field-bound-twice", at: location,
        "'\(path)' is given by the path, by the body, by 'set' or by another header field")
      return
    }
    headers.append(Header(name: name, field: field))
  }

  /// - Parameter values: what the request has under a name, without surrounding blanks.
  package func bind(
    into fields: inout BoundFields, values: (String) -> [[UInt8]]
  ) throws(BindingError) {
    for header in headers {
      for value in values(header.name) {
        do throws(BindingCollision) {
          try fields.bind(header.field, to: value, from: .header, isList: false)
        } catch {
          let reason: BindingError.Reason = error.first == .header ? .givenTwice : .collision(error.first)
          throw BindingError(reason, .header, at: 0..<0, field: header.field)
        }
      }
    }
  }
}
