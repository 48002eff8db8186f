internal import CCyclone
internal import EventLoop
internal import SchemaModel

/// What two endpoints must agree on to match.
struct EndpointQoS: Sendable, Hashable {
  var isReliable = true
  /// Late readers get what was written before them.
  var isTransientLocal = false
  /// Samples kept for each peer that has not taken them; nil: all.
  var historyDepth: Int32?
  /// How often samples come at least; nil: nothing is said.
  var deadline: Duration?
  /// For how long samples are of use; nil: for ever.
  var lifespan: Duration?
  /// Empty: the one without a name.
  var partition = ""

  /// What DDS-RPC asks for (OMG DDS-RPC 1.0, section 7.10.1): reliable, volatile, all history.
  init(partition: String = "") { self.partition = partition }

  /// What IDL and configuration ask for.
  ///
  /// - Throws: `DDSError` for policies that are not available here, which must not be dropped silently.
  init(_ qos: DDSQoS, of name: String, partition: String) throws(DDSError) {
    self.partition = partition
    isReliable = qos.reliability == .reliable
    if case .keepLast(let depth) = qos.history { historyDepth = depth }
    switch qos.durability {
    case .volatile: isTransientLocal = false
    case .transientLocal: isTransientLocal = true
    case .transient, .persistent:
      throw DDSError(
        kind: .state,
        message: "@QoS of \(name): Cyclone DDS has no service for a durability above TRANSIENT_LOCAL")
    }
    deadline = qos.deadline
    lifespan = qos.lifespan
  }

  /// Calls `body` with what the library takes.
  ///
  /// SAFETY: the name of the partition lives as long as the call.
  func withLibrary<Result>(
    _ representations: UInt32, blocking: Duration = .zero, _ body: (ccyclone_qos) -> Result
  ) -> Result {
    unsafe partition.withCString { name in
      unsafe body(
        ccyclone_qos(
          representations: representations, is_reliable: isReliable, is_transient_local: isTransientLocal,
          history_depth: historyDepth ?? 0,
          max_blocking_nanoseconds: Int64(clamping: blocking.wholeNanoseconds),
          deadline_nanoseconds: Int64(clamping: deadline?.wholeNanoseconds ?? 0),
          lifespan_nanoseconds: Int64(clamping: lifespan?.wholeNanoseconds ?? 0), partition: name))
    }
  }
}

/// An endpoint at the other side.
struct Peer: Sendable, Hashable {
  var endpoint: GUID
  var participant: GUID
  /// Of a writer: it is known to know of our reader, which is reliable.
  var wasHeard: Bool
  /// What the library calls it in this process.
  var handle: UInt64 = 0

  /// Most peers of an endpoint that are looked at.
  static let limit = 1024

  fileprivate static func list(_ fill: (UnsafeMutablePointer<ccyclone_peer>, Int) -> Int32) -> [Peer] {
    // SAFETY: the library initialises as many peers as it says, at most `limit`.
    let peers = unsafe [ccyclone_peer](unsafeUninitializedCapacity: limit) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      count = max(0, Int(unsafe fill(base, limit)))
    }
    return peers.map {
      Peer(
        endpoint: GUID($0.endpoint), participant: GUID($0.participant), wasHeard: $0.was_heard,
        handle: $0.handle)
    }
  }
}

extension GUID {
  init(_ guid: ccyclone_guid) { self.init(first: guid.first, second: guid.second) }
}

extension SampleIdentity {
  init(_ identity: ccyclone_identity) {
    self.init(writer: GUID(identity.writer), sequence: identity.sequence)
  }
}

/// A topic's reader. Takes samples of both representations.
///
/// SAFETY: the two pointers come from their `create` functions and are passed on until `close` deletes them, once;
/// the library's functions may be called from any thread. Owners stop using a reader before they close it.
@safe final class TopicReader: @unchecked Sendable {
  private let topic: OpaquePointer
  private let reader: OpaquePointer
  private let listener: ListenerReference

