internal import EventLoop
internal import RPCCore
internal import SchemaModel
internal import Synchronization

/// The two topics of one interface: writes requests, reads replies, and knows the servers.
///
/// It and Cyclone hold each other until `close`.
final class RequesterEndpoint: TimerTarget, Sendable {
  let wire: DDSInterfaceWire
  let shape: EnvelopeShape
  let receiver: ReplyReceiver
  /// Held across writes, so that nobody writes to a writer that is being replaced. Taken after `state`, and never by
  /// Cyclone's thread.
  private let writing: Lock<TopicWriter>
  private let writesXCDR2: Atomic<Bool>
  private let qos: EndpointQoS
  private let settings: DDSSettings
  private let control: EventLoop
  private let signal = MatchSignal()
  private let readyServers = Atomic(0)
  private let state: Lock<State>

  /// Held while the endpoints are asked for their peers: Cyclone's thread never takes this lock.
  private struct State {
    /// nil once closed.
    var reader: TopicReader?
    let domain: SharedDomain
    var match: ServerMatch
    var waiting: [ObjectIdentifier: OneShot<MatchOutcome>] = [:]
    var pollsUntilSettled = false
    var isAbandoned = false
    var diagnosis: (text: String, at: MonotonicInstant)?
  }

  enum MatchOutcome: Sendable { case ready, expired, cancelled }

  /// How often a server that is not ready is looked at: at first, when most send their heartbeat; then until `settle` is
  /// over.
  static let freshPoll: UInt64 = 2_000_000
  static let settlePoll: UInt64 = 20_000_000
  /// How long a server is looked at most often.
  static let freshness: UInt64 = 100_000_000
  /// How much longer calls wait for one than it may take, so that the look at its end comes first.
  static let settleSlack: UInt64 = 500_000_000
  /// How long a finding about other participants is used.
  static let diagnosisLife: UInt64 = 1_000_000_000

  /// - Parameter control: looks into changes.
  init(
    _ wire: DDSInterfaceWire, _ settings: DDSSettings, _ domain: SharedDomain, _ counts: RequesterCounts,
    control: EventLoop
  ) throws(DDSError) {
    self.wire = wire
    self.settings = settings
    self.control = control
    shape = EnvelopeShape(wire)
    receiver = ReplyReceiver(counts, signal, shape)
    qos = try EndpointQoS(wire.qos, of: wire.name, partition: settings.partition)
    // The reader first: a server that learns of the writer then nearly always knows where its reply goes.
    let reader = try TopicReader(
      domain, topic: wire.replyTopic, type: wire.replyTypeName, qos: qos, listener: receiver)
    let writer: TopicWriter
    do throws(DDSError) {
      writer = try TopicWriter(
        domain, topic: wire.requestTopic, type: wire.requestTypeName, settings.representation,
        qos: qos, listener: WriterListener(signal))
    } catch {
      reader.close()
      throw error
    }
    state = Lock(State(reader: reader, domain: domain, match: ServerMatch(isReliable: qos.isReliable)))
    writing = Lock(writer)
    writesXCDR2 = Atomic(settings.representation == .xcdr2)
    receiver.accept(repliesTo: writer.guid)
    // Broken by `close`.
    signal.whenChanged { self.control.submit { self.refresh() } }
  }

  /// Ends both. No call may be in flight.
  func close() {
    signal.whenChanged(nil)
    let reader = state.withLock { state -> TopicReader? in
      defer { state.reader = nil }
      return state.reader
    }
    guard let reader else { return }
    writing.withLock { $0.close() }
    reader.close()
  }

  /// Ends all calls; no more may come.
  func abandonCalls() {
    let waiting = state.withLock { state in
      state.isAbandoned = true
      defer { state.waiting = [:] }
      return Array(state.waiting.values)
    }
    for waiter in waiting { waiter.resume(.cancelled) }
    receiver.abandonCalls()
  }

  // MARK: Requests

  /// How requests are written now.
  var representation: DDSRepresentation { writesXCDR2.load(ordering: .relaxed) ? .xcdr2 : .xcdr1 }

  /// Writes a request whose sizes are filled in. Before it leaves, `announce` gets its identity.
  ///
  /// - Returns: nil when requests are written in another representation by now.
  func write(_ sample: inout [UInt8], announce: (SampleIdentity) -> Void) -> TopicWriter.Outcome? {
    writing.withLock { writer in
      guard writer.representation == Encapsulation.representation(of: sample) else { return nil }
      return writer.write(&sample) { sample, sequence in
        let identity = SampleIdentity(writer: writer.guid, sequence: sequence)
        if !shape.isBare { RequestEnvelope.identify(&sample, identity) }
        announce(identity)
      }
    }
  }

  // MARK: Servers

  /// The servers whose replies to a request that is sent now would reach us.
  var servers: Int {
    if signal.hasChanged { refresh() }
    return readyServers.load(ordering: .relaxed)
  }

