package import EventLoop
package import RPCCore
package import Routing
package import Transcoding

/// One request and its response. A connection reuses one exchange for all its requests, so that buffers keep
/// their capacity.
///
/// SAFETY: `@unchecked Sendable` because an exchange belongs to one loop and is touched only on its thread;
/// a request that needs a task has one that prefers that loop as its executor.
package final class HTTPExchange: @unchecked Sendable {
  /// Shared by all exchanges of the loop.
  package let context: LoopContext
  /// For logs: `127.0.0.1:51234`, `unix`.
  package let peer: String

  // MARK: Request

  /// The request target as sent, never decoded: `/v1/pools/tank?x=1`.
  package var target: [UInt8] = []
  package let headers = HTTPHeaders()
  /// The body, and what path, query and configuration bind.
  package let input = RequestInput()
  /// What each request begins anew with. A value, so that this is one access and not one for each property.
  private var state = State()

  private struct State {
    var method = HTTPMethod.get
    var bodyLength = BodyLength.none
    var arrival = MonotonicInstant(nanoseconds: 0)
    var clientIsGone = false
    /// What is being done for the request, and what the one call that most requests need has given.
    var work: (any RPCCallHandle)?
    var gateway: Gateway?
    var call: RPCCall?
    var reply: ReplyBody?
    var route: CompiledRoute?
    var deadline = Deadline.never
    var peer = RPCTarget.any
    var lookup: PendingLookup?
    var requestID = ""
    var problemName = ""
    var obstacle = ""
    /// The body is in the wire form, and so shall the answer be.
    var hasRawBody = false
    var wantsRawAnswer = false
    /// What CORS adds to the answer; nil without a policy.
    var cors: CORSPolicy?
    /// Index in `response.headers` of the one that names ignored fields.
    var ignoredHeader: Int?
  }

  package var method: HTTPMethod {
    get { state.method }
    set { state.method = newValue }
  }

  package var bodyLength: BodyLength {
    get { state.bodyLength }
    set { state.bodyLength = newValue }
  }

  /// When the head was complete.
  package var arrival: MonotonicInstant {
    get { state.arrival }
    set { state.arrival = newValue }
  }

  /// The answer will not be sent.
  package var clientIsGone: Bool { state.clientIsGone }

  /// The client has gone: gives up what may be abandoned.
  package func clientLeft() {
    state.clientIsGone = true
    let work = state.work
    state.work = nil
    work?.cancel()
  }

  // MARK: The call

  /// Makes the call and hands its outcome to `gateway`.
  func perform(
    _ call: RPCCall, on backend: any RPCBackend, for gateway: Gateway, isSecond: Bool = false
  ) {
    state.gateway = gateway
    state.call = isSecond ? nil : call
    // The call may have ended by now, and even another one have begun.
    if let handle = backend.begin(call, caller: self), state.gateway != nil, state.work == nil {
      state.work = handle
    }
  }

  /// What is done for the request in a task.
  package func perform(_ work: @escaping @Sendable () async -> Void) { state.work = CallTask(on: loop, work) }

  // MARK: Between admission and answer

  /// Which route won; set by `Gateway.admit`.
  var route: CompiledRoute? {
    get { state.route }
    set { state.route = newValue }
  }

  var deadline: Deadline {
    get { state.deadline }
    set { state.deadline = newValue }
  }

  /// Which server the path names.
  var callTarget: RPCTarget {
    get { state.peer }
    set { state.peer = newValue }
  }

  /// The call that comes before the route's own.
  var lookup: PendingLookup? {
    get { state.lookup }
    set { state.lookup = newValue }
  }

  package internal(set) var requestID: String {
    get { state.requestID }
    set { state.requestID = newValue }
  }

  /// For the log and metrics: `engine.PoolQuery`, `-` when no route was found.
  package var routeName: String { state.route?.operation ?? "-" }

  /// For the log and metrics: the problem type's name, empty on success.
  package internal(set) var problemName: String {
    get { state.problemName }
    set { state.problemName = newValue }
  }

  /// For the log: why the backend is not there.
  var obstacle: String {
    get { state.obstacle }
    set { state.obstacle = newValue }
  }

  var hasRawBody: Bool {
    get { state.hasRawBody }
    set { state.hasRawBody = newValue }
  }

  var wantsRawAnswer: Bool {
    get { state.wantsRawAnswer }
    set { state.wantsRawAnswer = newValue }
  }

  var cors: CORSPolicy? {
    get { state.cors }
    set { state.cors = newValue }
  }

  var ignoredHeader: Int? {
    get { state.ignoredHeader }
    set { state.ignoredHeader = newValue }
  }

  // MARK: Response

  package let response = HTTPResponse()
  /// Who has read the head and sends the response; nil once nobody can.
  package var front: (any HTTPExchangeFront)?

  package init(context: LoopContext, peer: String) {
    self.context = context
    self.peer = peer
  }

  // MARK: What a front fills in

  /// The head of a request is complete.
  package func begin(_ method: HTTPMethod, at instant: MonotonicInstant) {
    state.method = method
    state.arrival = instant
  }

  /// SAFETY: `bytes` is read before this returns.
  package func setTarget(_ bytes: UnsafeBufferPointer<UInt8>) { unsafe target.append(contentsOf: bytes) }

  package var bodyCount: Int { input.body.count }

  /// SAFETY: `bytes` is read before this returns.
  package func appendBody(_ bytes: UnsafeBufferPointer<UInt8>) {
    unsafe input.body.append(contentsOf: bytes)
  }

  /// Makes the exchange ready for the next request of its connection.
  package func reset() {
    state = State()
    if !target.isEmpty { target.removeAll(keepingCapacity: true) }
    headers.reset()
    input.removeAll(keeping: Self.keptBodyCapacity)
    response.reset()
  }

  /// Larger buffers are given back between requests, so that one big body does not stay for ever.
  static let keptBodyCapacity = 64 * 1024

  package enum BodyLength: Sendable, Equatable {
    case none
    case known(Int)
    case chunked
  }
}

