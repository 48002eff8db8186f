package import SchemaModel

/// Errors for people: found again in the text or the wire, which is read once more. Not on the fast path.
extension ProtobufCodec {
  package func writtenName(of field: FieldID) -> String {
    ReasonText(model: model, options: options, limits: limits).written(model[field])
  }

  package func explain(
    _ error: TranscodeError, encoding type: TypeID, from input: RequestInput,
    scratch: TranscodingScratch
  ) -> FieldProblem {
    RequestExplanation(model: model, options: options, limits: limits).problem(error, type, input)
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
    if record.form == .any { return descendAny(record, wire, range, offset, depth) }
    // The fields of the other special forms are not what JSON shows.
    if record.form != .object { return }
    var scanner = ProtobufWireScanner(wire, range.lowerBound, range.upperBound)
    var counts: [Int32: Int] = [:]
    while !scanner.isAtEnd, depth < limits.depth {
      guard let tag = try? scanner.tag() else { return }
      let index = program.find(tag.number, record)
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

  private mutating func descendAny(
    _ record: ProtobufRecord, _ wire: ByteView, _ range: Range<Int>, _ offset: Int, _ depth: Int
  ) {
    var scanner = ProtobufWireScanner(wire, range.lowerBound, range.upperBound)
    var target: Int32 = -1
    var content: Range<Int>?
    while !scanner.isAtEnd, depth < limits.depth {
      guard let tag = try? scanner.tag(),
        let value = try? scanner.value(tag.wireType, number: tag.number, depth: limits.depth)
      else { break }
      if tag.number == 1 { target = program.record(ofTypeURL: wire, value.start, value.end) }
      if tag.number == 2 { content = value.start..<value.end }
    }
    guard target >= 0, let content, content.contains(offset) else { return }
    if program.records[target].form != .object { pointer += "/value" }
    descend(program.records[target], wire, content, offset, depth + 1)
  }
}
