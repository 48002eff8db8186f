package import SchemaModel
package import Transcoding

/// How configuration and routes name fields: `pool.label`, by either name of each field.
extension FieldNames {
  /// - Throws: `FieldLookupError` at the first name that does not lead on.
  package func resolve(_ path: String, in type: TypeID?) throws(FieldLookupError) -> FieldPath {
    var fields: FieldPath = []
    var record = type
    for name in path.split(separator: ".", omittingEmptySubsequences: false) {
      guard let holder = record, let field = field(Array(name.utf8)[...], of: holder) else {
        throw FieldLookupError(
          name: String(name), holder: record.map { model[$0].name }, candidates: names(of: record))
      }
      fields.append(field)
      record = kind(of: field) == .record ? model[field].type : nil
    }
    return fields
  }

  private func names(of record: TypeID?) -> [String] {
    switch record.map({ model[$0].shape }) {
    case .record(let fields), .union(_, let fields): return model.fields[fields].map(\.name)
    default: return []
    }
  }

  /// Whether not both fields can have a value: one holds the other, or they are two of one oneof or union.
  func exclude(_ first: FieldPath, _ second: FieldPath) -> Bool {
    let common = zip(first, second).prefix { $0 == $1 }.count
    if common == min(first.count, second.count) { return true }
    if let oneof = model[first[common]].oneof, oneof == model[second[common]].oneof { return true }
    guard common > 0, case .union = model[model[first[common - 1]].type].shape else { return false }
    return true
  }

  /// Whether the field at the end of a path takes several values.
  package func isList(_ path: FieldPath) -> Bool { path.last.map { kind(of: $0) == .scalars } ?? false }

  /// Looks up a field that one text, or a list of texts, is to fill; nil after a diagnostic.
  package func resolveScalar(
    _ path: String, in type: TypeID?, allowsList: Bool, role: String, at location: SourceLocation?,
    diagnostics: inout Diagnostics
  ) -> FieldPath? {
    do throws(FieldLookupError) {
      let fields = try resolve(path, in: type)
      guard let last = fields.last else { return nil }
      switch kind(of: last) {
      case .scalar: return fields
      case .scalars where allowsList: return fields
      case .scalars:
        diagnostics.error("not-a-scalar", at: location, "\(role) '\(path)' is a list; it takes one value")
      case .record, .records, .map, .other:
        diagnostics.error("not-a-scalar", at: location, "\(role) '\(path)' is not a single value")
      }
    } catch {
      diagnostics.error(
        "unknown-field", at: location, "\(role) '\(path)': \(error.reason)", resolution: error.resolution)
    }
    return nil
  }
}

/// A name on a field path that means nothing.
package struct FieldLookupError: Error, Sendable, Equatable {
  package var name: String
  /// The type that was looked into; nil when there is none: no request, or the name before is not a message.
  package var holder: String?
  package var candidates: [String]

  package var reason: String {
    holder.map { "\($0) has no field '\(name)'" } ?? "nothing that could have a field '\(name)'"
  }

  package var resolution: String? {
    EditDistance.nearest(to: name, among: candidates).map { "did you mean '\($0)'?" }
  }
}
