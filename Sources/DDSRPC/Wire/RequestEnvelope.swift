internal import SchemaModel

/// What stands around the types of a service, as far as it changes the bytes.
struct EnvelopeShape: Sendable, Equatable {
  /// Request, reply and their headers are appendable.
  var samplesMayGrow = false
  /// The unions between header and operation are appendable.
  var unionsMayGrow = false
  /// There are no headers: the unions, or the types of a pair, are the samples.
  var isBare = false
  /// False for a service that is a pair of types.
  var hasOperations = true

  init() {}

  init(_ wire: DDSInterfaceWire) {
    samplesMayGrow = wire.sampleExtensibility != .final
    unionsMayGrow = wire.unionExtensibility != .final
    isBare = wire.envelope == .bare
    hasOperations = wire.hasOperations
  }
}

/// `<Interface>_Request`: the request's header and the discriminator of `<Interface>_Call`.
///
/// Source: OMG DDS-RPC 1.0, sections 7.5.1.1.6 and 7.5.1.1.7.
struct RequestEnvelope: Sendable, Equatable {
  /// Longest `instanceName`, in bytes: `string<255>`.
  static let maxInstanceName = 255

  var identity: SampleIdentity
  var instanceName: String
  /// Which operation; nil for a service that is a pair of types.
  var label: Int32?
  /// Where the operation's parameters begin.
  var parameters: CDRCursor

  /// What stands before the parameters. The identity is left zero, and sizes too: `seal` fills them in.
  static func prefix(
    _ representation: DDSRepresentation, _ shape: EnvelopeShape, instanceName: String, label: Int32?
  ) -> [UInt8] {
    begin(representation, shape, instanceName: instanceName, label: label).bytes
  }

  /// The same, to go on with.
  static func begin(
    _ representation: DDSRepresentation, _ shape: EnvelopeShape, instanceName: String, label: Int32?
  ) -> CDRWriter {
    let encapsulation = Encapsulation(representation, isDelimited: shape.samplesMayGrow)
    var writer = CDRWriter(encapsulation)
    if encapsulation.isDelimited { _ = writer.openSize() }
    if !shape.isBare {
      let header = encapsulation.isDelimited ? writer.openSize() : nil
      writer.write(SampleIdentity(writer: .zero, sequence: 0))
      writer.write(instanceName)
      if let header { writer.closeSize(header) }
    }
    guard let label else { return writer }
    if hasUnionSize(representation, shape) { _ = writer.openSize() }
    writer.write(label)
    return writer
  }

  /// Where the union is not the sample itself, its size stands before it.
  private static func hasUnionSize(_ representation: DDSRepresentation, _ shape: EnvelopeShape) -> Bool {
    representation == .xcdr2 && shape.unionsMayGrow && !shape.isBare
  }

  /// Fills in the identity, in a sample that begins with a `prefix` with a header.
  static func identify(_ sample: inout [UInt8], _ identity: SampleIdentity) {
    let position = identityPosition(sample)
    guard sample.count >= position + SampleIdentity.size else { return }
    for offset in 0..<8 {
      sample[position + offset] = UInt8(truncatingIfNeeded: identity.writer.first >> (56 - 8 * offset))
      sample[position + 8 + offset] = UInt8(truncatingIfNeeded: identity.writer.second >> (56 - 8 * offset))
    }
    sample.replace(at: position + 16, UInt32(truncatingIfNeeded: identity.sequence >> 32))
    sample.replace(at: position + 20, UInt32(truncatingIfNeeded: identity.sequence))
  }

  /// Fills in the sizes, in a complete sample that begins with a `prefix`.
  ///
  /// - Throws: `CDRError` when it does not begin with one of this representation and label.
  static func seal(
    _ sample: inout [UInt8], _ representation: DDSRepresentation, _ shape: EnvelopeShape, label: Int32?
  ) throws(CDRError) {
    let encapsulation = try Encapsulation(sample.span)
    guard encapsulation == Encapsulation(representation, isDelimited: shape.samplesMayGrow) else {
      throw CDRError(kind: .representation, offset: 1)
    }
    if encapsulation.isDelimited, sample.count >= 8 { sample.replaceSize(at: Encapsulation.size) }
    var cursor = CDRCursor(encapsulation)
    if !shape.isBare {
      _ = try header(&cursor, encapsulation, sample.span)
    } else if encapsulation.isDelimited {
      try cursor.size(in: sample.span)
    }
    guard let label else { return }
    if hasUnionSize(representation, shape) {
      cursor.align(4)
      sample.replaceSize(at: cursor.position)
      try cursor.size(in: sample.span)
    }
    guard try cursor.int32(in: sample.span) == label else {
      throw CDRError(kind: .value, offset: cursor.position - 4)
    }
  }

  private static func identityPosition(_ sample: [UInt8]) -> Int {
    Encapsulation.size + (sample.count > 1 && sample[1] == 0x09 ? 8 : 0)
  }

  /// Reads the envelope of a request.
  ///
  /// - Parameter hasLabel: false for a service that is a pair of types.
  init(_ sample: Span<UInt8>, _ shape: EnvelopeShape, hasLabel: Bool = true) throws(CDRError) {
    let encapsulation = try Encapsulation(sample)
    var cursor = CDRCursor(encapsulation)
    let name: Range<Int>
    (identity, name) = try Self.header(&cursor, encapsulation, sample)
    guard name.count <= Self.maxInstanceName else { throw CDRError(kind: .value, offset: name.lowerBound) }
    // SAFETY: the pointer does not leave the closure, and the string copies from it.
    let text = unsafe sample.extracting(name).withUnsafeBufferPointer {
      unsafe String(validating: $0, as: UTF8.self)
    }
    guard let text else { throw CDRError(kind: .value, offset: name.lowerBound) }
    instanceName = text
    if hasLabel {
      if encapsulation.representation == .xcdr2, shape.unionsMayGrow { try cursor.size(in: sample) }
      label = try cursor.int32(in: sample)
    }
    parameters = cursor
  }

  private static func header(
    _ cursor: inout CDRCursor, _ encapsulation: Encapsulation, _ sample: Span<UInt8>
  ) throws(CDRError) -> (SampleIdentity, Range<Int>) {
    if encapsulation.isDelimited {
      try cursor.size(in: sample)
      try cursor.size(in: sample)
    }
    let identity = try cursor.identity(in: sample)
    return (identity, try cursor.string(in: sample))
  }
}

extension CDRCursor {
  /// Passes the size of an appendable value, which must fit what is left.
  ///
  /// It may tell less than what we know of the type, or more, which a newer peer has added; members are read
  /// by what is known, and what follows the envelope is the message's business.
  mutating func size(in sample: Span<UInt8>) throws(CDRError) {
    let size = Int(try integer(UInt32.self, in: sample))
    guard size <= sample.count - position else { throw CDRError(kind: .value, offset: position - 4) }
  }
}

extension [UInt8] {
  /// Writes at `position` how many bytes follow it.
  fileprivate mutating func replaceSize(at position: Int) {
    guard position + 4 <= count else { return }
    replace(at: position, UInt32(clamping: count - position - 4))
  }
}
