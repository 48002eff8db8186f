/// `<Interface>_Reply`: the reply's header and the discriminators of `<Interface>_Return` and
/// `<Interface>_<operation>_Result`.
///
/// Source: OMG DDS-RPC 1.0, sections 7.5.1.1.8 and 7.5.1.1.9. When the header tells of a remote exception, nothing
/// behind it means anything.
struct ReplyEnvelope: Equatable {
  /// What the header says.
  struct Header: Equatable {
    /// The request that is answered.
    var identity: SampleIdentity
    /// `dds::rpc::RemoteExceptionCode_t`
    var remoteException: Int32
  }

  /// What the operation gave.
  enum Result: Equatable {
    /// A service that is a pair of types: the reply's own members.
    case message(start: Int)
    /// `label` is 0 for a result; others select an exception. Its members begin at `start`.
    case member(label: Int32, start: Int)
    /// The reply is one of another operation.
    case otherOperation(label: Int32)
  }

  /// Reads the header alone, to find whose reply it is. What the sample itself says comes before inline QoS.
  ///
  /// - Parameter related: what the inline QoS says.
  static func header(
    _ sample: Span<UInt8>, _ shape: EnvelopeShape, related: SampleIdentity?
  ) throws(CDRError) -> Header {
    let encapsulation = try Encapsulation(sample)
    var cursor = CDRCursor(encapsulation)
    if shape.isBare {
      guard let related else { throw CDRError(kind: .identity, offset: 0) }
      guard shape.hasOperations else { return Header(identity: related, remoteException: 0) }
      if encapsulation.isDelimited { try cursor.size(in: sample) }
      let isException = try cursor.int32(in: sample) == remoteExceptionLabel
      return Header(
        identity: related, remoteException: isException ? try cursor.int32(in: sample) : 0)
    }
    var header = try header(&cursor, encapsulation, sample)
    if header.identity.writer == .zero, let related { header.identity = related }
    return header
  }

  /// Selects the code of a remote exception in a `_Return` that has no header before it.
  private static let remoteExceptionLabel: Int32 = 0

  /// Reads what the operation gave.
  ///
  /// - Parameter operation: the operation's label; nil for a service that is a pair of types.
  static func result(
    _ sample: Span<UInt8>, _ shape: EnvelopeShape, operation: Int32?
  ) throws(CDRError) -> Result {
    let encapsulation = try Encapsulation(sample)
    var cursor = CDRCursor(encapsulation)
    if !shape.isBare {
      _ = try header(&cursor, encapsulation, sample)
    } else if encapsulation.isDelimited {
      try cursor.size(in: sample)
    }
    guard let operation else { return .message(start: cursor.position) }
    let hasSizes = encapsulation.representation == .xcdr2 && shape.unionsMayGrow
    if hasSizes, !shape.isBare { try cursor.size(in: sample) }
    let returned = try cursor.int32(in: sample)
    guard returned == operation else { return .otherOperation(label: returned) }
    if hasSizes { try cursor.size(in: sample) }
    let label = try cursor.int32(in: sample)
    return .member(label: label, start: cursor.position)
  }

  private static func header(
    _ cursor: inout CDRCursor, _ encapsulation: Encapsulation, _ sample: Span<UInt8>
  ) throws(CDRError) -> Header {
    if encapsulation.isDelimited {
      try cursor.size(in: sample)
      try cursor.size(in: sample)
    }
    let identity = try cursor.identity(in: sample)
    return Header(identity: identity, remoteException: try cursor.int32(in: sample))
  }

  /// Begins a reply of final types: its header, and for an operation both discriminators.
  static func begin(
    _ representation: DDSRepresentation, to identity: SampleIdentity, operation: Int32?, label: Int32
  ) -> CDRWriter {
    var writer = CDRWriter(Encapsulation(representation))
    writer.write(identity)
    writer.write(DDSRemoteException.ok.rawValue)
    if let operation {
      writer.write(operation)
      writer.write(label)
    }
    return writer
  }

  /// The whole reply for a request that no operation answered: `default` of the union, one octet. A pair of types has
  /// zeros there, which nobody reads.
  static func remoteException(
    _ representation: DDSRepresentation, to identity: SampleIdentity, _ exception: DDSRemoteException
  ) -> [UInt8] {
    var writer = CDRWriter(Encapsulation(representation))
    writer.write(identity)
    writer.write(exception.rawValue)
    writer.write(Int32(-1))
    writer.write(UInt8(0))
    return writer.bytes
  }
}
