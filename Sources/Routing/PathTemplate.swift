/// A path template of `google.api.http`: `/v1/{name=shelves/*}/books/{book}:read`.
package struct PathTemplate: Sendable, Equatable {
  /// Most segments of a template.
  package static let maxSegments = 64

  package enum Segment: Sendable, Equatable {
    /// Compared with the raw bytes of the path.
    case literal(String)
    /// `*`: one segment that is not empty.
    case any
    /// `**`: what is left of the path, which may be nothing.
    case rest
  }

  /// `{a.b=x/*}`
  package struct Variable: Sendable, Equatable {
    /// Names from the outermost message inwards.
    package var fieldPath: [String]
    /// Which segments of the template its value covers.
    package var segments: Range<Int>
    /// Written `{a}` for `{a=*}`.
    package var abbreviated: Bool
    /// Where the field path starts in the template; counts from 1.
    package var column: Int

    /// As written between the braces, without the pattern.
    package var name: String { fieldPath.joined(separator: ".") }
  }

  package var segments: [Segment]
  /// In order, never overlapping.
  package var variables: [Variable]
  /// After the last colon; without it.
  package var verb: String?

  /// Whether the variable's value is one segment, and so is decoded fully (http.proto, "path template syntax").
  package func isSingleSegment(_ variable: Variable) -> Bool {
    variable.segments.count == 1 && segments[variable.segments.lowerBound] != .rest
  }
}

extension PathTemplate: CustomStringConvertible {
  /// What was parsed, byte for byte.
  package var description: String {
    var text = ""
    for (index, segment) in segments.enumerated() {
      text += "/"
      let variable = variables.first { $0.segments.contains(index) }
      if let variable, variable.segments.lowerBound == index {
        text += "{" + variable.name + (variable.abbreviated ? "" : "=")
      }
      if variable?.abbreviated != true { text += segment.description }
      if let variable, variable.segments.upperBound == index + 1 { text += "}" }
    }
    return text + (verb.map { ":" + $0 } ?? "")
  }
}

extension PathTemplate.Segment: CustomStringConvertible {
  package var description: String {
    switch self {
    case .literal(let text): text
    case .any: "*"
    case .rest: "**"
    }
  }
}
