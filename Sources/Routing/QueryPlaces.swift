internal import SchemaModel
internal import Transcoding

/// Parameters with brackets in their names: elements of lists of messages, entries of maps.
///
///     Name = Step { "." Step }
///     Step = FIELD [ "[" ( INDEX | KEY ) "]" ]
///
/// KEY is everything up to the next "]". A FIELD that itself begins with "[" is a protobuf extension.
extension QueryBinder {
  /// Most elements that a query can name in one list.
  static let maxElements = 1000

  /// Binds `scratch.value` to what `scratch.name` names.
  func bindPlace(
    _ target: [UInt8], name: Range<Int>, into fields: inout BoundFields, scratch: inout BindingScratch
  ) throws(BindingError) {
    let kind: FieldNames.Kind
    switch resolvePlace(scratch.name, into: &scratch.steps) {
    case .found(let found): kind = found
    case .unknown: return try unknown(name, &scratch)
    case .notSubscriptable: throw error(.notSubscriptable, at: name, scratch)
    }
    guard kind == .scalar || kind == .scalars else { throw error(Self.reason(for: kind), at: name, scratch) }
    if isInBody(scratch.steps.map(\.field)) { throw error(.collisionWithBody, at: name, scratch) }
    do throws(BindingCollision) {
      try fields.bind(
        scratch.steps, in: scratch.name, to: scratch.value, from: .query, isList: kind == .scalars)
    } catch let collision {
      throw error(Self.reason(for: collision), at: name, scratch)
    }
  }

  private enum Place {
    case found(FieldNames.Kind)
    case unknown
    case notSubscriptable
  }

  private func resolvePlace(_ name: [UInt8], into steps: inout [BoundStep]) -> Place {
    steps.removeAll(keepingCapacity: true)
    guard var record = request else { return .unknown }
    var start = 0
    while true {
      let end = fieldEnd(name, from: start)
      guard let field = names.field(name[start..<end], of: record) else { return .unknown }
      steps.append(BoundStep(field: field))
      var (type, kind) = (names.model[field].type, names.kind(of: field))
      var next = end
      if next < name.count, name[next] == UInt8(ascii: "[") {
        guard kind == .records || kind == .map else { return .notSubscriptable }
        guard let close = name[next...].firstIndex(of: UInt8(ascii: "]")),
          let part = names.part(of: type), let step = step(field, kind, name, next + 1..<close)
        else { return .unknown }
        steps.append(step)
        (type, kind) = part
        next = close + 1
      }
      if next == name.count { return .found(kind) }
      guard kind == .record, name[next] == UInt8(ascii: ".") else { return .unknown }
      record = type
      start = next + 1
    }
  }

  private func fieldEnd(_ name: [UInt8], from start: Int) -> Int {
    let rest = name[start...]
    if rest.first == UInt8(ascii: "[") {
      return rest.firstIndex(of: UInt8(ascii: "]")).map { $0 + 1 } ?? name.count
    }
    return rest.firstIndex { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "[") } ?? name.count
  }

  private func step(
    _ field: FieldID, _ kind: FieldNames.Kind, _ name: [UInt8], _ range: Range<Int>
  ) -> BoundStep? {
    if kind == .map { return BoundStep(field: field, key: range) }
    // A number has one spelling, so that two names are not one element.
    guard !range.isEmpty, range.count == 1 || name[range.lowerBound] != UInt8(ascii: "0") else { return nil }
    var index: Int32 = 0
    for byte in name[range] {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), index < Self.maxElements else { return nil }
      index = index * 10 + Int32(byte - UInt8(ascii: "0"))
    }
    return index < Self.maxElements ? BoundStep(field: field, element: index) : nil
  }

  private func error(
    _ reason: BindingError.Reason, at name: Range<Int>, _ scratch: borrowing BindingScratch
  ) -> BindingError {
    let text = scratch.name
    let places = scratch.steps.map { step in
      if step.element >= 0 { return "\(step.element)" }
      if let key = step.key { return String(decoding: text[key], as: UTF8.self) }
      return names.model[step.field].jsonName
    }
    return BindingError(reason, .query, at: name, places: places)
  }
}
