internal import SchemaModel

/// Constants of the configuration, turned into bytes of the wire at load.
extension ProtobufCodec {
  package func compile(_ node: Int32, of bound: BoundFields) throws(TranscodeError) -> [UInt8] {
    let input = RequestInput(bound: bound)
    let field = program.view.fields[program.view.fieldOfID[bound.nodes[Int(node)].field.rawValue]]
    var output: [UInt8] = []
    let nothing: [UInt8] = []
    try nothing.withView { (text) throws(TranscodeError) in
      try bound.text.withView { (boundText) throws(TranscodeError) in
        var encoder = ProtobufEncoder(
          program: program.view, options: options, limits: limits, text: text, input: input,
          boundText: boundText, buffers: TranscodingBuffers())
        try encoder.compile(field, node)
        encoder.prefixes.finish(
          encoder.buffers.sink, encoder.buffers.lengths, &encoder.buffers.spare, &output)
      }
    }
    return output
  }
}

extension ProtobufEncoder {
  /// The first value of a node, without tag and length; nothing for a default that is not written.
  fileprivate mutating func compile(_ field: ProtobufField, _ node: Int32) throws(TranscodeError) {
    let value = input.bound.nodes[Int(node)].firstValue
    guard value >= 0, field.kind != .group else { throw notBindable(field, node) }
    guard field.kind.isPackable else { return try boundContent(field, value, node) }
    let bits = try boundBits(field, value, node)
    if bits == 0, field.form == .singular, field.isImplicit { return }
    write(bits, as: field.kind)
  }

  /// Writes what `compile` made.
  mutating func constant(_ field: ProtobufField, _ start: Int, _ end: Int, skipsDefault: Bool) {
    if start == end, skipsDefault, field.kind != .message { return }
    writeTag(field)
    if !field.kind.isPackable { buffers.sink.appendVarint(UInt64(end - start)) }
    buffers.sink.append(boundText, from: start, to: end)
  }

  mutating func appendBound(_ value: Int32) {
    let value = input.bound.values[Int(value)]
    buffers.sink.append(boundText, from: Int(value.start), to: Int(value.end))
  }
}
