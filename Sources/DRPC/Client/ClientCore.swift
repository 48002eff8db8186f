internal import EventLoop

internal import RPCCore
internal import Synchronization

/// Everything that `DRPCBackend` and `DRPCClient` have in common: the pools of one service over all loops.
final class ClientCore: Sendable {
  private let loops: [EventLoop]
  private let endpoints: [SocketEndpoint]
  /// By socket, then by loop, in one row; nil where the loop has no share of the connections.
  private let pools: [SocketPool?]
  /// Where the next call that comes from outside the loops goes.
  private let next = Atomic<Int>(0)

  init(_ settings: DRPCSettings, loops: [EventLoop]) {
    self.loops = loops
    let total = max(1, settings.connections)
    let budget = QueueBudget(limit: max(0, settings.queue))
    let buffers = loops.map { _ in ReceiveBuffer() }
    endpoints = settings.sockets.map { SocketEndpoint($0) }
    pools = endpoints.flatMap { endpoint in
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

  /// The position of a server among the sockets. Without a name there must be one only.
  func socket(_ name: String?) -> Int? {
    guard let name else { return endpoints.count == 1 ? 0 : nil }
    return endpoints.firstIndex { $0.name == name }
  }

  /// The names that calls may give, for people.
  var socketNames: String { endpoints.compactMap(\.name).joined(separator: ", ") }

  /// Carries one call. On a loop that has a share of the connections this sends at once, on the calling task.
  func perform(
    socket: Int, module: Int32, method: Int32, body: [UInt8], deadline: Deadline, abandonable: Bool
  ) async -> CallOutcome {
    guard let pool = pool(socket) else { return .failure(.absent, sent: false, message: Self.withoutLoop) }
    let call = AwaitedCall(module: module, method: method, body: body, deadline: deadline, pool: pool)
    guard abandonable else { return await withCheckedContinuation { call.begin(for: $0) } }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { call.begin(for: $0) }
    } onCancel: {
      call.cancel()
    }
  }

  static let withoutLoop = "the service has no event loop"

  /// The calling loop's own pool, or another loop's when it has no share or the caller is on none.
  func pool(_ socket: Int) -> SocketPool? {
    let first = socket * loops.count
    for position in loops.indices where loops[position].isCurrent {
      if let own = pools[first + position] { return own }
    }
    // Shares are given from the front, so those pools that exist are the first ones.
    let count = loops.indices.first { pools[first + $0] == nil } ?? loops.count
    guard count > 0 else { return nil }
    let turn = next.wrappingAdd(1, ordering: .relaxed).oldValue
    return pools[first + Int(UInt(bitPattern: turn) % UInt(count))]
  }

  /// Why each socket that cannot be reached cannot.
  var obstacles: [String] { endpoints.compactMap { $0.obstacle() } }

  var socketCount: Int { endpoints.count }

  /// Lets the calls end that were accepted, at `deadline` at the latest, then closes every connection.
  func shutDown(by deadline: Deadline) async {
    await withTaskGroup(of: Void.self) { group in
      for case let pool? in pools {
        group.addTask {
          await withCheckedContinuation { waiter in pool.loop.submit { pool.close(waiter, by: deadline) } }
        }
      }
    }
  }

  /// Closes every connection at once.
  func abort() {
    for case let pool? in pools {
      pool.loop.submit { pool.abort() }
    }
  }
}
