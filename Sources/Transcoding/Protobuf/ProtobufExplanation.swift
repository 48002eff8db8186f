package import SchemaModel

/// Errors for people: found again in the text or the wire, which is read once more. Not on the fast path.
extension ProtobufCodec {
  package func explain(
    _ error: TranscodeError, encoding type: TypeID, from input: borrowing RequestInput,
    scratch: TranscodingScratch
  ) -> FieldProblem {
    let reasons = ReasonText(model: model, options: options, limits: limits)
    if error.boundNode >= 0 { return explainBound(error, input.bound, hasBody: !input.body.isEmpty, reasons) }
    let bodyPath = input.bodyPath
    return input.body.withView { text in
      let path = JSONPath(to: Int(error.offset), in: text, limits: limits)
      var pointer = path.pointer
      if error.reason == .missingRequired, let field = error.field {
        pointer += "/" + JSONPath.escape(reasons.written(model[field]))
      }
      var value = path.valueText
      if error.reason == .unknownField, case .name(let name) = path.steps.last { value = name }
      let record = enclosing(path.steps.dropLast(), from: type, bodyPath)
      return FieldProblem(
        source: "body", pointer: pointer,
        reason: reasons.sentence(for: error, value: value, record: record), offset: Int(error.offset))
    }
  }

  /// The type that the steps lead to; nil when the schema ends before them.
  private func enclosing(
    _ steps: ArraySlice<JSONPath.Step>, from type: TypeID, _ bodyPath: FieldPath
  ) -> TypeID? {
    var type = bodyPath.last.map { model[$0].type } ?? type
    for step in steps {
      switch (model[type].shape, step) {
      case (.list(let element, _), .index): type = element
      case (.map(_, let value, _), .name): type = value
      case (.record(let range), .name(let name)):
        guard let field = model.fields[range].first(where: { $0.jsonName == name || $0.name == name })
        else { return nil }
        type = field.type
      default: return nil
      }
    }
    return type
  }

  private func explainBound(
    _ error: TranscodeError, _ bound: BoundFields, hasBody: Bool, _ reasons: ReasonText
  ) -> FieldProblem {
    var leaf = error.boundNode
    while bound.nodes[Int(leaf)].firstValue < 0, bound.nodes[Int(leaf)].firstChild >= 0 {
      leaf = bound.nodes[Int(leaf)].firstChild
    }
    let value = bound.nodes[Int(leaf)].firstValue
    let source = value < 0 ? "query" : bound.values[Int(value)].source.name
    var text = ""
    if value >= 0 {
      let range = Int(bound.values[Int(value)].start)..<Int(bound.values[Int(value)].end)
      text = String(decoding: bound.text[range], as: UTF8.self)
    }
    var reason = reasons.sentence(for: error, value: text, record: nil)
    if error.reason == .boundTwice {
      let isRepeated = value >= 0 && bound.values[Int(value)].next >= 0
      reason =
        isRepeated
        ? "the \(source) gives a value twice for a field that takes one"
        : hasBody
          ? "the field has a value from the \(source) and from the body"
          : "the field, or its oneof, has another value beside that from the \(source)"
    }
    let names = bound.path(to: error.boundNode).map { "/" + JSONPath.escape(reasons.written(model[$0])) }
    return FieldProblem(source: source, pointer: names.joined(), reason: reason)
  }

  package func explain(
    _ error: TranscodeError, decoding type: TypeID, from wire: [UInt8], at start: Int
  ) -> FieldProblem {
    let reasons = ReasonText(model: model, options: options, limits: limits)
    let pointer = wire.withView { bytes in
      var finder = ProtobufWirePath(program: program.view, model: model, limits: limits, names: options.names)
      let record = program.recordOfType.view[type.rawValue]
      if record >= 0 {
        finder.descend(
          program.view.records[record], bytes, min(start, bytes.count)..<bytes.count, Int(error.offset), 0)
      }
      return finder.pointer
    }
    return FieldProblem(
      source: "reply", pointer: pointer, reason: reasons.sentence(for: error, value: "", record: nil),
      offset: Int(error.offset))
  }
}

/// Finds the field that holds an offset of the wire.
struct ProtobufWirePath {
  let program: ProtobufProgram.View
  let model: SchemaModel
  let limits: TranscodingLimits
  let names: JSONOptions.Names
  private(set) var pointer = ""

  init(program: ProtobufProgram.View, model: SchemaModel, limits: TranscodingLimits, names: JSONOptions.Names)
  {
    self.program = program
    self.model = model
    self.limits = limits
    self.names = names
  }

  /// Appends the steps from a message in `range` of the wire to `offset`; stops where the wire is broken.
  mutating func descend(
    _ record: ProtobufRecord, _ wire: ByteView, _ range: Range<Int>, _ offset: Int, _ depth: Int
  ) {
    var scanner = ProtobufWireScanner(wire, range.lowerBound, range.upperBound)
    var counts: [Int32: Int] = [:]
    while !scanner.isAtEnd, depth < limits.depth {
      guard let tag = try? scanner.tag() else { return }
      let index = field(tag.number, record)
      let value = try? scanner.value(tag.wireType, number: tag.number, depth: limits.depth)
      // A value that is broken holds the error.
      guard index >= 0 else {
        if value == nil { return }
        continue
      }
      let field = program.fields[index]
      if let value, value.end <= offset {
        counts[index, default: 0] += 1
        continue
      }
      let definition = model[field.id]
      pointer += "/" + JSONPath.escape(names == .json ? definition.jsonName : definition.name)
      if field.form == .list { pointer += "/\(counts[index] ?? 0)" }
      guard let value, field.form != .map, field.kind.isMessage, value.start <= offset else { return }
      return descend(program.records[field.target], wire, value.start..<value.end, offset, depth + 1)
    }
  }

  private func field(_ number: UInt32, _ record: ProtobufRecord) -> Int32 {
    for index in record.firstField..<(record.firstField + record.fieldCount)
    where program.fields[index].number == number {
      return index
    }
    return -1
  }
}
