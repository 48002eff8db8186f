internal import SchemaModel

/// Fields that path, query and configuration bind, merged into the records where the body would have them.
///
/// A member has one source. Only a `default` of the configuration yields to another.
extension CDREncoder {
  /// Notes the bound fields at `first` and its siblings beside what the body gives, from `top` of the sources on.
  mutating func collectBound(_ type: CDRType, _ first: Int32, _ top: Int) throws(TranscodeError) {
    var node = first
    while node >= 0 {
      let local = input.bound.nodes[Int(node)].field.rawValue - type.first
      // A field of another record would be our own mistake in binding; it is not written into this one.
      guard local >= 0, local < type.count else { throw input.bound.error(.notBindable, at: node) }
      let place = top + Int(local)
      if try takes(node, beside: buffers.sources[place], program.members[type.first + local]) {
        buffers.sources[place].bound = node
      }
      node = input.bound.nodes[Int(node)].nextSibling
    }
  }

  /// Whether a bound field counts where the body has what `source` says.
  private func takes(
    _ node: Int32, beside source: MessageSource, _ member: CDRMember
  ) throws(TranscodeError) -> Bool {
    if source.token < 0, source.pathDepth < 0 { return true }
    let isRecord = program.types[member.type].kind == .record
    let isNull = source.token >= 0 && buffers.tape[source.token].kind == .null
    if isRecord, !isNull, input.bound.nodes[Int(node)].firstValue < 0 { return true }
    if input.bound.yields(node) { return false }
    throw input.bound.error(.boundTwice, at: node)
  }

  /// Writes a member that has a bound field, and perhaps a part from the body.
  mutating func boundContent(_ member: CDRMember, _ source: MessageSource) throws(TranscodeError) {
    let node = source.bound
    let type = program.types[member.type]
    guard input.bound.nodes[Int(node)].firstValue >= 0 else {
      switch type.kind {
      case .record, .union:
        var below = source
        below.bound = input.bound.nodes[Int(node)].firstChild
        return try value(member.type, below)
      case .list, .array: return try boundRecords(member.type, type, node)
      case .map: return try boundEntries(member.type, type, node)
      default: throw input.bound.error(.notBindable, at: node)
      }
    }
    switch type.kind {
    case .list, .array: try boundElements(member, type, node)
    default:
      let first = input.bound.nodes[Int(node)].firstValue
      if input.bound.values[Int(first)].next >= 0 { throw input.bound.error(.boundTwice, at: node) }
      try boundValue(member.type, first, node)
    }
  }

  /// Several values of one field are the elements of a list.
  private mutating func boundElements(
    _ member: CDRMember, _ type: CDRType, _ node: Int32
  ) throws(TranscodeError) {
    let size = beginSize(type)
    let place = type.kind == .list ? reserve32() : -1
    var count: Int32 = 0
    var at = input.bound.nodes[Int(node)].firstValue
    while at >= 0 {
      try boundValue(type.element, at, node)
      count += 1
      at = input.bound.values[Int(at)].next
    }
    try endBound(member.type, type, node, count: count, at: place)
    endSize(size)
  }

  mutating func boundValue(_ index: Int32, _ value: Int32, _ node: Int32) throws(TranscodeError) {
    let type = program.types[index]
    let start = Int(input.bound.values[Int(value)].start)
    let end = Int(input.bound.values[Int(value)].end)
    do throws(TranscodeError) {
      switch type.kind {
      case .string:
        try checkBoundText(start, end)
        let place = reserve32()
        buffers.sink.append(boundText, from: start, to: end)
        try endString(index, type, place)
      case .wideString:
        try checkBoundText(start, end)
        try wideString(index, type, boundText, start, end)
      case .octets, .octetArray:
        let place = type.kind == .octets ? reserve32() : -1
        let first = buffers.sink.count
        if input.bound.values[Int(value)].isCompiled {
          buffers.sink.append(boundText, from: start, to: end)
        } else if !Base64.decode(boundText, from: start, to: end, into: &buffers.sink) {
          throw TranscodeError(.mismatch, offset: -1).expecting(index)
        }
        try endOctets(index, type, place, first, offset: -1)
      default:
        guard type.kind.isScalar else { throw TranscodeError(.notBindable, offset: -1) }
        let isCompiled = input.bound.values[Int(value)].isCompiled
        write(isCompiled ? boundText.word(at: start) : try boundBits(index, type, start, end), type)
      }
    } catch {
      var placed = input.bound.error(error.reason, at: node)
      placed.type = error.type
      throw placed
    }
  }

  func boundBits(
    _ index: Int32, _ type: CDRType, _ start: Int, _ end: Int
  ) throws(TranscodeError) -> UInt64 {
    try checkBoundText(start, end)
    guard let bits = CDRText.bits(type, boundText, start, end, program, options, isBound: true) else {
      let reason: TranscodeError.Reason = type.kind == .enumeration ? .unknownEnumerator : .mismatch
      throw TranscodeError(reason, offset: -1).expecting(index)
    }
    if !program.isInRange(bits, type) { throw TranscodeError(.outOfRange, offset: -1).expecting(index) }
    return bits
  }

  /// Percent-decoded text may be anything.
  func checkBoundText(_ start: Int, _ end: Int) throws(TranscodeError) {
    if UTF8Form.firstInvalid(boundText, from: start, to: end) != nil {
      throw TranscodeError(.invalidUTF8, offset: -1)
    }
  }
}
