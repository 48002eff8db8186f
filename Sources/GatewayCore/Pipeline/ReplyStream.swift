internal import EventLoop
internal import RPCCore
internal import Routing
internal import Transcoding

/// The replies of one call on their way to a streamed response.
///
/// The response begins with the first reply: until then a failure is an answer of its own.
final class ReplyStream: ReplySink, TimerTarget {
  let exchange: HTTPExchange
  private let gateway: Gateway
  private let route: CompiledRoute
  private let rule: ReplyRule
  private let form: StreamForm
  /// Nil before the first reply.
  private(set) var stream: ResponseStream?
  /// Why the gateway itself ends the call.
  private(set) var failure: Problem?
  private var count = 0
  private var json: [UInt8] = []
  private var part: [UInt8] = []
  private var heartbeat: TimerToken?
  private var lastWrite: MonotonicInstant

  init(
    _ gateway: Gateway, _ exchange: HTTPExchange, _ route: CompiledRoute, _ rule: ReplyRule,
    _ form: StreamForm
  ) {
    self.gateway = gateway
    self.exchange = exchange
    self.route = route
    self.rule = rule
    self.form = form
    lastWrite = exchange.context.loop.now
  }

  // MARK: Replies

  func receive(_ body: ReplyBody) -> ReplyDemand {
    if exchange.clientIsGone { return .enough }
    guard count < rule.limit else {
      failure = Problem(.overloaded, "\(route.operation) has sent more than \(rule.limit) replies")
      failure?.retryable = false
      return .enough
    }
    let isLast: Bool
    do throws(TranscodeError) {
      isLast = try translate(body)
    } catch {
      failure = gateway.unreadable(body, route, error)
      return .enough
    }
    count += 1
    if stream == nil { begin() }
    part.removeAll(keepingCapacity: true)
    form.append(json, ordinal: count, to: &part)
    guard write(part) else {
      exchange.problemName = ProblemType.overloaded.rawValue
      return .enough
    }
    // A client that asked for the head has it.
    return isLast || exchange.method == .head ? .enough : .more
  }

  /// Fills `json`; true for the last reply.
  private func translate(_ body: ReplyBody) throws(TranscodeError) -> Bool {
    json.removeAll(keepingCapacity: true)
    guard let type = route.response else {
      json = [UInt8(ascii: "{"), UInt8(ascii: "}")]
      return isLast
    }
    let scratch = exchange.context.scratch
    var isLast = self.isLast
    if case .until(let path, let texts) = rule.end {
      try route.codec.decode(
        type, from: body.bytes, at: body.start, selecting: path, into: &json, scratch: scratch)
      isLast = texts.contains(json)
      json.removeAll(keepingCapacity: true)
    }
    try route.codec.decode(
      type, from: body.bytes, at: body.start, selecting: route.responsePath, into: &json, scratch: scratch)
    return isLast
  }

  private var isLast: Bool {
    if case .count(let most) = rule.end { count + 1 >= most } else { false }
  }

  private func begin() {
    let stream = ResponseStream(limit: rule.streamLimit)
    self.stream = stream
    gateway.streamHead(exchange, route, form, stream)
    exchange.front?.streamBegins(exchange)
    if form.heartbeat != nil { scheduleHeartbeat() }
  }

  private func write(_ part: [UInt8]) -> Bool {
    lastWrite = exchange.context.loop.now
    return stream?.write(part) ?? false
  }

  // MARK: End

  /// The call has ended well, or with the body of a problem.
  func finish(_ problem: [UInt8]?) {
    if let heartbeat { exchange.context.loop.cancel(heartbeat) }
    heartbeat = nil
    let last = problem.map(form.failure) ?? form.end
    if last.isEmpty || write(last) { stream?.end() }
  }

  // MARK: Heartbeats

  private func scheduleHeartbeat() {
    let due = lastWrite.advanced(nanoseconds: rule.heartbeat)
    heartbeat = exchange.context.loop.schedule(at: due, self)
  }

  func timerFired(_ purpose: Int) {
    heartbeat = nil
    guard stream?.state == .open, let comment = form.heartbeat else { return }
    let loop = exchange.context.loop
    if loop.now.nanoseconds(after: lastWrite) < rule.heartbeat || write(comment) { scheduleHeartbeat() }
  }
}

extension Gateway {
  /// Answers a request whose replies are several.
  func answer(
    _ exchange: HTTPExchange, _ route: CompiledRoute, _ rule: ReplyRule
  ) async {
    let form = streamForm(exchange) ?? .lines
    let replies = ReplyStream(self, exchange, route, rule, form)
    let patience = exchange.deadline.nanosecondsLeft(at: exchange.arrival)
    let outcome = await route.service.backend.call(sink: replies) {
      encode(exchange, route).map {
        RPCCall(
          method: route.method, body: $0, deadline: exchange.deadline, target: exchange.callTarget,
          abandonable: true, replies: rule.replies(patience: patience))
      }
    }
    guard let status = outcome else { return }
    if exchange.clientIsGone { return replies.finish(nil) }
    let problem = replies.failure ?? (status.code == .ok ? nil : problem(exchange, route, status))
    guard replies.stream == nil else {
      if let problem {
        exchange.problemName = problem.type.rawValue
        var text: [UInt8] = []
        write(problem, of: exchange, to: &text)
        replies.finish(text)
      } else {
        replies.finish(nil)
      }
      return
    }
    if let problem { return send(exchange, problem) }
    // A call without replies that ended well has an empty stream.
    exchange.response.status = route.success
    exchange.response.contentType = form.contentType
    exchange.response.body = form.end
    addCommonHeaders(exchange, mayBeStored: false)
  }

  /// What stands before a stream.
  func streamHead(
    _ exchange: HTTPExchange, _ route: CompiledRoute, _ form: StreamForm, _ stream: ResponseStream
  ) {
    exchange.response.status = route.success
    exchange.response.contentType = form.contentType
    exchange.response.stream = stream
    addCommonHeaders(exchange, mayBeStored: false)
    // nginx keeps answers back until they are complete unless told otherwise.
    exchange.response.headers.append(("X-Accel-Buffering", "no"))
  }
}
