import EventLoop
import Foundation
import Glibc
import Testing

@testable import DRPC

/// A socket that sends and receives packets as they are, waiting at most ten seconds for each.
final class RawPeer: @unchecked Sendable {
  // SAFETY: a test uses it from one thread at a time.
  private let descriptor: Int32
  private var buffer = [UInt8](repeating: 0, count: PacketSocket.receiveBuffer)

  init(connectingTo path: String) throws { descriptor = try PacketSocket.connect(to: path) }

  init(accepted descriptor: Int32) { self.descriptor = descriptor }

  deinit { System.close(descriptor) }

  func send(_ packet: [UInt8]) throws {
    while true {
      switch PacketSocket.send(descriptor, head: packet, body: [], 0..<0) {
      case .whole: return
      case .wouldBlock: try wait(for: Int16(POLLOUT))
      case .failed(let errno): throw SystemError(call: "sendmsg", code: errno)
      }
    }
  }

  /// The next packet; nil at the end.
  func receive() throws -> [UInt8]? {
    while true {
      switch PacketSocket.receive(descriptor, into: &buffer) {
      case .packet(let count): return Array(buffer.prefix(count))
      case .end, .endUnread: return nil
      case .wouldBlock: try wait(for: Int16(POLLIN))
      case .truncated: throw SystemError(call: "recv", code: EMSGSIZE)
      case .failed(let errno): throw SystemError(call: "recv", code: errno)
      }
    }
  }

  /// The next packet if it has come.
  func receiveNow() throws -> [UInt8]? {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    // SAFETY: one structure, filled by the kernel during the call.
    return unsafe poll(&waiting, 1, 0) == 1 ? try receive() : nil
  }

  private func wait(for events: Int16) throws { try waitFor(descriptor, events) }
}

/// A listener whose connections the test answers itself.
final class RawListener: Sendable {
  let path: String
  private let descriptor: Int32

  init(_ path: String = temporaryPath(), backlog: Int32 = 64) throws {
    self.path = path
    descriptor = try PacketSocket.make()
    try PacketSocket.bind(descriptor, to: path)
    try PacketSocket.listen(descriptor, backlog: backlog)
  }

  deinit {
    System.close(descriptor)
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The next connection if one waits.
  func acceptNow() throws -> RawPeer? { try PacketSocket.accept(descriptor).map { RawPeer(accepted: $0) } }

  func accept() throws -> RawPeer {
    while true {
      if let accepted = try acceptNow() { return accepted }
      try waitFor(descriptor, Int16(POLLIN))
    }
  }
}

private func waitFor(_ descriptor: Int32, _ events: Int16) throws {
  var waiting = pollfd(fd: descriptor, events: events, revents: 0)
  // SAFETY: one structure, filled by the kernel during the call.
  guard unsafe poll(&waiting, 1, 10_000) == 1 else { throw SystemError(call: "poll", code: ETIMEDOUT) }
}

func temporaryPath() -> String {
  FileManager.default.temporaryDirectory.appending(path: "drpc-\(UUID().uuidString.prefix(13)).sock").path
}

/// A socket file that nobody listens on.
func leaveStaleSocket(_ path: String) throws {
  let descriptor = try PacketSocket.make()
  try PacketSocket.bind(descriptor, to: path)
  System.close(descriptor)
}
