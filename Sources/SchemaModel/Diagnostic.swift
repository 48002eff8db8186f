/// One finding of loading: a configuration file, a schema, a route. Findings are collected, not thrown.
package struct Diagnostic: Sendable, Equatable {
  package enum Severity: String, Sendable { case error, warning, note }

  package var severity: Severity
  /// Stable, kebab-case: `unknown-key`. Scripts may match it.
  package var code: String
  package var location: SourceLocation?
  /// What is wrong, in one sentence without a full stop.
  package var message: String
  /// What to do about it.
  package var resolution: String?

  package init(
    _ severity: Severity, code: String, at location: SourceLocation?, _ message: String,
    resolution: String? = nil
  ) {
    self.severity = severity
    self.code = code
    self.location = location
    self.message = message
    self.resolution = resolution
  }
}

extension Diagnostic: CustomStringConvertible {
  /// `drawbridge.yaml:3:5: error: unknown key 'sokets' [unknown-key]; did you mean 'sockets'?`
  package var description: String {
    let place = location.map { "\($0): " } ?? ""
    let remedy = resolution.map { "; \($0)" } ?? ""
    return "\(place)\(severity.rawValue): \(message) [\(code)]\(remedy)"
  }
}

/// A place in a text file; line and column count from 1, columns in UTF-8 bytes. 0 means not known.
package struct SourceLocation: Sendable, Hashable, CustomStringConvertible {
  package var file: String
  package var line: Int
  package var column: Int

  package init(file: String, line: Int = 0, column: Int = 0) {
    self.file = file
    self.line = line
    self.column = column
  }

  package var description: String {
    line == 0 ? file : column == 0 ? "\(file):\(line)" : "\(file):\(line):\(column)"
  }
}

/// Collects findings while loading goes on, so that a person sees all mistakes at once.
package struct Diagnostics: Sendable {
  package private(set) var all: [Diagnostic] = []

  package init() {}

  package var hasErrors: Bool { all.contains { $0.severity == .error } }

  package mutating func add(_ diagnostic: Diagnostic) { all.append(diagnostic) }

  package mutating func error(
    _ code: String, at location: SourceLocation?, _ message: String, resolution: String? = nil
  ) {
    all.append(Diagnostic(.error, code: code, at: location, message, resolution: resolution))
  }

  package mutating func warning(
    _ code: String, at location: SourceLocation?, _ message: String, resolution: String? = nil
  ) {
    all.append(Diagnostic(.warning, code: code, at: location, message, resolution: resolution))
  }

  package mutating func append(contentsOf other: Diagnostics) { all += other.all }
}
