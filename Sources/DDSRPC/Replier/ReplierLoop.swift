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
  private let operations: [Int32: DDSReplier.Operation]
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
    _ names: ReplierNames, _ operations: [Int32: DDSReplier.Operation], _ options: Options
  ) throws(DDSError) {
    self.operations = operations
    self.options = options
    domain = try SharedDomain.open(options.network)
    inbox = RequestInbox(instanceName: options.instanceName, limits: options.limits, counts)
    do throws(DDSError) {
      // The writer first: a requester that learns of the reader then nearly always knows of the writer.
      writer = try TopicWriter(
        domain, topic: names.replyTopic, type: names.replyType, options.representation, qos: EndpointQoS(),
        blocking: Self.writeBlocking, listener: inbox.replies)
    } catch {
      domain.close()
      throw error
    }
    do throws(DDSError) {
      loop = try Self.makeLoop()
      reader = try TopicReader(
        domain, topic: names.requestTopic, type: names.requestType, qos: EndpointQoS(), listener: inbox)
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
    guard !request.isRefused else {
      return answer(refused: request, .outOfResources)
    }
    guard let label = request.envelope.label, let operation = operations[label] else {
      counts.unknownOperations.count()
      return answer(refused: request, .unknownOperation)
    }
    let number = nextTask
    nextTask += 1
    tasks[number] = Task(executorPreference: loop) { [self] in
      let sample = await reply(to: request, operation, label)
      await send(sample, to: request)
      ended(number)
    }
  }

  private func answer(refused request: IncomingRequest, _ exception: DDSRemoteException) {
    let number = nextTask
    nextTask += 1
    tasks[number] = Task(executorPreference: loop) { [self] in
      await send(
        ReplyEnvelope.remoteException(options.representation, to: request.envelope.identity, exception),
        to: request)
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

  /// Runs the handler; the whole sample.
  private func reply(
    to request: IncomingRequest, _ operation: DDSReplier.Operation, _ label: Int32
  ) async -> [UInt8] {
    let identity = request.envelope.identity
    let representation = options.representation
    var writer = ReplyEnvelope.begin(representation, to: identity, operation: label, label: 0)
    let start = writer.bytes.count
    do {
      try await operation.handler(request.public(operation.name), &writer)
      writer.finish(from: start)
      return writer.bytes
    } catch let exception as DDSException {
      var writer = ReplyEnvelope.begin(
        representation, to: identity, operation: label, label: NameHash.of(exception.name))
      exception.members(&writer)
      writer.finish(from: start)
      return writer.bytes
    } catch let exception as DDSRemoteException {
      return ReplyEnvelope.remoteException(representation, to: identity, exception)
    } catch is CDRError {
      return ReplyEnvelope.remoteException(representation, to: identity, .invalidArgument)
    } catch {
      return ReplyEnvelope.remoteException(representation, to: identity, .unknownException)
    }
  }

  private func send(_ sample: [UInt8], to request: IncomingRequest) async {
    await waitForReader(of: request.envelope.identity.writer)
    var sample = sample
    if !isWriterClosed, writer.write(&sample) == .written {
      counts.replies.count()
    } else {
      counts.lostReplies.count()
    }
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

extension CDRWriter {
  /// A structure without members is written as one octet.
  fileprivate mutating func finish(from start: Int) {
    if bytes.count == start { write(UInt8(0)) }
  }
}
