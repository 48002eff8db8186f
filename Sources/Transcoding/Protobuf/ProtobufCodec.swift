package import SchemaModel

/// The bodies of one service that speaks protobuf.
package final class ProtobufCodec: BodyCodec {
  let model: SchemaModel
  let program: ProtobufProgram
  let options: JSONOptions
  let limits: TranscodingLimits

  /// Compiles all messages of `model`.
  package init(
    model: SchemaModel, wire: ProtobufWireTable, options: JSONOptions = JSONOptions(),
    limits: TranscodingLimits = TranscodingLimits()
  ) {
    precondition(wire.fields.count == model.fields.count, "the wire table is not of this model")
    self.model = model
    self.options = options
    self.limits = limits
    program = ProtobufCompiler.compile(model, wire, options)
  }

  package func encode(
    _ type: TypeID, from input: RequestInput, into output: inout [UInt8],
    scratch: TranscodingScratch
  ) throws(TranscodeError) {
    let record = try record(type)
    try input.body.withView { (text) throws(TranscodeError) in
      try input.bound.text.withView { (boundText) throws(TranscodeError) in
        var encoder = ProtobufEncoder(
          program: program.view, options: options, limits: limits, text: text, input: input,
          boundText: boundText, buffers: scratch.take())
        let outcome = Result { () throws(TranscodeError) in try encoder.run(record) }
        if case .success = outcome {
          encoder.prefixes.finish(
            encoder.buffers.sink, encoder.buffers.lengths, &encoder.buffers.spare, &output)
        }
        scratch.giveBack(encoder.buffers)
        try outcome.get()
      }
    }
  }

  package func decode(
    _ type: TypeID, from wire: [UInt8], at start: Int, selecting selection: FieldPath,
    into output: inout [UInt8],
    scratch: TranscodingScratch
  ) throws(TranscodeError) {
    let record = try record(type)
    try wire.withView { (bytes) throws(TranscodeError) in
      var decoder = ProtobufDecoder(
        program: program.view, options: options, limits: limits, wire: bytes, buffers: scratch.take())
      let outcome = Result { () throws(TranscodeError) in
        try decoder.run(record, at: start, selecting: selection)
      }
      if case .success = outcome {
        decoder.buffers.sink.copy(to: &output)
      }
      scratch.giveBack(decoder.buffers)
      try outcome.get()
    }
  }

  package func integer(_ field: FieldID, in wire: [UInt8], at start: Int) throws(TranscodeError) -> Int64 {
    let field = program.view.fields[program.view.fieldOfID[field.rawValue]]
    return try wire.withView { (bytes) throws(TranscodeError) in
      var scanner = ProtobufWireScanner(bytes, min(start, bytes.count), bytes.count)
      var result: Int64 = 0
      while !scanner.isAtEnd {
        let (number, wireType) = try scanner.tag()
        let value = try scanner.value(wireType, number: number, depth: limits.depth)
        if number == field.number, wireType == field.kind.wireType {
          result = ProtobufText.integer(field.kind, value.value, bytes, value.start)
        }
      }
      return result
    }
  }

  private func record(_ type: TypeID) throws(TranscodeError) -> Int32 {
    let record = program.recordOfType.view[type.rawValue]
    if record < 0 { throw TranscodeError(.unsupportedType, offset: 0) }
    return record
  }
}
