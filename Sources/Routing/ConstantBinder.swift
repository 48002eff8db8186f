package import SchemaModel
package import Transcoding

/// Gives a route's `set` and `default` values to fields of the request. The values are turned into what the wire
/// needs at load; a request copies them.
package struct ConstantBinder: Sendable {
  private struct Fallback: Sendable {
    var field: FieldPath
    var values: [[UInt8]]
  }

  private var fixed = BoundFields()
  /// What `set` gives.
  package private(set) var fixedFields: [FieldPath] = []
  private var fallbacks: [Fallback] = []

  package init() {}

  package var isEmpty: Bool { fixedFields.isEmpty && fallbacks.isEmpty }

  /// Adds one field; a diagnostic when it cannot be given so, or when `taken` (the path's variables) fills it too.
  package mutating func add(
    _ name: String, values: [String], source: BoundFields.Source, request: TypeID?, names: FieldNames,
    codec: any BodyCodec, taken: [FieldPath], at location: SourceLocation?, diagnostics: inout Diagnostics
  ) {
    let role = source == .fixed ? "'set' field" : "'default' field"
    guard
      let field = names.resolveScalar(
        name, in: request, allowsList: true, role: role, at: location, diagnostics: &diagnostics),
      let request
    else { return }
    if let last = field.last, names.kind(of: last) == .scalar, values.count != 1 {
      diagnostics.error("not-a-list", at: location, "\(role) '\(name)' takes one value, not a list")
      return
    }
    if values.isEmpty {
      diagnostics.error(
        "empty-list", at: location, "\(role) '\(name)': an empty list gives nothing",
        resolution: "leave it out")
      return
    }
    if (taken + fixedFields).contains(where: { names.exclude($0, field) }) {
      diagnostics.error(
        "field-bound-twice", at: location, "\(role) '\(name)' is given by the path or by 'set' as well")
      return
    }
    var compiled: [[UInt8]] = []
    for value in values {
      switch Self.compile(Array(value.utf8), field, source, request, codec) {
      case .success(let bytes): compiled.append(bytes)
      case .failure(let problem):
        diagnostics.error("invalid-value", at: location, "\(role) '\(name)': \(problem.reason)")
        return
      }
    }
    if source == .fallback { return fallbacks.append(Fallback(field: field, values: compiled)) }
    fixedFields.append(field)
    for bytes in compiled { Self.bind(field, bytes, .fixed, into: &fixed) }
  }

  private struct Unfit: Error { let reason: String }

  private static func compile(
    _ text: [UInt8], _ field: FieldPath, _ source: BoundFields.Source, _ request: TypeID,
    _ codec: any BodyCodec
  ) -> Result<[UInt8], Unfit> {
    let input = RequestInput()
    do throws(BindingCollision) { try input.bound.bind(field, to: text, from: source) } catch {
      return .failure(Unfit(reason: "bound twice"))
    }
    let node = Int32(clamping: input.bound.nodes.count - 1)
    do throws(TranscodeError) {
      return .success(try codec.compile(node, of: input.bound))
    } catch {
      var placed = error
      placed.boundNode = node
      let problem = codec.explain(placed, encoding: request, from: input, scratch: TranscodingScratch())
      return .failure(Unfit(reason: problem.reason))
    }
  }

  /// A collision means that somebody else gave the field: a constant's own fields were compared at load.
  private static func bind(
    _ field: FieldPath, _ bytes: [UInt8], _ source: BoundFields.Source, into fields: inout BoundFields
  ) {
    do throws(BindingCollision) {
      try fields.bind(field, to: bytes, from: source, isCompiled: true)
    } catch {}
  }

  /// Comes before everything else, so that the same field from a client is a collision.
  package func bindFixed(into fields: inout BoundFields) {
    if !fixedFields.isEmpty { fields.adopt(fixed) }
  }

  /// Comes after everything else: what a client gave stays.
  package func bindFallbacks(into fields: inout BoundFields) {
    for fallback in fallbacks {
      for bytes in fallback.values { Self.bind(fallback.field, bytes, .fallback, into: &fields) }
    }
  }
}
