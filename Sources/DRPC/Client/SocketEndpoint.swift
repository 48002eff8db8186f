internal import RPCCore
internal import Synchronization

/// One server as the settings name it, shared by the loops.
final class SocketEndpoint: Sendable {
  /// How calls name it; nil when it is the only one.
  let name: String?
  let locator: SocketLocator
  private let openConnections = Atomic<Int>(0)

  init(_ socket: DRPCSettings.Socket) {
    name = socket.name
    locator = SocketLocator(patterns: socket.patterns)
  }

  func opened() { openConnections.add(1, ordering: .relaxed) }
  func closed() { openConnections.subtract(1, ordering: .relaxed) }

  /// Why a call made now would not find the server; nil when it would. Without an open connection this tries one:
  /// the file may exist and nobody listen.
  func obstacle() -> String? {
    if openConnections.load(ordering: .relaxed) > 0 { return nil }
    do throws(SocketLocator.Failure) {
      try locator.tryConnect()
      return nil
    } catch {
      return error.message
    }
  }
}

/// How many calls may wait, over all loops and sockets of a service.
final class QueueBudget: Sendable {
  let limit: Int
  private let used = Atomic<Int>(0)

  init(limit: Int) { self.limit = limit }

  /// False when the queue is full.
  func take() -> Bool {
    if used.add(1, ordering: .relaxed).newValue <= limit { return true }
    used.subtract(1, ordering: .relaxed)
    return false
  }

  func giveBack() { used.subtract(1, ordering: .relaxed) }
}
