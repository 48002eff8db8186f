package import SchemaModel

/// An annotation as it was written; values as text.
package struct IDLAnnotation: Sendable, Equatable {
  package struct Parameter: Sendable, Equatable {
    package var name: String
    package var value: String
  }

  package var name: String
  package var parameters: [Parameter]

  package subscript(parameter: String) -> String? { parameters.first { $0.name == parameter }?.value }
}

/// An interface as it was written.
package struct IDLInterface: Sendable {
  /// `robot::RobotControl`
  package var name: String
  package var documentation: String
  package var location: SourceLocation
  package var annotations: [IDLAnnotation]
  /// Indices of the interfaces that it inherits from itself.
  package var bases: [Int]
  /// Its own, attributes among them as the operations that read and write them.
  package var operations: [IDLOperation]

  /// The interface's own name, without its modules.
  package var unqualifiedName: String { name.components(of: "::").last ?? name }

  package func annotation(_ name: String) -> IDLAnnotation? { annotations.first { $0.name == name } }
}

/// An operation, or an attribute's reading or writing.
package struct IDLOperation: Sendable {
  package var name: String
  package var documentation: String
  package var location: SourceLocation
  package var annotations: [IDLAnnotation]
  package var isAttribute: Bool
  package var isOneway: Bool
  var parameters: [IDLParameter]
  /// Nil for void.
  var result: TypeID?
  var raises: [TypeID]
}

/// A parameter of an operation.
struct IDLParameter: Sendable {
  var direction: ParameterSyntax.Direction
  var member: Member
}

extension String {
  /// The parts between separators, without Foundation.
  func components(of separator: String) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while let range = rest.firstRange(of: separator) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}