  init(
    _ domain: SharedDomain, topic name: String, type: String, qos: EndpointQoS, listener: any EndpointListener
  ) throws(DDSError) {
    let reference = ListenerReference(listener)
    unsafe topic = try makeTopic(domain, name, type, reference)
    var code: Int32 = 0
    let representations = DDSRepresentation.xcdr1.bit | DDSRepresentation.xcdr2.bit
    let created = unsafe qos.withLibrary(representations) { [topic] qos in
      unsafe ccyclone_create_reader(domain.participant, topic, qos, reference.callbacks, &code)
    }
    guard let reader = unsafe created else {
      unsafe ccyclone_delete_topic(topic)
      reference.release()
      throw DDSError("make a reader of the topic \(name)", code: code)
    }
    unsafe self.reader = reader
    self.listener = reference
  }

  /// The writers that it is matched with.
  var peers: [Peer] { unsafe Peer.list { unsafe ccyclone_reader_peers(reader, $0, $1) } }

  /// The listener hears nothing any more when this returns. Not on Cyclone's thread.
  func close() {
    unsafe ccyclone_delete_reader(reader)
    unsafe ccyclone_delete_topic(topic)
    listener.release()
  }
}

/// A topic's writer, of one representation.
///
/// SAFETY: as `TopicReader`.
@safe final class TopicWriter: @unchecked Sendable {
  /// What became of a sample.
  enum Outcome: Equatable {
    case written
    /// The writer holds as much as it may; nothing was sent.
    case full
    case failed(String)
  }

  let guid: GUID
  let representation: DDSRepresentation
  private let topic: OpaquePointer
  private let writer: OpaquePointer
  private let listener: ListenerReference

  /// - Parameter blocking: how long a write may wait for readers that are behind.
  init(
    _ domain: SharedDomain, topic name: String, type: String, _ representation: DDSRepresentation,
    qos: EndpointQoS,
    blocking: Duration = .zero, listener: any EndpointListener
  ) throws(DDSError) {
    let reference = ListenerReference(listener)
    unsafe topic = try makeTopic(domain, name, type, reference)
    var code: Int32 = 0
    let created = unsafe qos.withLibrary(representation.bit, blocking: blocking) { [topic] qos in
      unsafe ccyclone_create_writer(domain.participant, topic, qos, reference.callbacks, &code)
    }
    guard let writer = unsafe created else {
      unsafe ccyclone_delete_topic(topic)
      reference.release()
      throw DDSError("make a writer of the topic \(name)", code: code)
    }
    unsafe self.writer = writer
    self.representation = representation
    guid = GUID(unsafe ccyclone_writer_guid(writer))
    self.listener = reference
  }

  /// The readers that it is matched with.
  var peers: [Peer] { unsafe Peer.list { unsafe ccyclone_writer_peers(writer, $0, $1) } }

  /// Writes a sample. Before it leaves, `announce` gets its sequence number, and may change the sample.
  ///
  /// An answer may come before this returns, on another thread or, from a peer in this process, on this one.
  func write(_ sample: inout [UInt8], announce: (inout [UInt8], Int64) -> Void = { _, _ in }) -> Outcome {
    let sequence = unsafe ccyclone_lock_writer(writer)
    defer { unsafe ccyclone_unlock_writer(writer) }
    announce(&sample, sequence)
    let code = unsafe sample.withUnsafeBufferPointer { buffer -> Int32 in
      guard let base = buffer.baseAddress else { return 0 }
      return unsafe ccyclone_write(writer, base, buffer.count)
    }
    if code == 0 { return .written }
    if code == ccyclone_timeout { return .full }
    return .failed(DDSError("write", code: code).message)
  }

  /// As `TopicReader.close`.
  func close() {
    unsafe ccyclone_delete_writer(writer)
    unsafe ccyclone_delete_topic(topic)
    listener.release()
  }
}

/// - SAFETY: the strings live as long as the call, which copies them.
private func makeTopic(
  _ domain: SharedDomain, _ name: String, _ type: String, _ listener: ListenerReference
) throws(DDSError) -> OpaquePointer {
  var code: Int32 = 0
  guard let topic = unsafe ccyclone_create_topic(domain.participant, name, type, &code) else {
    listener.release()
    throw DDSError("make the topic \(name)", code: code)
  }
  return unsafe topic
}
