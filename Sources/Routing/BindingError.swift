package import SchemaModel
package import Transcoding

/// Why a URL does not fill the request. Rendered only at the edge (`problem`).
package struct BindingError: Error, Sendable, Equatable {
  package enum Reason: Sendable, Equatable {
    /// A `%` without two hexadecimal digits, or a NUL.
    case malformedEncoding
    case unknownParameter
    /// Only a body can give it.
    case notAScalar
    /// One of its fields, elements or entries has to be named.
    case incomplete(Missing)
    /// Brackets where there is neither a map nor a list of messages.
    case notSubscriptable
    /// The field takes one value.
    case givenTwice
    /// Another source has the field, or a part of it.
    case collision(BoundFields.Source)
    /// The field is what the body gives.
    case collisionWithBody
    /// With the limit.
    case tooManyParameters(Int)
  }

  /// What an incomplete name lacks.
  package enum Missing: Sendable { case field, element, entry }

  package var reason: Reason
  /// Where the value stands.
  package var source: BoundFields.Source
  /// In the request target: the parameter's name, the variable's value, or the byte that is wrong.
  package var range: Range<Int>
  /// Empty when no field was found.
  package var field: FieldPath
  /// Of a name with brackets: what its parts are called.
  package var places: [String]

  init(
    _ reason: Reason, _ source: BoundFields.Source, at range: Range<Int>, field: FieldPath = [],
    places: [String] = []
  ) {
    self.reason = reason
    self.source = source
    self.range = range
    self.field = field
    self.places = places
  }

  /// Two sources for one field, of which none stands in the target.
  package init(collisionOf first: BoundFields.Source, with second: BoundFields.Source, field: FieldPath) {
    self.init(.collision(first), second, at: 0..<0, field: field)
  }

  /// Bytes of a client's own text that a problem repeats.
  package static let shownBytes = 64

  /// For the client. `name` says how fields are written.
  package func problem(in target: [UInt8], name: (FieldID) -> String) -> FieldProblem {
    let shown = range.clamped(to: 0..<target.count).prefix(Self.shownBytes)
    let text = String(decoding: shown.map { target[$0] }, as: UTF8.self)
    let reason =
      switch reason {
      case .malformedEncoding: "'%' must be followed by two hexadecimal digits other than 00"
      case .unknownParameter: "unknown parameter '\(text)'"
      case .notAScalar: "only a body can give this field"
      case .incomplete(.field): "name one of its fields: \(text).field=value"
      case .incomplete(.element): "name a field of its elements: \(text)[0].field=value"
      case .incomplete(.entry): "name an entry: \(text)[key]=value"
      case .notSubscriptable: "takes no […]; for a list, repeat the parameter"
      case .givenTwice: "given more than once"
      case .collision(let other): "given by the \(other.name) as well as by the \(source.name)"
      case .collisionWithBody: "given by the body as well as by the \(source.name)"
      case .tooManyParameters(let limit): "more than \(limit) parameters"
      }
    let names = places.isEmpty ? field.map(name) : places
    let pointer = names.map { "/" + Self.escaped($0) }.joined()
    return FieldProblem(source: source.name, pointer: pointer, reason: reason)
  }

  /// A reference token of a JSON Pointer (RFC 6901 §3).
  private static func escaped(_ name: String) -> String {
    name.contains { $0 == "~" || $0 == "/" }
      ? String(name.flatMap { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }) : name
  }
}
