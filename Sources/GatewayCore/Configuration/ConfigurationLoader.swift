// The configuration: one YAML file to `Configuration`, in three steps.
//
//   raw      YAMLDocument                text to located values, environment substituted
//   checked  ConfigurationChecker        shapes, types, ranges and unknown keys, by the table of keys
//   trusted  ConfigurationBuilder        what the table cannot say: addresses, templates, exclusive keys
//
// Invariants
// - `ConfigurationTable` is the only place that knows which keys there are; docs/configuration.md is printed from
//   it, and deploy/drawbridge.example.yaml is tested against it.
// - Each step reports every mistake it finds and goes on with what is left; nothing is trusted after an error.
//
// Limits: `YAMLDocument.maxBytes`, `maxNodes`, `maxDepth`.
//
// Files
//   Configuration, ListenAddress, LimitsConfiguration, ServiceConfiguration, DRPCServiceConfiguration,
//   DDSServiceConfiguration, ProtobufSchemaConfiguration, IDLSchemaConfiguration, JSONFormConfiguration, CORSConfiguration,
//   RouteConfiguration, RepliesConfiguration: the result
//   YAMLDocument, EnvironmentSubstitution, RawNode: raw values
//   ConfigurationKey, ConfigurationTable, ServiceKeys, RouteKeys: the table of keys
//   ScalarParsing, CheckedValue, ConfigurationChecker: checking by the table
//   ConfigurationBuilder, AddressBuilder, ServiceBuilder, RouteBuilder, StatusOverrideBuilder, HeaderBuilder: the result from it
//   ConfigurationReference: the table as a page

internal import Foundation
package import SchemaModel

/// Reads a configuration file: raw, then checked against the table, then built and trusted.
package enum ConfigurationLoader {
  /// Nil when anything is wrong; every mistake that was found is in `diagnostics`, in the order of the file.
  package static func load(
    path: String, environment: [String: String], diagnostics: inout Diagnostics
  ) -> Configuration? {
    let text: String
    do {
      text = try contents(of: path)
    } catch {
      diagnostics.error(
        "unreadable-file", at: SourceLocation(file: path), error.message,
        resolution: "name the file with -c, or write one with 'drawbridge init'")
      return nil
    }
    return load(text: text, path: path, environment: environment, diagnostics: &diagnostics)
  }

  /// As `load(path:)`, for text that stands at `path` or would.
  package static func load(
    text: String, path: String, environment: [String: String], diagnostics: inout Diagnostics
  ) -> Configuration? {
    var found = Diagnostics()
    var configuration: Configuration?
    if let root = YAMLDocument.read(text, file: path, environment: environment, diagnostics: &found) {
      var checker = ConfigurationChecker()
      let checked = checker.check(root: root)
      var builder = ConfigurationBuilder(file: path)
      configuration = builder.build(checked)
      found.append(contentsOf: checker.diagnostics)
      found.append(contentsOf: builder.diagnostics)
    }
    for diagnostic in sorted(found.all) { diagnostics.add(diagnostic) }
    return found.hasErrors ? nil : configuration
  }

  private struct Unreadable: Error { var message: String }

  private static func contents(of path: String) throws(Unreadable) -> String {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw Unreadable(message: "cannot be read: \(error.localizedDescription)")
    }
    guard data.count <= YAMLDocument.maxBytes else {
      throw Unreadable(message: "larger than \(YAMLDocument.maxBytes) bytes")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw Unreadable(message: "is not UTF-8")
    }
    return text
  }

  private static func sorted(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
    diagnostics.enumerated().sorted {
      let (left, right) = ($0.element.location, $1.element.location)
      return (left?.line ?? 0, left?.column ?? 0, $0.offset) < (
        right?.line ?? 0, right?.column ?? 0, $1.offset
      )
    }.map(\.element)
  }
}
