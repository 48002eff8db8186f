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
  let writer: TopicWriter
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
    var match = ServerMatch()
    var waiting: [ObjectIdentifier: OneShot<MatchOutcome>] = [:]
    var pollsUntilSettled = false
    var diagnosis: (text: String, at: MonotonicInstant)?
  }

  enum MatchOutcome: Sendable { case ready, expired, cancelled }

  /// How often a server that is not ready is looked at; once `settle` is over, less often.
  static let settlePoll: UInt64 = 20_000_000
  static let slowPoll: UInt64 = 1_000_000_000
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
    receiver = ReplyReceiver(counts, signal)
    let qos = try EndpointQoS(wire.qos, of: wire.name, partition: settings.partition)
    // The reader first: a server that learns of the writer then nearly always knows where its reply goes.
    let reader = try TopicReader(
      domain, topic: wire.replyTopic, type: wire.replyTypeName, qos: qos, listener: receiver)
    do throws(DDSError) {
      writer = try TopicWriter(
        domain, topic: wire.requestTopic, type: wire.requestTypeName, settings.representation,
        qos: qos, listener: WriterListener(signal))
    } catch {
      reader.close()
      throw error
    }
    state = Lock(State(reader: reader, domain: domain))
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
    writer.close()
    reader.close()
  }

  // MARK: Servers

  /// The servers that a request would reach now.
  var servers: Int {
    if signal.hasChanged { refresh() }
    return readyServers.load(ordering: .relaxed)
  }

  /// Asks Cyclone whom we are matched with, if that has changed. From any thread but Cyclone's.
  func refresh() {
    let resumed = state.withLock { state -> [OneShot<MatchOutcome>] in
      guard let reader = state.reader, signal.takeChange() || state.match.isSettling else { return [] }
      state.match.update(
        requestReaders: writer.peers, replyWriters: reader.peers, settle: settings.settle, now: .current())
      readyServers.store(state.match.ready, ordering: .relaxed)
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

  /// Heartbeats give no event.
  private func schedulePoll() {
    let now = MonotonicInstant.current()
    let settling = state.withLock { state in
      if !state.match.isSettling { state.pollsUntilSettled = false }
      return state.match.settlesBy(settings.settle)
    }
    guard let settling else { return }
    _ = control.schedule(
      at: now.advanced(nanoseconds: settling > now ? Self.settlePoll : Self.slowPoll), self)
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
      let isReady = state.withLock { state in
        if state.match.ready > 0 { return true }
        state.waiting[ObjectIdentifier(shot)] = shot
        return false
      }
      if isReady { shot.resume(.ready) } else { expiry.start(at: min(patience, deadline.instant)) }
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
