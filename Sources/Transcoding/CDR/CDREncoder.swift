internal import SchemaModel

/// Writes one value: walks the program in the order of the wire, the JSON tape in whatever order it has, and the
/// bound fields beside it.
///
/// Sizes are put in place behind what they count: what is written is never moved.
struct CDREncoder: ~Copyable {
  let program: CDRProgram.View
  let options: JSONOptions
  let limits: TranscodingLimits
  let text: ByteView
  let input: RequestInput
  let boundText: ByteView
  let isXCDR2: Bool
  let maximumAlignment: Int
  var buffers: TranscodingBuffers
  /// Where alignment counts from, as an index into the sink; negative for what stands before it.
  var origin: Int
  private var depth = 0

  init(
    program: CDRProgram.View, options: JSONOptions, limits: TranscodingLimits, text: ByteView,
    input: RequestInput, boundText: ByteView, encapsulation: CDREncapsulation, written: Int,
    buffers: consuming TranscodingBuffers
  ) {
    self.program = program
    self.options = options
    self.limits = limits
    self.text = text
    self.input = input
    self.boundText = boundText
    isXCDR2 = encapsulation.isXCDR2
    maximumAlignment = encapsulation.maximumAlignment
    origin = CDREncapsulation.size - written
    self.buffers = buffers
  }

  mutating func run(_ type: Int32) throws(TranscodeError) {
    if text.count > 0 { try JSONScanner.scan(text, onto: &buffers.tape, limits: limits) }
    var source = MessageSource(bound: input.bound.firstRoot)
    if text.count > 0 {
      if input.bodyPath.isEmpty { source.token = 0 } else { source.pathDepth = 0 }
    }
    // What has fields can be had from what is bound, or from nothing.
    if source.token < 0, program.types[type].kind != .record {
      throw TranscodeError(.unexpectedEnd, offset: 0)
    }
    try value(type, source)
    if buffers.sink.count > limits.outputBytes { throw TranscodeError(.tooLarge, offset: 0) }
  }

  /// Any value; bound fields and the body's path concern records only.
  mutating func value(_ index: Int32, _ source: MessageSource) throws(TranscodeError) {
    let type = program.types[index]
    switch type.kind {
    case .record: try record(index, type, source)
    case .union where source.token < 0: try boundUnion(type, source.bound)
    case .union: try union(index, type, source.token)
    case .bitset: try bitset(index, type, source.token)
    case .list: try list(index, type, source.token)
    case .array: try array(index, type, source.token, isInner: false)
    case .map: try map(index, type, source.token)
    case .octets, .octetArray: try octets(index, type, source.token)
    case .string, .wideString: try string(index, type, source.token)
    default: write(try bits(index, type, source.token), type)
    }
  }

  mutating func enter(_ token: Int32) throws(TranscodeError) {
    depth &+= 1
    let offset = token < 0 ? 0 : buffers.tape[token].offset
    if depth > limits.depth { throw TranscodeError(.tooDeep, offset: offset) }
    if buffers.sink.count > limits.outputBytes { throw TranscodeError(.tooLarge, offset: offset) }
  }

  mutating func leave() { depth &-= 1 }

  // MARK: Records

  private mutating func record(
    _ index: Int32, _ type: CDRType, _ source: MessageSource
  ) throws(TranscodeError) {
    let token = source.token
    try enter(token)
    let top = buffers.sources.count
    try collect(index, type, source)
    let frame = beginFrame(type)
    if type.isPlaceholder { buffers.sink.append(0) }
    for local in 0..<type.count {
      let member = program.members[type.first &+ local]
      let source = buffers.sources[top &+ Int(local)]
      do throws(TranscodeError) { try self.member(member, source, type) } catch {
        var placed = error.inside(member.field)
        if placed.reason == .missingRequired, placed.offset < 0, placed.boundNode < 0 {
          placed.offset = Int32(truncatingIfNeeded: buffers.offset(of: token))
        }
        throw placed
      }
    }
    endFrame(frame, type)
    buffers.sources.truncate(to: top)
    leave()
  }

  /// Pushes where each member's value comes from.
  mutating func collect(_ index: Int32, _ type: CDRType, _ source: MessageSource) throws(TranscodeError) {
    let top = buffers.sources.count
    buffers.sources.append(repeating: MessageSource(), count: Int(type.count))
    if source.token >= 0 {
      let object = buffers.tape[source.token]
      guard object.kind == .object else {
        throw TranscodeError(.expectedObject, offset: object.offset).expecting(index)
      }
      var ignoresSome = false
      var at = source.token &+ 1
      while at < object.next {
        let key = buffers.tape[at]
        let value = at &+ 1
        at = buffers.tape[value].next
        let found = find(type.names, key)
        if found < 0 {
          if options.unknownFields == .error { throw TranscodeError(.unknownField, offset: key.offset) }
          try buffers.checkIgnored(value, in: text)
          ignoresSome = true
          buffers.ignored.append(key.offset)
          continue
        }
        let place = top &+ Int(found &- type.first)
        if buffers.sources[place].token >= 0 {
          throw TranscodeError(.duplicateKey, offset: key.offset, field: FieldID(rawValue: found))
        }
        buffers.sources[place].token = value
      }
      if ignoresSome { try buffers.checkNames(of: source.token, in: text) }
    } else if source.pathDepth >= 0 {
      let place = top + Int(input.bodyPath[source.pathDepth].rawValue - type.first)
      if source.pathDepth == input.bodyPath.count - 1 {
        buffers.sources[place].token = 0
      } else {
        buffers.sources[place].pathDepth = source.pathDepth + 1
      }
    }
    if source.bound >= 0 { try collectBound(type, source.bound, top) }
  }

  @inline(__always)
  mutating func find(_ names: NameTable, _ key: JSONToken) -> Int32 {
    if !key.isComplex {
      return names.find(text, Int(key.start), Int(key.end &- key.start), program.nameEntries, program.text)
    }
    let program = program
    return buffers.withText(of: key, in: text) {
      names.find($0, $1, $2 - $1, program.nameEntries, program.text)
    }
  }

  // MARK: Members

  private mutating func member(
    _ member: CDRMember, _ source: MessageSource, _ record: CDRType
  ) throws(TranscodeError) {
    if source.token < 0, source.bound < 0, source.pathDepth < 0 {
      return try absent(member, record)
    }
    if source.token >= 0, buffers.tape[source.token].kind == .null {
      guard member.isOptional else {
        throw TranscodeError(.nullNotAllowed, offset: buffers.offset(of: source.token))
      }
      return absentOptional(member, record)
    }
    let frame = beginMember(member, record)
    try content(member, source)
    endMember(frame, record)
  }

  mutating func content(_ member: CDRMember, _ source: MessageSource) throws(TranscodeError) {
    if source.bound >= 0 { return try boundContent(member, source) }
    try value(member.type, source)
  }

  private mutating func absent(_ member: CDRMember, _ record: CDRType) throws(TranscodeError) {
    if member.isOptional { return absentOptional(member, record) }
    guard member.stated >= 0 || options.missing == .default else {
      throw TranscodeError(.missingRequired, offset: -1, field: member.field)
    }
    let frame = beginMember(member, record)
    try defaultValue(of: member)
    endMember(frame, record)
  }
}
