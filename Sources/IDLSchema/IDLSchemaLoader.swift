internal import Foundation
package import SchemaModel

/// A file of IDL.
package enum IDLSource: Sendable, Equatable {
  case file(path: String)
  /// Text, with a name for diagnostics; includes are looked for beside that name.
  case text(String, name: String)
}

/// How IDL is read.
package struct IDLOptions: Sendable {
  /// Where `#include` looks, in this order.
  package var includePaths: [String]
  /// Macros that are defined from the start.
  package var defines: [(name: String, value: String)]
  /// Of types that do not state theirs. idlc 0.10 says final, XTypes 1.3 appendable.
  package var extensibility: CDRExtensibility
  package var limits: IDLLimits

  package init(
    includePaths: [String] = [], defines: [(name: String, value: String)] = [],
    extensibility: CDRExtensibility = .final, limits: IDLLimits = IDLLimits()
  ) {
    self.includePaths = includePaths
    self.defines = defines
    self.extensibility = extensibility
    self.limits = limits
  }
}

/// Reads all sources into one schema. What one of them includes may be named as well: it counts once.
package enum IDLSchemaLoader {
  /// - Returns: nil when there were errors; all of them stand in `diagnostics`.
  package static func load(
    sources: [IDLSource], options: IDLOptions = IDLOptions(),
    read: ((String) -> IDLFile)? = nil, diagnostics: inout Diagnostics
  ) -> IDLSchema? {
    let limit = options.limits.fileBytes
    let read = read ?? { readFile($0, limit: limit) }
    var preprocessor = Preprocessor(
      limits: options.limits, includePaths: options.includePaths, read: read,
      findings: Findings(limits: options.limits))
    var analysis = Analysis(options: options, findings: preprocessor.findings)
    for source in sources {
      guard let (name, text) = open(source, read, limit, &analysis.findings) else { continue }
      preprocessor.findings = analysis.findings
      let tokens = preprocessor.run(name, bytes: text, defines: options.defines)
      var parser = Parser(tokens, limits: options.limits, findings: preprocessor.findings)
      let definitions = parser.specification()
      analysis.findings = parser.findings
      if preprocessor.hasStopped { continue }
      let common = CommonTypes.definitions(for: tokens, limits: options.limits, &analysis.findings)
      analysis.run(common + definitions)
    }
    analysis.finish()
    diagnostics.append(contentsOf: analysis.findings.diagnostics)
    return analysis.findings.hasErrors ? nil : analysis.schema
  }

  private static func open(
    _ source: IDLSource, _ read: (String) -> IDLFile, _ limit: Int, _ findings: inout Findings
  ) -> (name: String, text: [UInt8])? {
    switch source {
    case .text(let text, let name): return (name, Array(text.utf8))
    case .file(let path):
      let place = SourcePlace(file: findings.sources.file(path), line: 0, column: 0)
      switch read(path) {
      case .bytes(let bytes): return (path, bytes)
      case .missing: findings.error("unreadable-file", place, "cannot read the file")
      case .notRegular: findings.error("unreadable-file", place, "this is no regular file")
      case .tooLarge: findings.error("limit-exceeded", place, "more than \(limit) bytes")
      }
      return nil
    }
  }

  private static func readFile(_ path: String, limit: Int) -> IDLFile {
    switch FileKind(of: path) {
    // A folder is none of the files that an include path may have.
    case .missing, .folder: return .missing
    case .other: return .notRegular
    case .regular: break
    }
    guard let handle = FileHandle(forReadingAtPath: path) else { return .missing }
    defer { try? handle.close() }
    guard let data = try? handle.read(upToCount: limit + 1) ?? Data() else { return .missing }
    return data.count > limit ? .tooLarge : .bytes([UInt8](data))
  }
}
