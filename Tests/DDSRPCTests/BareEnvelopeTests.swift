import RPCCore
import SchemaModel
import Testing

@testable import DDSRPC

/// Requests and replies without headers, as RTI Connext has them; bytes worked out from DDS-XTypes 1.3, section 7.4.
@Suite struct BareEnvelopeTests {
  private static func shape(_ extensibility: CDRExtensibility = .final, hasOperations: Bool = true)
    -> EnvelopeShape
  {
    var wire = Robot.interface(samples: extensibility, unions: extensibility)
    wire.envelope = .bare
    wire.hasOperations = hasOperations
    return EnvelopeShape(wire)
  }

  private static let related = SampleIdentity(writer: GUID(first: 1, second: 2), sequence: 3)

  private func header(
    _ sample: [UInt8], _ shape: EnvelopeShape = shape(), related: SampleIdentity? = related
  ) throws(CDRError) -> ReplyEnvelope.Header {
    try ReplyEnvelope.header(sample.span, shape, related: related)
  }

  @Test func requests() throws {
    #expect(
      RequestEnvelope.prefix(.xcdr1, Self.shape(), instanceName: "", label: 5) == [0, 1, 0, 0, 5, 0, 0, 0])
    #expect(
      RequestEnvelope.prefix(.xcdr1, Self.shape(hasOperations: false), instanceName: "", label: nil)
        == [0, 1, 0, 0])
    // Appendable in XCDR2: one size, that of the union, which is the sample.
    var sample =
      RequestEnvelope.prefix(.xcdr2, Self.shape(.appendable), instanceName: "", label: 5) + [9, 9]
    try RequestEnvelope.seal(&sample, .xcdr2, Self.shape(.appendable), label: 5)
    #expect(sample == [0, 9, 0, 0, 6, 0, 0, 0, 5, 0, 0, 0, 9, 9])
    #expect(throws: CDRError.self) {
      try RequestEnvelope.seal(&sample, .xcdr2, Self.shape(.appendable), label: 6)
    }
  }

  @Test func replies() throws {
    let result: [UInt8] = [0, 1, 0, 0] + bytes(UInt32(5)) + bytes(UInt32(0)) + bytes(UInt32(7))
    #expect(try header(result) == .init(identity: Self.related, remoteException: 0))
    #expect(try readResult(result, Self.shape(), operation: 5) == .member(label: 0, start: 12))
    #expect(try readResult(result, Self.shape(), operation: 6) == .otherOperation(label: 5))
    // Nobody says whose it is.
    #expect(throws: CDRError.self) { try header(result, related: nil) }

    let refused: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4]
    #expect(try header(refused).remoteException == 4)
    let grown: [UInt8] =
      [0, 9, 0, 0, 16, 0, 0, 0, 5, 0, 0, 0, 8, 0, 0, 0] + bytes(UInt32(0)) + bytes(UInt32(7))
    #expect(try header(grown, Self.shape(.appendable)).remoteException == 0)
    #expect(try readResult(grown, Self.shape(.appendable), operation: 5) == .member(label: 0, start: 20))

    let pair: [UInt8] = [0, 1, 0, 0, 0, 0, 0, 0]
    #expect(try header(pair, Self.shape(hasOperations: false)).remoteException == 0)
    #expect(
      try readResult(pair, Self.shape(hasOperations: false), operation: nil) == .message(start: 4))
    for (sample, least) in [(result, 8), (refused, 12), (grown, 12)] {
      for end in 0..<least {
        let cut = Array(sample[..<end])
        #expect(throws: CDRError.self) { try header(cut, Self.shape(.appendable)) }
      }
    }
  }

  /// A header that does not know the request leaves it to the inline QoS; one that does comes first.
  @Test func headersBeforeInlineQoS() throws {
    let unknown: [UInt8] = [0, 1, 0, 0] + [UInt8](repeating: 0, count: 28)
    #expect(try header(unknown, EnvelopeShape()).identity == Self.related)
    #expect(try header(unknown, EnvelopeShape(), related: nil).identity.writer == .zero)
    let known: [UInt8] = [0, 1, 0, 0] + Array(1...16) + [UInt8](repeating: 0, count: 12)
    #expect(try header(known, EnvelopeShape()).identity.writer != Self.related.writer)
  }
}
