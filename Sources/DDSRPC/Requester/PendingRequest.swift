internal import EventLoop
internal import RPCCore
internal import SchemaModel
internal import Synchronization

/// One call from its admission to its status.
struct PendingRequest {
  private let call: RPCCall
  private let operation: DDSOperationWire
  private let endpoint: RequesterEndpoint
  private let settings: DDSSettings
  private let counts: RequesterCounts
  private let loop: EventLoop

  init(
    _ call: RPCCall, _ operation: DDSOperationWire, _ endpoint: RequesterEndpoint, _ settings: DDSSettings,
    _ counts: RequesterCounts, _ loop: EventLoop
  ) {
    self.call = call
    self.operation = operation
    self.endpoint = endpoint
    self.settings = settings
    self.counts = counts
    self.loop = loop
  }

  func perform(_ sink: any ReplySink) async -> RPCStatus {
    if let refusal = await refusal() { return refusal }
    guard !operation.isOneway else { return send(nil) ?? .ok }
    if case .several(let silence) = call.replies {
      let mailbox = ReplyMailbox()
      return await withTaskCancellationHandler {
        await series(mailbox, silence, sink)
      } onCancel: {
        mailbox.cancel()
      }
    }
    let shot = OneShot<RequestOutcome>()
    guard call.abandonable else { return await exchange(shot, sink) }
    return await withTaskCancellationHandler {
      await exchange(shot, sink)
    } onCancel: {
      shot.resume(.cancelled)
    }
  }

  // MARK: Before sending

  /// Why nothing is sent; nil when a server is ready.
  private func refusal() async -> RPCStatus? {
    guard call.body.count <= DDSNetwork.maxSample else {
      return .transport(
        .requestTooLarge, sent: false,
        "a request of \(call.body.count) bytes is over the limit of \(DDSNetwork.maxSample) bytes")
    }
    if call.deadline.hasPassed(at: .current()) { return expiredUnsent }
    if endpoint.servers == 0 {
      switch await serverOutcome() {
      case .ready: break
      case .cancelled: return .transport(.cancelled, sent: false, "the caller went away")
      case .expired:
        counts.absences.count()
        return .transport(.absent, sent: false, endpoint.obstacle())
      }
    }
    return Self.severalServers(endpoint, settings).map { .transport(.absent, sent: false, $0) }
  }

  private func serverOutcome() async -> RequesterEndpoint.MatchOutcome {
    let shot = OneShot<RequesterEndpoint.MatchOutcome>()
    guard call.abandonable else {
      return await endpoint.waitForServer(shot, deadline: call.deadline, loop: loop)
    }
    return await withTaskCancellationHandler {
      await endpoint.waitForServer(shot, deadline: call.deadline, loop: loop)
    } onCancel: {
      shot.resume(.cancelled)
    }
  }

  /// Why there may not be as many servers as there are; nil when there may.
  static func severalServers(_ endpoint: RequesterEndpoint, _ settings: DDSSettings) -> String? {
    guard settings.requireSingle else { return nil }
    let count = endpoint.reachedServers
    return count > 1
      ? "\(count) servers are matched, and `require_single` refuses to have a call performed by each" : nil
  }

  private var expiredUnsent: RPCStatus {
    .transport(.deadline, sent: false, "the deadline passed before the request could be sent")
  }

  // MARK: Sending

  /// Writes the request; nil when it has left.
  ///
  /// - Parameter expect: is told the sequence number before the request leaves.
  private func send(_ expect: ((SampleIdentity) -> Void)?) -> RPCStatus? {
    var sample = call.body
    do throws(CDRError) {
      try RequestEnvelope.seal(
        &sample, Encapsulation.representation(of: sample), endpoint.shape, label: operation.label)
    } catch {
      return RPCStatus(
        code: .internal, origin: .gateway, sent: false,
        message: "the request does not begin with its prefix: \(error)")
    }
    switch endpoint.write(&sample, announce: { expect?($0) }) {
    case .written:
      counts.requests.count()
      return nil
    case .full:
      counts.overloads.count()
      return .transport(
        .overloaded, sent: false,
        "servers have not acknowledged \(DDSNetwork.writerWindow) bytes of requests yet")
    case .failed(let message):
      return .transport(.absent, sent: false, message)
    case nil:
      counts.absences.count()
      return .transport(
        .absent, sent: false,
        "the server that was found takes another data representation; the next call is written in that")
    }
  }

  private func exchange(_ shot: OneShot<RequestOutcome>, _ sink: any ReplySink) async -> RPCStatus {
    var identity: SampleIdentity?
    var failure: RPCStatus?
    let expiry = Expiry(loop, shot, .expired)
    let outcome = await shot.wait {
      failure = send { sent in
        identity = sent
        endpoint.receiver.expect(sent.sequence, .one(shot))
      }
      if failure != nil {
        shot.resume(.cancelled)
      } else if call.deadline != .never {
        expiry.start(at: call.deadline.instant)
      }
    }
    expiry.cancel()
    if let identity { endpoint.receiver.forget(identity) }
    if let failure { return failure }
    switch outcome {
    case .reply(let sample, let remoteException):
      let (status, body) = ReplyReading(endpoint.shape, operation).read(
        sample, remoteException: remoteException)
      if let body { sink.receive(body) }
      return status
    case .expired: return expired
    case .cancelled:
      return .transport(.cancelled, sent: identity != nil, Self.givenUp)
    }
  }

  private static let givenUp = "the call was given up: its caller went away, or the service is shut down"

  private var expired: RPCStatus {
    counts.deadlines.count()
    return .transport(
      .deadline, sent: true,
      "no reply by the deadline; a DDS-RPC server does not notice and finishes the work")
  }

  // MARK: Several replies

  /// Takes replies until the sink has enough, one is no result, or the server is silent for too long.
  private func series(
    _ mailbox: ReplyMailbox, _ silence: RPCReplies.Silence, _ sink: any ReplySink
  ) async -> RPCStatus {
    var identity: SampleIdentity?
    let failure = send { sent in
      identity = sent
      endpoint.receiver.expect(sent.sequence, .several(mailbox))
    }
    defer { if let identity { endpoint.receiver.forget(identity) } }
    if let failure { return failure }
    let reading = ReplyReading(endpoint.shape, operation)
    var limit = call.deadline.instant
    var isFirst = true
    while true {
      switch await mailbox.next(by: limit, on: loop) {
      case .reply(let sample, let remoteException):
        let (status, body) = reading.read(sample, remoteException: remoteException)
        guard let body else { return status }
        if sink.receive(body) == .enough { return .ok }
        limit = Self.limit(silence)
        isFirst = false
      case .expired:
        if case .ends = silence, !isFirst { return .ok }
        return expired
      case .overflow:
        return .transport(
          .overloaded, sent: true, "replies came faster than the gateway could take them")
      case .deserted:
        return .transport(.closed, sent: true, "the server went away before the series had ended")
      case .cancelled: return .transport(.cancelled, sent: true, Self.givenUp)
      }
    }
  }

  private static func limit(_ silence: RPCReplies.Silence) -> MonotonicInstant {
    switch silence {
    case .unlimited: Deadline.never.instant
    case .fails(let nanoseconds), .ends(let nanoseconds):
      MonotonicInstant.current().advanced(nanoseconds: nanoseconds)
    }
  }
}
