import Foundation
import RPCCore
import SchemaModel
import Testing

@testable import DDSRPC

// The macros of Testing cannot look into calls that take a span; these take arrays.

func readRequest(_ sample: [UInt8], _ shape: EnvelopeShape = EnvelopeShape()) throws(CDRError)
  -> RequestEnvelope
{
  try RequestEnvelope(sample.span, shape)
}

func readReplyHeader(_ sample: [UInt8]) throws(CDRError) -> ReplyEnvelope.Header {
  try ReplyEnvelope.header(sample.span, EnvelopeShape(), related: nil)
}

func readResult(
  _ sample: [UInt8], _ shape: EnvelopeShape = EnvelopeShape(), operation: Int32?
) throws(CDRError) -> ReplyEnvelope.Result {
  try ReplyEnvelope.result(sample.span, shape, operation: operation)
}

/// Envelopes against what two programs of another implementation said to each other, and worked by hand.
@Suite struct EnvelopeTests {
  @Test(arguments: try Recording.load().samples)
  func recordedRequests(_ sample: Recording.Sample) throws {
    let recording = try Recording.load()
    let recorded = try #require(Recording.bytes(sample.request))
    let parameters = try #require(sample.parameters)
    var ours =
      RequestEnvelope.prefix(.xcdr1, EnvelopeShape(), instanceName: "", label: sample.label) + parameters
    let identity = SampleIdentity(writer: try #require(recording.writer), sequence: sample.sequence)
    try RequestEnvelope.seal(&ours, .xcdr1, EnvelopeShape(), label: sample.label)
    RequestEnvelope.identify(&ours, identity)
    // What fills up to four is the transport's, as are the options that count it.
    #expect(ours[4...].elementsEqual(recorded[4..<ours.count]))
    #expect(recorded.count - ours.count < 4 && recorded[ours.count...].allSatisfy { $0 == 0 })

    let read = try readRequest(recorded)
    #expect(read.identity == identity)
    #expect(read.instanceName == "")
    #expect(read.label == sample.label)
    #expect(read.parameters.position == ours.count - parameters.count)
    for end in 0..<read.parameters.position {
      let cut = Array(recorded[..<end])
      #expect(throws: CDRError.self) { try readRequest(cut) }
    }
  }

  @Test(arguments: try Recording.load().samples)
  func recordedReplies(_ sample: Recording.Sample) throws {
    let recording = try Recording.load()
    let recorded = try #require(Recording.bytes(sample.reply))
    let header = try readReplyHeader(recorded)
    #expect(
      header.identity == SampleIdentity(writer: try #require(recording.writer), sequence: sample.sequence))
    #expect(header.remoteException == (sample.remoteException == nil ? 0 : 4))
    for end in 0..<32 {
      let cut = Array(recorded[..<end])
      #expect(throws: CDRError.self) { try readReplyHeader(cut) }
    }

    let operation = try #require(Robot.table().operations[Robot.labels.firstIndex(of: sample.label) ?? 4])
    let (status, body) = ReplyReading(EnvelopeShape(), operation)
      .read(recorded, remoteException: header.remoteException)
    if sample.remoteException != nil {
      #expect(status.detail == .remoteException(4))
      #expect(status.code == .unimplemented)
    } else if let exception = sample.exception {
      #expect(status.detail == .userException(name: exception, body: ReplyBody(recorded, start: 40)))
    } else {
      #expect(status == .ok)
      #expect(body == ReplyBody(recorded, start: 40))
      #expect(sample.result.map { recorded[40...].starts(with: $0) } == true)
    }
    if sample.remoteException == nil {
      for end in 32..<40 {
        let cut = Array(recorded[..<end])
        #expect(throws: CDRError.self) { try readResult(cut, operation: operation.label) }
        let (status, body) = ReplyReading(EnvelopeShape(), operation).read(cut, remoteException: 0)
        #expect(status.failure == .protocolViolation && status.sent && body == nil)
      }
    }
  }

  /// The same envelopes, written as a replier does.
  @Test(arguments: try Recording.load().samples)
  func repliesAsRecorded(_ sample: Recording.Sample) throws {
    let recorded = try #require(Recording.bytes(sample.reply))
    let identity = try readReplyHeader(recorded).identity
    guard sample.remoteException == nil else {
      let ours = ReplyEnvelope.remoteException(.xcdr1, to: identity, .unknownOperation)
      #expect(ours[4...].elementsEqual(recorded[4..<ours.count]))
      #expect(recorded.count - ours.count < 4)
      return
    }
    let writer = ReplyEnvelope.begin(
      .xcdr1, to: identity, operation: sample.label, label: sample.exception == nil ? 0 : Robot.tooFast)
    #expect(writer.bytes[4...].elementsEqual(recorded[4..<40]))
  }

  /// The rows that a recording between two little-endian peers cannot have.
  @Test func otherForms() throws {
    let identity: [UInt8] = Array(1...16) + [0, 0, 0, 1, 0, 0, 0, 2]
    let bigEndian: [UInt8] =
      [0, 0, 0, 0] + identity + [0, 0, 0, 0] + [0x4c, 0xdd, 0xa3, 0xfb] + [0, 0, 0, 0]
    let header = try readReplyHeader(bigEndian)
    #expect(
      header.identity
        == SampleIdentity(
          writer: GUID(first: 0x0102_0304_0506_0708, second: 0x090A_0B0C_0D0E_0F10), sequence: 1 << 32 | 2))
    #expect(try readResult(bigEndian, operation: 1_289_593_851) == .member(label: 0, start: 40))
    #expect(try readResult(bigEndian, operation: 7) == .otherOperation(label: 1_289_593_851))
    #expect(try readResult(bigEndian, operation: nil) == .message(start: 32))

    // Appendable in XCDR2: sizes before the reply, its header and both unions.
    let little: [UInt8] = Array(1...16) + [1, 0, 0, 0, 2, 0, 0, 0]
    let grown: [UInt8] =
      [0, 9, 0, 0, 52, 0, 0, 0, 28, 0, 0, 0] + little + [0, 0, 0, 0] + [16, 0, 0, 0, 0xfb, 0xa3, 0xdd, 0x4c]
      + [8, 0, 0, 0, 0, 0, 0, 0] + [1, 2, 3, 4]
    let shape = EnvelopeShape(Robot.interface(samples: .appendable, unions: .appendable))
    #expect(try readReplyHeader(grown).identity == header.identity)
    #expect(try readResult(grown, shape, operation: 1_289_593_851) == .member(label: 0, start: 56))
    for end in 0..<56 {
      let cut = Array(grown[..<end])
      #expect(throws: CDRError.self) { try readResult(cut, shape, operation: 1_289_593_851) }
    }
    let final2: [UInt8] = [0, 7, 0, 0] + grown[12...].prefix(28) + [0xfb, 0xa3, 0xdd, 0x4c, 0, 0, 0, 0]
    #expect(try readResult(final2, operation: 1_289_593_851) == .member(label: 0, start: 40))
  }

  @Test(arguments: [[0, 2], [0, 3], [0, 4], [0, 5], [0, 10], [0, 11], [1, 1], [0, 255]])
  func representationsThatAreNotRead(_ id: [UInt8]) {
    let sample = id + [0, 0] + [UInt8](repeating: 0, count: 60)
    #expect(throws: CDRError.self) { try readReplyHeader(sample) }
    #expect(throws: CDRError.self) { try readRequest(sample) }
  }

  @Test func sizesOfAppendableRequests() throws {
    let shape = EnvelopeShape(Robot.interface(samples: .appendable, unions: .appendable))
    var sample = RequestEnvelope.prefix(.xcdr2, shape, instanceName: "ab", label: 5) + [9, 9, 9]
    try RequestEnvelope.seal(&sample, .xcdr2, shape, label: 5)
    RequestEnvelope.identify(
      &sample, SampleIdentity(writer: GUID(first: 0x0102_0304_0506_0708, second: 0), sequence: 3))
    let expected: [UInt8] =
      [0, 9, 0, 0] + [47, 0, 0, 0] + [31, 0, 0, 0] + [1, 2, 3, 4, 5, 6, 7, 8] + [0, 0, 0, 0, 0, 0, 0, 0]
      + [0, 0, 0, 0, 3, 0, 0, 0] + [3, 0, 0, 0, 97, 98, 0, 0] + [7, 0, 0, 0] + [5, 0, 0, 0] + [9, 9, 9]
    #expect(sample == expected)
    let read = try readRequest(sample, shape)
    #expect(read.instanceName == "ab" && read.label == 5 && read.parameters.position == sample.count - 3)
    for end in 0..<sample.count {
      let cut = Array(sample[..<end])
      #expect(throws: CDRError.self) { try readRequest(cut, shape) }
    }
    // In XCDR1 appendable types look like final ones.
    #expect(
      RequestEnvelope.prefix(.xcdr1, shape, instanceName: "ab", label: 5)
        == RequestEnvelope.prefix(.xcdr1, EnvelopeShape(), instanceName: "ab", label: 5))
  }

  @Test func instanceNames() throws {
    func request(_ name: [UInt8]) -> [UInt8] {
      var sample: [UInt8] =
        [0, 1, 0, 0] + [UInt8](repeating: 0, count: 24) + bytes(UInt32(name.count)) + name
      while sample.count % 4 != 0 { sample.append(0) }
      return sample + bytes(UInt32(7))
    }
    #expect(try readRequest(request([])).instanceName == "")
    #expect(try readRequest(request([UInt8](repeating: 97, count: 255) + [0])).instanceName.count == 255)
    let refused: [[UInt8]] = [[UInt8](repeating: 97, count: 256) + [0], [97, 98], [0xFF, 0]]
    for name in refused { #expect(throws: CDRError.self) { try readRequest(request(name)) } }
    let huge: [UInt8] =
      [0, 1, 0, 0] + [UInt8](repeating: 0, count: 24) + [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]
    #expect(throws: CDRError.self) { try readRequest(huge) }
  }
}
