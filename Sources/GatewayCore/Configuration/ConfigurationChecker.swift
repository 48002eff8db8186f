internal import SchemaModel

/// Walks raw values beside the table: unknown keys, shapes, types, ranges, missing and unavailable keys.
struct ConfigurationChecker {
  var diagnostics = Diagnostics()

  mutating func check(root: RawNode) -> CheckedValue {
    mapping(root, path: "") ?? CheckedValue(content: .mapping([]), location: root.location)
  }

  /// Nil when there is nothing to go on with.
  private mutating func check(_ node: RawNode, _ row: ConfigurationKey) -> CheckedValue? {
    switch row.shape {
    case .scalar(let type): return scalar(node, type, row)
    case .mapping: return mapping(node, path: row.path)
    case .names: return names(node, row)
    case .scalarOrNames(let type):
      if case .scalar = node.content, !node.isNull { return scalar(node, type, row) }
      return names(node, row)
    case .list:
      guard case .list(let elements) = node.content else { return mismatch(node, row, "a list") }
      return list(node, elements) { $0.element($1, of: row) }
    case .texts: return texts(node, row)
    case .scalarOrMapping(let type):
      if case .mapping = node.content { return mapping(node, path: row.path) }
      return scalar(node, type, row)
    case .oneOrMany:
      guard case .list(let elements) = node.content else { return mapping(node, path: row.path) }
      return list(node, elements) { $0.mapping($1, path: row.path) }
    case .fields: return fields(node)
    }
  }

  // MARK: Shapes

  private mutating func scalar(_ node: RawNode, _ type: ScalarType, _ row: ConfigurationKey) -> CheckedValue?
  {
    guard case .scalar(let text, _) = node.content, !node.isNull else {
      return mismatch(node, row, type.expectation)
    }
    do throws(ScalarError) {
      return CheckedValue(content: .scalar(try type.parse(text)), location: node.location)
    } catch {
      diagnostics.error(error.code, at: node.location, "\(title(row)): \(error.message)")
      return nil
    }
  }

  private mutating func mapping(_ node: RawNode, path: String) -> CheckedValue? {
    let raw: [(key: Located, value: RawNode)]
    switch node.content {
    case .mapping(let entries): raw = entries
    case _ where node.isNull: raw = []
    case .broken: return nil
    default:
      let title = ConfigurationTable.byPath[path].map { self.title($0) } ?? "the configuration"
      diagnostics.error("wrong-type", at: node.location, "\(title) is \(node.kind), expected a mapping")
      return nil
    }
    let rows = ConfigurationTable.children[path] ?? []
    var entries: [(key: Located, value: CheckedValue)] = []
    for (key, value) in raw {
      guard let row = rows.first(where: { $0.name == key.text }) else {
        unknown(key, rows)
        continue
      }
      if !row.available {
        let what =
          row.path.hasSuffix(".dds") || row.path.hasSuffix(".idl")
          ? "\(key.text) services are" : "'\(key.text)' is"
        diagnostics.error("not-available", at: key.location, "\(what) not available in this version")
      }
      if let value = check(value, row) { entries.append((key: key, value: value)) }
    }
    for row in rows where row.required && !raw.contains(where: { $0.key.text == row.name }) {
      diagnostics.error("missing-key", at: node.location, "\(title(row)) is missing")
    }
    return CheckedValue(content: .mapping(entries), location: node.location)
  }

  private mutating func names(_ node: RawNode, _ row: ConfigurationKey) -> CheckedValue? {
    let raw: [(key: Located, value: RawNode)]
    switch node.content {
    case .mapping(let entries): raw = entries
    case _ where node.isNull: raw = []
    default: return mismatch(node, row, "a mapping")
    }
    if row.required, raw.isEmpty {
      diagnostics.error("missing-key", at: node.location, "\(title(row)) is empty")
    }
    guard let others = ConfigurationTable.byPath[row.path + ".*"] else { return nil }
    var entries: [(key: Located, value: CheckedValue)] = []
    for (key, node) in raw {
      let value = ConfigurationTable.byPath["\(row.path).\(key.text)"] ?? others
      if let checked = check(node, value) { entries.append((key: key, value: checked)) }
    }
    return CheckedValue(content: .mapping(entries), location: node.location)
  }

  private mutating func element(_ node: RawNode, of row: ConfigurationKey) -> CheckedValue? {
    ConfigurationTable.byPath[row.path + "[]"].flatMap { check(node, $0) }
  }

  private mutating func list(
    _ node: RawNode, _ elements: [RawNode],
    _ each: (inout ConfigurationChecker, RawNode) -> CheckedValue?
  ) -> CheckedValue {
    CheckedValue(content: .list(elements.compactMap { each(&self, $0) }), location: node.location)
  }

  private mutating func texts(_ node: RawNode, _ row: ConfigurationKey) -> CheckedValue? {
    switch node.content {
    case .broken: return nil
    case .scalar: return scalar(node, .text, row)
    case .list(let elements): return list(node, elements) { $0.scalar($1, .text, row) }
    case .mapping(let raw):
      var entries: [(key: Located, value: CheckedValue)] = []
      for (key, node) in raw {
        if let text = scalar(node, .text, row) { entries.append((key: key, value: text)) }
      }
      return CheckedValue(content: .mapping(entries), location: node.location)
    }
  }

  private mutating func fields(_ node: RawNode) -> CheckedValue? {
    switch node.content {
    case .broken: return nil
    case .scalar(let text, _):
      guard !node.isNull else {
        diagnostics.error("wrong-type", at: node.location, "a field is given nothing; leave it out instead")
        return nil
      }
      return CheckedValue(content: .scalar(.text(text)), location: node.location)
    case .list(let elements): return list(node, elements) { $0.fields($1) }
    case .mapping(let raw):
      var entries: [(key: Located, value: CheckedValue)] = []
      for (key, node) in raw {
        if let value = fields(node) { entries.append((key: key, value: value)) }
      }
      return CheckedValue(content: .mapping(entries), location: node.location)
    }
  }

  // MARK: Findings

  private mutating func mismatch(_ node: RawNode, _ row: ConfigurationKey, _ expected: String)
    -> CheckedValue?
  {
    if case .broken = node.content { return nil }
    diagnostics.error("wrong-type", at: node.location, "\(title(row)) is \(node.kind), expected \(expected)")
    return nil
  }

  private mutating func unknown(_ key: Located, _ rows: [ConfigurationKey]) {
    let nearest = EditDistance.nearest(to: key.text, among: rows.map(\.name))
    diagnostics.error(
      "unknown-key", at: key.location, "unknown key '\(key.text)'",
      resolution: nearest.map { "did you mean '\($0)'?" }
        ?? "known are \(rows.map(\.name).sorted().joined(separator: ", "))")
  }

  private func title(_ row: ConfigurationKey) -> String {
    let name = row.path.split(separator: ".").last { $0 != "*" } ?? ""
    return name.hasSuffix("[]")
      ? "an element of '\(name.dropLast(2))'"
      : row.path.hasSuffix(".*") ? "an entry of '\(name)'" : "'\(name)'"
  }
}