  /// The servers that a request reaches that is sent now, ready or not, as far as they are known.
  var reachedServers: Int {
    if signal.hasChanged { refresh() }
    return state.withLock { $0.match.reached }
  }

  /// Asks Cyclone whom we are matched with, if that has changed. From any thread but Cyclone's.
  func refresh() {
    let resumed = state.withLock { state -> [OneShot<MatchOutcome>] in
      guard let reader = state.reader, signal.takeChange() || state.match.isSettling else { return [] }
      let series = receiver.series.map { (mailbox: $0, senders: $0.senders) }
      let requestReaders = writing.withLock { $0.peers }
      if requestReaders.isEmpty { replaceWriter(in: state.domain) }
      state.match.update(
        requestReaders: requestReaders, replyWriters: reader.peers, settle: settings.settle, now: .current())
      readyServers.store(state.match.ready, ordering: .relaxed)
      for (mailbox, senders) in series { mailbox.matched(state.match.writers, after: senders) }
      state.diagnosis = nil
      if state.match.isSettling, !state.pollsUntilSettled {
        state.pollsUntilSettled = true
        control.submit { self.schedulePoll() }
      }
      guard state.match.ready > 0 else { return [] }
      defer { state.waiting = [:] }
      return Array(state.waiting.values)
    }
    for waiter in resumed { waiter.resume(.ready) }
  }

  /// A writer's representation is for ever: when those who read requests take only the other one, there is a new
  /// writer, whose matching begins anew.
  ///
  /// One reader that takes the present one keeps it, so that readers that differ do not have it changed to and fro.
  private func replaceWriter(in domain: SharedDomain) {
    guard signal.refusals[.reader] != nil else { return }
    let wanted = representation.other
    let taken = TopicCensus.representations(
      domain, ofReadersOf: wire.requestTopic, type: wire.requestTypeName)
    guard taken == [wanted] else { return }
    // Before the new writer is there, which may be refused for another reason.
    signal.forgetRefusal(.reader)
    do throws(DDSError) {
      let writer = try TopicWriter(
        domain, topic: wire.requestTopic, type: wire.requestTypeName, wanted, qos: qos,
        listener: WriterListener(signal))
      let old = writing.withLock { current in
        defer { current = writer }
        receiver.accept(repliesTo: writer.guid)
        writesXCDR2.store(wanted == .xcdr2, ordering: .relaxed)
        return current
      }
      old.close()
    } catch {
      // The reader that comes next, or is refused, tries again.
    }
  }

  /// Heartbeats give no event.
  private func schedulePoll() {
    let now = MonotonicInstant.current()
    let interval = state.withLock { state -> UInt64? in
      guard state.reader != nil, let newest = state.match.newest else {
        state.pollsUntilSettled = false
        return nil
      }
      return newest.advanced(nanoseconds: Self.freshness) > now ? Self.freshPoll : Self.settlePoll
    }
    if let interval { _ = control.schedule(at: now.advanced(nanoseconds: interval), self) }
  }

  func timerFired(_ purpose: Int) {
    refresh()
    schedulePoll()
  }

  /// Waits until a server is ready: at most `matchTimeout` for one to be matched, and as long as one that has been
  /// may take to settle.
  func waitForServer(
    _ shot: OneShot<MatchOutcome>, deadline: Deadline, loop: EventLoop
  ) async -> MatchOutcome {
    let patience = MonotonicInstant.current().advanced(nanoseconds: settings.matchTimeout.wholeNanoseconds)
    let expiry = Expiry(loop, shot, .expired) { [self] _ in
      state.withLock { $0.match.settlesBy(settings.settle) }.map {
        min($0.advanced(nanoseconds: Self.settleSlack), deadline.instant)
      }
    }
    let outcome = await shot.wait {
      let known = state.withLock { state -> MatchOutcome? in
        if state.isAbandoned { return .cancelled }
        if state.match.ready > 0 { return .ready }
        state.waiting[ObjectIdentifier(shot)] = shot
        return nil
      }
      if let known { shot.resume(known) } else { expiry.start(at: min(patience, deadline.instant)) }
    }
    expiry.cancel()
    state.withLock { _ = $0.waiting.removeValue(forKey: ObjectIdentifier(shot)) }
    return outcome
  }

  // MARK: Diagnosis

  /// Why no server is there, as far as can be said.
  func obstacle() -> String {
    let now = MonotonicInstant.current()
    return state.withLock { state in
      if let known = state.diagnosis, now.nanoseconds(after: known.at) < Self.diagnosisLife {
        return known.text
      }
      guard state.reader != nil else { return "the service is shutting down" }
      let text = MatchDiagnosis.text(wire, state.match, signal.refusals, in: state.domain)
      state.diagnosis = (text, now)
      return text
    }
  }
}
