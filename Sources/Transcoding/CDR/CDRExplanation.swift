package import SchemaModel

/// Where in a reply an error lies: the steps that the decoder was inside of, innermost first.
struct CDRTrace {
  enum Step {
    case field(FieldID)
    case index(Int)
  }

  let isOn: Bool
  private(set) var steps: [Step] = []

  init(isOn: Bool) { self.isOn = isOn }

  mutating func inside(_ field: FieldID, _ error: TranscodeError) -> TranscodeError {
    if isOn { steps.append(.field(field)) }
    return error.inside(field)
  }

  mutating func inside(index: Int, _ error: TranscodeError) -> TranscodeError {
    if isOn { steps.append(.index(index)) }
    return error
  }
}

/// Errors for people: the body or the reply is read once more. Not on the fast path.
extension CDRCodec {
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
    var pointer = ""
    for step in trace(type, wire, at: start).steps.reversed() {
      switch step {
      case .field(let field): pointer += "/" + JSONPath.escape(reasons.written(model[field]))
      case .index(let index): pointer += "/\(index)"
      }
    }
    return FieldProblem(
      source: "reply", pointer: pointer, reason: reasons.sentence(for: error, value: "", record: nil),
      offset: Int(error.offset))
  }

  private func trace(_ type: TypeID, _ wire: [UInt8], at start: Int) -> CDRTrace {
    wire.withView { bytes in
      guard let encapsulation = try? CDREncapsulation(bytes), start >= CDREncapsulation.size else {
        return CDRTrace(isOn: true)
      }
      var decoder = CDRDecoder(
        program: program.view, options: options, limits: limits,
        reader: CDRReader(bytes, encapsulation, at: min(start, bytes.count)), selection: [], isTracing: true,
        buffers: TranscodingBuffers())
      do throws(TranscodeError) { try decoder.run(type.rawValue) } catch {}
      return decoder.trace
    }
  }
}
