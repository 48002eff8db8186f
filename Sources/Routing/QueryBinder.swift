package import SchemaModel
package import Transcoding

/// Gives the parameters of a query to fields of the request: `name=value` joined by `&`, names dotted.
///
/// `+` is a space and percent-encoding is undone once, in names as in values. A list takes its elements from
/// repeated parameters; anything else is given at most once. Names with brackets are QueryPlaces.swift's.
package struct QueryBinder: Sendable {
  let names: FieldNames
  let request: TypeID?
  private let bodyPath: FieldPath
  private let unknownIgnored: Bool
  private let maxParameters: Int

  /// - Parameters:
  ///   - bodyPath: the field that the body gives; empty when it gives the whole message or there is none. With
  ///     the whole message the encoder finds fields that stand in both.
  ///   - unknownIgnored: parameters that name no field are listed in `BindingScratch.ignored`, not refused.
  ///   - maxParameters: more are an error, ignored ones counted.
  package init(
    request: TypeID?, names: FieldNames, bodyPath: FieldPath, unknownIgnored: Bool, maxParameters: Int
  ) {
    self.request = request
    self.names = names
    self.bodyPath = bodyPath
    self.unknownIgnored = unknownIgnored
    self.maxParameters = maxParameters
  }

  /// Binds `target[query]`, what follows the `?`.
  package func bind(
    _ target: [UInt8], query: Range<Int>, into fields: inout BoundFields, scratch: inout BindingScratch
  ) throws(BindingError) {
    scratch.ignored.removeAll(keepingCapacity: true)
    var count = 0
    var start = query.lowerBound
    while start < query.upperBound {
      var equals = -1
      var end = start
      while end < query.upperBound, target[end] != UInt8(ascii: "&") {
        if equals < 0, target[end] == UInt8(ascii: "=") { equals = end }
        end += 1
      }
      if start < end {
        count += 1
        let name = start..<(equals < 0 ? end : equals)
        if count > maxParameters { throw BindingError(.tooManyParameters(maxParameters), .query, at: name) }
        let value = (equals < 0 ? end : equals + 1)..<end
        try bind(target, name: name, value: value, into: &fields, scratch: &scratch)
      }
      start = end + 1
    }
  }

  private func bind(
    _ target: [UInt8], name: Range<Int>, value: Range<Int>, into fields: inout BoundFields,
    scratch: inout BindingScratch
  ) throws(BindingError) {
    scratch.name.removeAll(keepingCapacity: true)
    scratch.value.removeAll(keepingCapacity: true)
    let bad = PercentEncoding.decodeForm(target, name, into: &scratch.name)
    if bad >= 0 { throw BindingError(.malformedEncoding, .query, at: bad..<bad + 1) }
    let badValue = PercentEncoding.decodeForm(target, value, into: &scratch.value)
    if badValue >= 0 { throw BindingError(.malformedEncoding, .query, at: badValue..<badValue + 1) }

    if scratch.name.contains(UInt8(ascii: "[")) {
      return try bindPlace(target, name: name, into: &fields, scratch: &scratch)
    }
    guard let kind = resolve(scratch.name, into: &scratch.path) else {
      return try unknown(name, &scratch)
    }
    guard kind == .scalar || kind == .scalars else {
      throw BindingError(Self.reason(for: kind), .query, at: name, field: scratch.path)
    }
    if isInBody(scratch.path) {
      throw BindingError(.collisionWithBody, .query, at: name, field: scratch.path)
    }
    do throws(BindingCollision) {
      try fields.bind(scratch.path, to: scratch.value, from: .query, isList: kind == .scalars)
    } catch {
      throw BindingError(Self.reason(for: error), .query, at: name, field: scratch.path)
    }
  }

  func unknown(_ name: Range<Int>, _ scratch: inout BindingScratch) throws(BindingError) {
    guard unknownIgnored else { throw BindingError(.unknownParameter, .query, at: name) }
    scratch.ignored.append(name)
  }

  func isInBody(_ path: FieldPath) -> Bool {
    !bodyPath.isEmpty && (path.starts(with: bodyPath) || bodyPath.starts(with: path))
  }

  static func reason(for kind: FieldNames.Kind) -> BindingError.Reason {
    switch kind {
    case .record: .incomplete(.field)
    case .records: .incomplete(.element)
    case .map: .incomplete(.entry)
    case .scalar, .scalars, .other: .notAScalar
    }
  }

  static func reason(for collision: BindingCollision) -> BindingError.Reason {
    collision.first == .query ? .givenTwice : .collision(collision.first)
  }

  /// Follows a dotted name; nil when it leads nowhere.
  private func resolve(_ name: [UInt8], into path: inout FieldPath) -> FieldNames.Kind? {
    path.removeAll(keepingCapacity: true)
    guard var record = request else { return nil }
    var start = 0
    while true {
      let end = name[start...].firstIndex(of: UInt8(ascii: ".")) ?? name.count
      guard let field = names.field(name[start..<end], of: record) else { return nil }
      path.append(field)
      let kind = names.kind(of: field)
      if end == name.count { return kind }
      guard kind == .record else { return nil }
      record = names.model[field].type
      start = end + 1
    }
  }
}
