package import SchemaModel

/// The bodies of one service that speaks CDR (OMG DDS-XTypes 1.3, section 7.4): XCDR1 and XCDR2.
package final class CDRCodec: BodyCodec {
  let model: SchemaModel
  let program: CDRProgram
  let options: JSONOptions
  let limits: TranscodingLimits

  /// Compiles all types of `model`.
  package init(
    model: SchemaModel, wire: CDRWireTable, options: JSONOptions = JSONOptions(),
    limits: TranscodingLimits = TranscodingLimits()
  ) {
    precondition(
      wire.types.count == model.types.count && wire.fields.count == model.fields.count,
      "the wire table is not of this model")
    self.model = model
    self.options = options
    self.limits = limits
    program = CDRCompiler.compile(model, wire, options)
  }

  package func encode(
    _ type: TypeID, from input: RequestInput, into output: inout [UInt8],
    scratch: TranscodingScratch
  ) throws(TranscodeError) {
    let encapsulation = try output.withView { (bytes) throws(TranscodeError) in try CDREncapsulation(bytes) }
    // Everybody reads little-endian; there is no reason to write anything else.
    if encapsulation.isBigEndian { throw TranscodeError(.unsupportedRepresentation, offset: 0) }
    try input.body.withView { (text) throws(TranscodeError) in
      try input.bound.text.withView { (boundText) throws(TranscodeError) in
        var encoder = CDREncoder(
          program: program.view, options: options, limits: limits, text: text, input: input,
          boundText: boundText, encapsulation: encapsulation, written: output.count,
          buffers: scratch.take())
        let outcome = Result { () throws(TranscodeError) in try encoder.run(type.rawValue) }
        if case .success = outcome { encoder.buffers.sink.copy(to: &output) }
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
    try wire.withView { (bytes) throws(TranscodeError) in
      let encapsulation = try CDREncapsulation(bytes)
      var decoder = CDRDecoder(
        program: program.view, options: options, limits: limits,
        reader: try CDRReader(bytes, encapsulation, from: start), selection: selection,
        buffers: scratch.take())
      let outcome = Result { () throws(TranscodeError) in try decoder.run(type.rawValue) }
      if case .success = outcome { decoder.buffers.sink.copy(to: &output) }
      scratch.giveBack(decoder.buffers)
      try outcome.get()
    }
  }

  package func integer(_ field: FieldID, in wire: [UInt8], at start: Int) throws(TranscodeError) -> Int64 {
    // What stands before a member has to be read to find it; what stands behind it does not.
    guard let record = program.recordOfField(field) else { return 0 }
    var plain = JSONOptions()
    plain.enums = .numbers
    plain.int64 = .number
    var text: [UInt8] = []
    try wire.withView { (bytes) throws(TranscodeError) in
      let encapsulation = try CDREncapsulation(bytes)
      var decoder = CDRDecoder(
        program: program.view, options: plain, limits: limits,
        reader: try CDRReader(bytes, encapsulation, from: start), selection: [field],
        endsBehindSelected: true, buffers: TranscodingBuffers())
      try decoder.run(record.rawValue)
      decoder.buffers.sink.copy(to: &text)
    }
    return text.withView { bytes in
      if bytes.equals(0, bytes.count, "true") { return 1 }
      let extent = JSONNumber.extent(bytes, from: 0, to: bytes.count)
      guard extent.end == bytes.count,
        let number = JSONNumber.integer(bytes, from: 0, to: bytes.count, isComplex: extent.isComplex)
      else { return 0 }
      return Int64(bitPattern: number.isNegative ? 0 &- number.magnitude : number.magnitude)
    }
  }
}

extension CDRProgram {
  /// The record that has a field.
  func recordOfField(_ field: FieldID) -> TypeID? {
    for index in 0..<Int32(types.count) {
      let type = types.view[index]
      if type.kind == .record, field.rawValue >= type.first, field.rawValue < type.first + type.count {
        return TypeID(rawValue: index)
      }
    }
    return nil
  }
}
