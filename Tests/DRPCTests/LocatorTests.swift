import EventLoop
import Foundation
import Glibc
import Testing

@testable import DRPC

/// Finding a socket, and what is said when it cannot be connected.
@Suite struct LocatorTests {
  @Test func candidatesAreBounded() throws {
    let directory = FileManager.default.temporaryDirectory.appending(
      path: "drpc-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: directory) }
    for number in 1...SocketLocator.maxCandidates {
      try leaveStaleSocket(directory.appending(path: "a\(number).sock").path)
    }
    let listener = try RawListener(directory.appending(path: "b.sock").path)
    let pattern = directory.appending(path: "*.sock").path
    #expect(throws: SocketLocator.Failure.self) { try SocketLocator(patterns: [pattern]).tryConnect() }
    try FileManager.default.removeItem(at: directory.appending(path: "a1.sock"))
    try SocketLocator(patterns: [pattern]).tryConnect()
    _ = try listener.accept()
  }

  @Test func aServerThatDoesNotAccept() throws {
    let path = temporaryPath()
    let descriptor = try PacketSocket.make()
    defer {
      System.close(descriptor)
      _ = try? FileManager.default.removeItem(atPath: path)
    }
    try PacketSocket.bind(descriptor, to: path)
    try PacketSocket.listen(descriptor, backlog: 1)
    var waiting: [RawPeer] = []
    while waiting.count < 10, let peer = try? RawPeer(connectingTo: path) { waiting.append(peer) }
    #expect(waiting.count < 10)
    do throws(SocketLocator.Failure) {
      try SocketLocator(patterns: [path]).tryConnect()
      Issue.record("connected to a full backlog")
    } catch {
      #expect(error.message.contains("does not accept"))
      #expect(error.reason == .busy)
    }
  }

  /// The tests may run as root, whom no mode keeps out; so only what is said is tested.
  @Test func aLackOfPermissionNamesUserAndMode() throws {
    let path = temporaryPath()
    try leaveStaleSocket(path)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    let failure = SocketLocator.explain(path, SystemError(call: "connect", code: EACCES))
    #expect(failure.reason == .permission)
    #expect(
      failure.message.hasPrefix("\(path): user id \(geteuid()) may not connect (mode 0600, owner \(getuid())")
    )
    try FileManager.default.removeItem(atPath: path)
    #expect(
      SocketLocator.explain(path, SystemError(call: "connect", code: EACCES)).message.contains("searched"))
  }
}
