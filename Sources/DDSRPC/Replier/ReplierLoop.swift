internal import SchemaModel
internal import EventLoop
internal import Synchronization

/// A service at work: its endpoints, and the loop on which handlers run.
///
/// SAFETY: `@unchecked Sendable` because everything mutable is touched only on `loop`'s thread.
final class ReplierLoop: TimerTarget, @unchecked Sendable {
  struct Options: Sendable {
    var network: DDSNetwork
    var instanceName: String
    var representation: DDSRepresentation
    var limits: DDSReplier.Limits
  }

  /// How long a reply may wait for its requester's reader to be matched.
  static let matchPatience: UInt64 = 1_000_000_000
  static let matchPoll: UInt64 = 5_000_000
  /// How long a reply may wait until readers that are behind have caught up. Holds up other replies.
  static let writeBlocking = Duration.milliseconds(100)

  private let loop: EventLoop
  /// By their labels; nil for a pair of types.
  private let operations: [Int32: String]?
  private let contract: DDSContract
  private let handler: DDSReplier.Handler
  private let options: Options
  private let domain: SharedDomain
  private let inbox: RequestInbox
  private let reader: TopicReader
  private let writer: TopicWriter
  private let counts = ReplierCounts()

  private var tasks: [Int: Task<Void, Never>] = [:]
  private var nextTask = 0
  private var onIdle: OneShot<Void>?
  private var isReaderClosed = false
  private var isWriterClosed = false

  init(
    _ contract: DDSContract, _ operations: [Int32: String], _ options: Options,
    _ handler: @escaping DDSReplier.Handler
  ) throws(DDSError) {
    self.contract = contract
    self.operations = contract.hasOperations ? operations : nil
    self.handler = handler
    self.options = options
    domain = try SharedDomain.open(options.network)
    inbox = RequestInbox(
      instanceName: options.instanceName, hasOperations: contract.hasOperations, limits: options.limits,
      counts)
    do throws(DDSError) {
      // The writer first: a requester that learns of the reader then nearly always knows of the writer.
      writer = try TopicWriter(
        domain, topic: contract.replyTopic, type: contract.replyType, options.representation,
        qos: EndpointQoS(),
        blocking: Self.writeBlocking, listener: inbox.replies)
    } catch {
      domain.close()
      throw error
    }
    do throws(DDSError) {
      loop = try Self.makeLoop()
      reader = try TopicReader(
        domain, topic: contract.requestTopic, type: contract.requestType, qos: EndpointQoS(), listener: inbox)
    } catch {
      writer.close()
      domain.close()
      throw error
    }
    do throws(SystemError) {
      try loop.start()
    } catch {
      reader.close()
      writer.close()
      domain.close()
      throw DDSError(kind: .transport, message: "\(error)")
    }
    // A cycle, until the inbox is stopped.
    inbox.deliver { request in self.loop.submit { self.begin(request) } }
  }

  private static func makeLoop() throws(DDSError) -> EventLoop {
    do throws(SystemError) {
      return try EventLoop()
    } catch {
      throw DDSError(kind: .transport, message: "\(error)")
    }
  }

  var counters: ReplierCounters { counts.now }

  // MARK: Requests

  private func begin(_ request: IncomingRequest) {
    let number = nextTask
    nextTask += 1
    tasks[number] = Task(executorPreference: loop) { [self] in
      await answer(request)
      ended(number)
    }
  }

  private func ended(_ number: Int) {
    tasks[number] = nil
    inbox.ended()
    if tasks.isEmpty, let onIdle {
      self.onIdle = nil
      onIdle.resume(())
    }
  }

  /// Runs the handler, and answers for it when it throws.
  private func answer(_ request: IncomingRequest) async {
    do {
      if request.isRefused { throw DDSRemoteException.outOfResources }
      try await handler(request.public(try operation(of: request)), DDSReplies(loop: self, request: request))
    } catch let exception as DDSException {
      await raise(exception, to: request)
    } catch let exception as DDSRemoteException {
      await refuse(request, exception)
    } catch is CDRError {
      await refuse(request, .invalidArgument)
    } catch is DDSError {
      // Counted where it could not be written.
    } catch {
      await refuse(request, .unknownException)
    }
  }

