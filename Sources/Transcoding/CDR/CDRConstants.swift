internal import SchemaModel

/// Constants of the configuration, checked at load. Where they stand on the wire is known only beside the others.
extension CDRCodec {
  /// Of a scalar its 64 bits, of octets themselves, of a string its text.
  package func compile(_ node: Int32, of bound: BoundFields) throws(TranscodeError) -> [UInt8] {
    let input = RequestInput(bound: bound)
    let member = program.view.members[bound.nodes[Int(node)].field.rawValue]
    let type = program.view.types[member.type]
    let isList = type.kind == .list || type.kind == .array
    let index = isList ? type.element : member.type
    let value = bound.nodes[Int(node)].firstValue
    guard value >= 0 else { throw bound.error(.notBindable, at: node) }
    let range = Int(bound.values[Int(value)].start)..<Int(bound.values[Int(value)].end)
    let encapsulation = CDREncapsulation.littleEndian
    let kind = program.view.types[index].kind
    var output: [UInt8] = []
    let nothing: [UInt8] = []
    try nothing.withView { (text) throws(TranscodeError) in
      try bound.text.withView { (boundText) throws(TranscodeError) in
        var encoder = CDREncoder(
          program: program.view, options: options, limits: limits, text: text, input: input,
          boundText: boundText, encapsulation: encapsulation,
          written: CDREncapsulation.size, buffers: TranscodingBuffers())
        // Writing it checks it.
        try encoder.boundValue(index, value, node)
        encoder.buffers.sink.copy(to: &output)
        if kind.isScalar {
          let bits = try encoder.boundBits(
            index, program.view.types[index], range.lowerBound, range.upperBound)
          output = (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64($0 * 8)) }
        }
      }
    }
    switch kind {
    case .string, .wideString: return Array(bound.text[range])
    case .octets: return Array(output.dropFirst(4))
    default: return output
    }
  }
}
