internal import SchemaModel

/// `${NAME}`, `${NAME:-default}` (unset or empty) and `$$` in scalar values.
///
/// Substitution happens after parsing: a value cannot add structure.
struct EnvironmentSubstitution {
  let environment: [String: String]

  /// Nil after a diagnostic.
  func apply(to text: String, at location: SourceLocation, diagnostics: inout Diagnostics) -> String? {
    guard text.contains("$") else { return text }
    var output = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      output += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      if rest.first == "$" {
        output += "$"
        rest = rest.dropFirst()
      } else if rest.first == "{" {
        guard let close = rest.firstIndex(of: "}") else {
          diagnostics.error(
            "invalid-value", at: location, "'${' without '}'", resolution: "write '$$' for a dollar sign")
          return nil
        }
        guard let value = value(of: rest[..<close].dropFirst(), location, &diagnostics) else { return nil }
        output += value
        rest = rest[rest.index(after: close)...]
      } else {
        output += "$"
      }
    }
    return output + rest
  }

  private func value(
    of reference: Substring, _ location: SourceLocation, _ diagnostics: inout Diagnostics
  ) -> String? {
    let separator = reference.firstRange(of: ":-")
    let name = String(separator.map { reference[..<$0.lowerBound] } ?? reference)
    let isName =
      !name.isEmpty && name.allSatisfy { ($0.isASCII && ($0.isLetter || $0.isNumber)) || $0 == "_" }
    guard isName, name.first?.isNumber != true else {
      diagnostics.error("invalid-value", at: location, "'\(name)' is not the name of an environment variable")
      return nil
    }
    if let separator {
      let value = environment[name] ?? ""
      return value.isEmpty ? String(reference[separator.upperBound...]) : value
    }
    if let value = environment[name] { return value }
    diagnostics.error(
      "missing-variable", at: location, "environment variable '\(name)' is not set",
      resolution: "set it or write '${\(name):-default}'")
    return nil
  }
}
