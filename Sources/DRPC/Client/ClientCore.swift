internal import EventLoop

internal import RPCCore
internal import Synchronization

/// Everything that `DRPCBackend` and `DRPCClient` have in common: the pools of one service over all loops.
final class ClientCore: Sendable {
  private let loops: [EventLoop]
  private let endpoints: [SocketEndpoint]
  /// By socket, then by loop; nil where the loop has no share of the connections.
  private let pools: [[SocketPool?]]
  /// Where the next call that comes from outside the loops goes.
  private let next = Atomic<Int>(0)

  init(_ settings: DRPCSettings, loops: [EventLoop]) {
    self.loops = loops
    let total = max(1, settings.connections)
    let budget = QueueBudget(limit: max(0, settings.queue))
    let buffers = loops.map { _ in ReceiveBuffer() }
    endpoints = settings.sockets.map { SocketEndpoint($0) }
    pools = endpoints.map { endpoint in
      loops.indices.map { position in
        let share = total / loops.count + (position < total % loops.count ? 1 : 0)
        guard share > 0 else { return nil }
        return SocketPool(
          loop: loops[position], settings: settings, buffer: buffers[position], endpoint: endpoint,
          budget: budget,
          share: share)
      }
    }
  }

  /// The position of a target among the sockets: its text as configured. No name: the first.
  func socket(_ name: String?) -> Int? {
    guard let name else { return endpoints.isEmpty ? nil : 0 }
    return endpoints.firstIndex { $0.locator.pattern == name }
  }

  /// Carries one call. On a loop that has a share of the connections this sends at once, on the calling task.
  func perform(
    socket: Int, module: Int32, method: Int32, body: [UInt8], deadline: Deadline, abandonable: Bool
  ) async -> CallOutcome {
    guard let pool = pool(socket) else {
      return .failure(.absent, sent: false, message: "the service has no event loop")
    }
    let call = PendingCall(module: module, method: method, body: body, deadline: deadline, pool: pool)
    guard abandonable else { return await Self.run(call) }
    return await withTaskCancellationHandler {
      await Self.run(call)
    } onCancel: {
      pool.loop.submit { pool.cancel(call) }
    }
  }

  private static func run(_ call: PendingCall) async -> CallOutcome {
    await Waiter.suspend { waiter in
      call.caller = waiter
      if call.pool.loop.isCurrent {
        call.pool.begin(call)
      } else {
        call.pool.loop.submit { call.pool.begin(call) }
      }
    }
  }

  /// The calling loop's own pool, or another loop's when it has no share or the caller is on none.
  private func pool(_ socket: Int) -> SocketPool? {
    let pools = pools[socket]
    if let position = loops.firstIndex(where: { $0.isCurrent }), let own = pools[position] { return own }
    // Shares are given from the front, so those pools that exist are the first ones.
    let count = pools.firstIndex { $0 == nil } ?? pools.count
    guard count > 0 else { return nil }
    let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
    return pools[Int(UInt(bitPattern: turn) % UInt(count))]
  }

  /// Why each socket that cannot be reached cannot.
  var obstacles: [String] { endpoints.compactMap { $0.obstacle() } }

  var socketCount: Int { endpoints.count }

  /// Lets the calls end that were accepted, then closes every connection.
  func shutDown() async {
    for pool in pools.joined() {
      guard let pool else { continue }
      await Waiter<Void>.suspend { waiter in pool.loop.submit { pool.close(waiter) } }
    }
  }

  /// Closes every connection at once.
  func abort() {
    for pool in pools.joined() {
      guard let pool else { continue }
      pool.loop.submit { pool.abort() }
    }
  }
}
