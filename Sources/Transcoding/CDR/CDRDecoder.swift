internal import SchemaModel

/// Writes one value as JSON: walks the wire and the program side by side.
struct CDRDecoder: ~Copyable {
  let program: CDRProgram.View
  let options: JSONOptions
  let limits: TranscodingLimits
  let selection: FieldPath
  /// What stands behind the selected top-level member is not read.
  let endsBehindSelected: Bool
  var reader: CDRReader
  var buffers: TranscodingBuffers
  /// Where an error lies, innermost first; kept only while errors are explained.
  var trace: CDRTrace
  private var depth = 0

  init(
    program: CDRProgram.View, options: JSONOptions, limits: TranscodingLimits, reader: CDRReader,
    selection: FieldPath, endsBehindSelected: Bool = false, isTracing: Bool = false,
    buffers: consuming TranscodingBuffers
  ) {
    self.program = program
    self.options = options
    self.limits = limits
    self.reader = reader
    self.selection = selection
    self.endsBehindSelected = endsBehindSelected
    self.buffers = buffers
    trace = CDRTrace(isOn: isTracing)
  }

  /// How far down the selected path a value lies: the field at this depth is wanted; -1: all of it is.
  typealias Selecting = Int

  mutating func run(_ type: Int32) throws(TranscodeError) {
    if reader.wire.count > Int(Int32.max) { throw TranscodeError(.tooLarge, offset: 0) }
    try value(type, selection.isEmpty ? -1 : 0)
    if endsBehindSelected { return }
    // Samples are padded to a multiple of four; with what is in them we have nothing to do. Some write one octet for a
    // structure without members, also where its type does not say so.
    let type = program.types[type]
    let octet = type.kind == .record && type.count == 0 && !type.isPlaceholder ? 1 : 0
    if reader.remaining > 3 &+ octet { throw TranscodeError(.trailingWire, offset: reader.index) }
    if buffers.sink.count > limits.outputBytes { throw TranscodeError(.tooLarge, offset: 0) }
  }

  mutating func value(_ index: Int32, _ selecting: Selecting = -1) throws(TranscodeError) {
    let type = program.types[index]
    switch type.kind {
    case .record: try record(type, selecting)
    case .union: try union(index, type, selecting)
    case .bitset: try bitset(type)
    case .list: try list(index, type)
    case .array: try array(type, isInner: false)
    case .map: try map(index, type)
    case .octets, .octetArray: try octets(index, type)
    case .string: try string(index, type)
    case .wideString: try wideString(index, type)
    default: try json(try bits(type), index, type)
    }
  }

  mutating func enter() throws(TranscodeError) {
    depth &+= 1
    if depth > limits.depth { throw TranscodeError(.tooDeep, offset: reader.index) }
    try checkOutput()
  }

  mutating func leave() { depth &-= 1 }

  func checkOutput() throws(TranscodeError) {
    if buffers.sink.count > limits.outputBytes { throw TranscodeError(.tooLarge, offset: reader.index) }
  }

  // MARK: Records

  private mutating func record(_ type: CDRType, _ selecting: Selecting) throws(TranscodeError) {
    try enter()
    let start = buffers.sink.count
    if type.isPlaceholder, reader.remaining == 0 {
      // Zero bytes stand for nothing as well.
    } else if type.isMutable {
      try mutableMembers(type, selecting)
    } else {
      let outer = try beginSize(type)
      for index in type.first..<(type.first &+ type.count) {
        let member = program.members[index]
        do throws(TranscodeError) { try self.member(member, type, selecting) } catch {
          throw trace.inside(member.field, error)
        }
        if ends(behind: member, selecting) { return }
      }
      if type.isPlaceholder, reader.remaining > 0 { reader.index &+= 1 }
      endSize(outer)
    }
    closeObject(from: start, selecting)
    leave()
  }

  func ends(behind member: CDRMember, _ selecting: Selecting) -> Bool {
    endsBehindSelected && selecting == 0 && member.field == selection[0]
  }

  /// The size before a value in XCDR2: reading is bounded by it. Returns the bound that was; -1 when there is none.
  @inline(__always)
  mutating func beginSize(_ type: CDRType) throws(TranscodeError) -> Int {
    guard reader.isXCDR2, type.hasSize else { return -1 }
    let inner = try reader.size()
    let outer = reader.end
    reader.end = inner
    return outer
  }

  /// What else stands in the size are members that were added to the type later.
  @inline(__always)
  mutating func endSize(_ outer: Int) {
    if outer < 0 { return }
    reader.index = reader.end
    reader.end = outer
  }

  /// Every label begins with a comma; the first one becomes the brace.
  mutating func closeObject(from start: Int, _ selecting: Selecting) {
    if selecting >= 0 {
      if buffers.sink.count == start { buffers.sink.append("null") }
    } else if buffers.sink.count == start {
      buffers.sink.append(word: 0x7D7B, length: 2)
    } else {
      buffers.sink[start] = UInt8(ascii: "{")
      buffers.sink.append(UInt8(ascii: "}"))
    }
  }

  // MARK: Members

  private mutating func member(
    _ member: CDRMember, _ record: CDRType, _ selecting: Selecting
  ) throws(TranscodeError) {
    // A sender with an older type ends before the members that it does not know.
    if record.isAppendable, reader.isXCDR2, reader.remaining == 0 {
      return try absent(member, selecting)
    }
    guard member.isOptional else { return try content(member, selecting) }
    if reader.isXCDR2 {
      let flag = try reader.word(1)
      if flag > 1 { throw TranscodeError(.malformedValue, offset: reader.index &- 1) }
      return flag == 0 ? try absent(member, selecting) : try content(member, selecting)
    }
    guard let header = try reader.parameter(), header.id == member.id else {
      throw TranscodeError(.malformedValue, offset: max(0, reader.index &- 1))
    }
    if header.start == header.end { return try absent(member, selecting) }
    try parameterContent(member, header, selecting)
  }

  /// The content of a parameter is aligned on its own.
  mutating func parameterContent(
    _ member: CDRMember, _ header: CDRReader.Header, _ selecting: Selecting
  ) throws(TranscodeError) {
    let (outerEnd, outerOrigin) = (reader.end, reader.origin)
    reader.end = header.end
    if !reader.isXCDR2 { reader.origin = header.start }
    try content(member, selecting)
    reader.index = header.end
    (reader.end, reader.origin) = (outerEnd, outerOrigin)
  }

  /// A member with its label, or what the selected path wants of it.
  @inline(__always)
  mutating func content(_ member: CDRMember, _ selecting: Selecting) throws(TranscodeError) {
    if selecting < 0 {
      buffers.sink.append(program.text, from: member.label, count: member.labelLength)
      return try value(member.type)
    }
    let start = buffers.sink.count
    if selection[selecting] == member.field {
      try value(member.type, selecting + 1 < selection.count ? selecting + 1 : -1)
    } else {
      try value(member.type)
      buffers.sink.truncate(to: start)
    }
  }

  /// A member that the wire lacks: nothing when it is optional, else its default.
  mutating func absent(_ member: CDRMember, _ selecting: Selecting) throws(TranscodeError) {
    if member.isOptional { return }
    if selecting < 0 {
      buffers.sink.append(program.text, from: member.label, count: member.labelLength)
    } else if selection[selecting] != member.field {
      return
    } else if selecting + 1 < selection.count {
      return try defaultSelected(member, selecting + 1)
    }
    try defaultValue(of: member)
  }
}
