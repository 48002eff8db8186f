internal import SchemaModel

/// Lists of records, maps and unions that a query fills: `poses[0].x=1`, `labels[k]=v`, `shape.circle.radius=2`.
extension CDREncoder {
  /// Elements that are records or unions.
  mutating func boundRecords(_ index: Int32, _ type: CDRType, _ node: Int32) throws(TranscodeError) {
    let size = beginSize(type)
    let place = type.kind == .list ? reserve32() : -1
    var count: Int32 = 0
    var element = input.bound.nodes[Int(node)].firstChild
    while element >= 0 {
      guard input.bound.nodes[Int(element)].element == count else {
        throw input.bound.error(.elementGap, at: element)
      }
      try value(type.element, MessageSource(bound: input.bound.nodes[Int(element)].firstChild))
      count += 1
      element = input.bound.nodes[Int(element)].nextSibling
    }
    try endBound(index, type, node, count: count, at: place)
    endSize(size)
  }

  /// Checks how many elements or entries there are, and writes the number where it belongs; an array has none.
  mutating func endBound(
    _ index: Int32, _ type: CDRType, _ node: Int32, count: Int32, at place: Int
  ) throws(TranscodeError) {
    if place < 0 {
      if count != type.bound { throw input.bound.error(.wrongCount, at: node).expecting(index) }
      return
    }
    if type.bound >= 0, count > type.bound { throw input.bound.error(.overBound, at: node).expecting(index) }
    buffers.sink.store(UInt32(count), at: place)
  }

  // MARK: Maps

  mutating func boundEntries(_ index: Int32, _ type: CDRType, _ node: Int32) throws(TranscodeError) {
    guard type.isObject else { throw input.bound.error(.notBindable, at: node) }
    let size = beginSize(type)
    let place = reserve32()
    let mark = buffers.keys.mark
    var count: Int32 = 0
    var entry = input.bound.nodes[Int(node)].firstChild
    while entry >= 0 {
      try boundKey(type.key, entry)
      let first = input.bound.nodes[Int(entry)].firstValue
      if first >= 0 {
        try boundValue(type.element, first, entry)
      } else {
        try value(type.element, MessageSource(bound: input.bound.nodes[Int(entry)].firstChild))
      }
      count += 1
      entry = input.bound.nodes[Int(entry)].nextSibling
    }
    // A name and a number may be one key.
    if let repeated = buffers.keys.firstRepeated(since: mark) {
      throw input.bound.error(.duplicateKey, at: repeated)
    }
    buffers.keys.drop(to: mark)
    try endBound(index, type, node, count: count, at: place)
    endSize(size)
  }

  private mutating func boundKey(_ index: Int32, _ entry: Int32) throws(TranscodeError) {
    let type = program.types[index]
    let start = Int(input.bound.nodes[Int(entry)].keyStart)
    let end = Int(input.bound.nodes[Int(entry)].keyEnd)
    guard start >= 0 else { throw input.bound.error(.notBindable, at: entry) }
    let boundText = boundText
    do throws(TranscodeError) {
      if type.kind.isScalar {
        let bits = try boundBits(index, type, start, end)
        write(bits, type)
        return buffers.keys.add(tag: entry) { $0.append(word: bits, length: 8) }
      }
      try checkBoundText(start, end)
      if type.kind == .wideString {
        try wideString(index, type, boundText, start, end)
      } else {
        let place = reserve32()
        buffers.sink.append(boundText, from: start, to: end)
        try endString(index, type, place)
      }
      buffers.keys.add(tag: entry) { $0.append(boundText, from: start, to: end) }
    } catch {
      let reason = error.reason == .mismatch ? TranscodeError.Reason.keyMismatch : error.reason
      var placed = input.bound.error(reason, at: entry)
      placed.type = error.type
      throw placed
    }
  }

  // MARK: Unions

  /// A union of which `node` is the member: one, for a union is one slot.
  mutating func boundUnion(_ type: CDRType, _ node: Int32) throws(TranscodeError) {
    try enter(-1)
    let other = input.bound.nodes[Int(node)].nextSibling
    if other >= 0 { throw input.bound.error(.unionConflict, at: other) }
    let local = input.bound.nodes[Int(node)].field.rawValue - type.first
    guard local >= 0, local < type.count else { throw input.bound.error(.notBindable, at: node) }
    let member = program.members[type.first + local]
    guard member.hasDiscriminator else { throw input.bound.error(.notRepresentable, at: node) }
    let frame = beginFrame(type)
    try writeDiscriminator(UInt64(bitPattern: member.discriminator), type)
    let header = beginMember(member, type)
    do throws(TranscodeError) {
      try content(member, MessageSource(bound: node))
    } catch { throw error.inside(member.field) }
    endMember(header, type)
    endFrame(frame, type)
    leave()
  }
}
