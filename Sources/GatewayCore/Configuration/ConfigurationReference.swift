/// Prints the reference page, docs/configuration.md, from the table.
package enum ConfigurationReference {
  package static var markdown: String {
    var text = """
      # Configuration

      <!-- Printed from Sources/GatewayCore/Configuration/*Keys.swift and ConfigurationTable.swift.
           To write it anew: DRAWBRIDGE_WRITE_REFERENCE=1 swift test --filter ConfigurationTests -->

      One YAML file (JSON is YAML too), by default `drawbridge.yaml`. Relative paths are relative to the folder of
      the file. `${NAME}` in a value is the environment variable NAME, `${NAME:-text}` has a default, `$$` is a
      dollar sign; quote such a value inside `{ … }`. Unknown keys and every other mistake are reported with file,
      line and column, all at once, by `drawbridge check`.

      Durations are written `500ms`, `60s`, `2m`, `1h`; sizes `64KiB`, `4MiB`, `1GiB` or a number of bytes. In the
      paths below `*` is a name that you choose and `[]` an element of a list.

      An example with every key is `deploy/drawbridge.example.yaml`.


      """
    for row in ConfigurationTable.rows {
      if !row.path.contains(".") && !row.path.hasSuffix("[]") { text += "## \(row.path)\n\n" }
      text += "- `\(row.path)` — \(facts(row)) \(row.documentation)\n"
      if isLast(row) { text += "\n" }
    }
    return String(text.dropLast())
  }

  private static func facts(_ row: ConfigurationKey) -> String {
    var facts = [row.shape.expectation]
    if row.required { facts.append("required") }
    if let standard = row.defaultText { facts.append("default `\(standard)`") }
    var text = facts.joined(separator: ", ") + "."
    if !row.available { text += " **Not available in this version.**" }
    return text
  }

  /// Whether a new section or the end follows.
  private static func isLast(_ row: ConfigurationKey) -> Bool {
    guard let index = ConfigurationTable.rows.firstIndex(where: { $0.path == row.path }) else { return true }
    guard index + 1 < ConfigurationTable.rows.count else { return true }
    let next = ConfigurationTable.rows[index + 1].path
    return !next.contains(".") && !next.hasSuffix("[]")
  }
}

extension ConfigurationKey.Shape {
  fileprivate var expectation: String {
    switch self {
    case .scalar(let type): type.expectation
    case .mapping: "a mapping"
    case .names: "names, each with a value"
    case .scalarOrNames(let type): "\(type.expectation), or names, each with a value"
    case .list: "a list"
    case .texts: "a text, a list of texts, or names with a text each"
    case .scalarOrMapping(let type): "\(type.expectation), or a mapping"
    case .oneOrMany: "a mapping, or a list of mappings"
    case .fields: "field names with values"
    }
  }
}