  private func operation(of request: IncomingRequest) throws(DDSRemoteException) -> String {
    guard let operations else { return "" }
    guard let label = request.envelope.label, let name = operations[label] else {
      counts.unknownOperations.count()
      throw .unknownOperation
    }
    return name
  }

  // MARK: Replies

  /// What stands before the members of a result.
  func begin(to request: IncomingRequest) -> CDRWriter {
    ReplyEnvelope.begin(
      options.representation, to: request.envelope.identity, operation: request.envelope.label, label: 0)
  }

  private func raise(_ exception: DDSException, to request: IncomingRequest) async {
    // A pair of types has no exceptions.
    guard let label = request.envelope.label else { return await refuse(request, .unknownException) }
    var writer = ReplyEnvelope.begin(
      options.representation, to: request.envelope.identity, operation: label,
      label: contract.labels(exception: exception.name)[0])
    let start = writer.bytes.count
    exception.members(&writer)
    if contract.dialect.row.writesExceptionPlaceholder { writer.finishStructure(from: start) }
    await send(writer.bytes, to: request)
  }

  private func refuse(_ request: IncomingRequest, _ exception: DDSRemoteException) async {
    await send(
      ReplyEnvelope.remoteException(options.representation, to: request.envelope.identity, exception),
      to: request)
  }

  /// False when it cannot leave.
  @discardableResult func send(_ sample: [UInt8], to request: IncomingRequest) async -> Bool {
    await waitForReader(of: request.envelope.identity.writer)
    var sample = sample
    guard !isWriterClosed, writer.write(&sample) == .written else {
      counts.lostReplies.count()
      return false
    }
    counts.replies.count()
    return true
  }

  /// A requester may be known by its writer before its reader is; the reply would then go to nobody.
  private func waitForReader(of requester: GUID) async {
    let participant = requester.participantPrefix
    let end = MonotonicInstant.current().advanced(nanoseconds: Self.matchPatience)
    while !isReaderClosed, inbox.knows(participant, reader: reader, writer: writer) == .writerOnly {
      let now = MonotonicInstant.current()
      if now >= end { return }
      await loop.sleep(until: now.advanced(nanoseconds: Self.matchPoll))
    }
  }

  // MARK: End

  func stop(grace: Duration) async {
    let deadline = MonotonicInstant.current().advanced(nanoseconds: grace.wholeNanoseconds)
    let idle = OneShot<Void>()
    await idle.wait {
      loop.submit {
        self.closeReader()
        // Behind the requests that came until then.
        self.loop.submit { self.awaitIdle(idle, until: deadline) }
      }
    }
    loop.submit { self.closeWriter() }
    loop.stop()
    if !loop.isCurrent { loop.join() }
  }

  /// Ends at once, for a service that nobody holds any more.
  func abandon() {
    loop.submit {
      self.closeReader()
      for task in self.tasks.values { task.cancel() }
      self.closeWriter()
    }
    loop.stop()
    if !loop.isCurrent { loop.join() }
  }

  /// From here on requesters are not matched, and no request comes.
  private func closeReader() {
    inbox.stop()
    reader.close()
    isReaderClosed = true
  }

  private func awaitIdle(_ idle: OneShot<Void>, until deadline: MonotonicInstant) {
    guard !tasks.isEmpty else {
      idle.resume(())
      return
    }
    onIdle = idle
    _ = loop.schedule(at: deadline, self)
  }

  /// The grace is over.
  func timerFired(_ purpose: Int) {
    for task in tasks.values { task.cancel() }
  }

  private func closeWriter() {
    writer.close()
    isWriterClosed = true
    domain.close()
  }
}