extension HTTPExchange: RPCCaller {
  package var loop: EventLoop { context.loop }

  package func receive(_ body: ReplyBody) -> ReplyDemand {
    state.reply = body
    return .enough
  }

  package func ended(_ status: RPCStatus) {
    guard let gateway = state.gateway else { return }
    let (call, reply) = (state.call, state.reply)
    state.gateway = nil
    state.call = nil
    state.reply = nil
    state.work = nil
    gateway.callEnded(self, call, status, reply ?? ReplyBody([]))
  }
}

/// What a handler answers. Part of its exchange, and reused with it.
package final class HTTPResponse {
  package var status = 200
  package var contentType = ContentType.json
  package var body: [UInt8] = []
  /// Those that few answers have; see `forEachHeader`.
  package var headers: [(name: StaticString, value: String)] = []
  /// For `X-Request-Id`; empty for none.
  package var requestID = ""
  /// Whether caches may keep the answer.
  package var mayBeStored = true
  /// Those whose names a configuration has chosen.
  package var chosenHeaders: [(name: String, value: String)] = []
  /// Close the connection after this response.
  package var closes = false
  /// What is sent instead of `body`, as it comes.
  package var stream: ResponseStream?

  init() {}

  func reset() {
    status = 200
    contentType = .json
    if !body.isEmpty { body.removeAll(keepingCapacity: body.capacity <= HTTPExchange.keptBodyCapacity) }
    if !headers.isEmpty { headers.removeAll(keepingCapacity: true) }
    requestID = ""
    mayBeStored = true
    if !chosenHeaders.isEmpty { chosenHeaders.removeAll() }
    closes = false
    if stream != nil { stream = nil }
  }

  /// Calls `body` for each header field that the library does not make by itself.
  package func forEachHeader(_ body: (_ name: StaticString, _ value: String) -> Void) {
    if contentType != .none { body("Content-Type", contentType.rawValue) }
    if !requestID.isEmpty { body("X-Request-Id", requestID) }
    body("X-Content-Type-Options", "nosniff")
    if !mayBeStored { body("Cache-Control", "no-store") }
    for header in headers { body(header.name, header.value) }
    if closes { body("Connection", "close") }
  }

  package enum ContentType: String, Sendable {
    case none = ""
    case json = "application/json"
    case problem = "application/problem+json"
    case text = "text/plain; charset=utf-8"
    case protobuf = "application/x-protobuf"
    case cdr = "application/cdr"
    case eventStream = "text/event-stream"
    case lines = "application/x-ndjson"
  }
}
