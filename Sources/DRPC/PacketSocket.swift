internal import CLinux
internal import EventLoop
internal import Glibc

/// The system calls of AF_UNIX SOCK_SEQPACKET sockets, which keep packet boundaries and are reliable.
///
/// Every descriptor is non-blocking and close-on-exec.
///
/// SAFETY: each call gets pointers to buffers that outlive it, with their true sizes, and keeps none of them.
enum PacketSocket {
  /// Room for the largest packet that a kernel with default buffer sizes carries (212960 bytes).
  static let receiveBuffer = 256 * 1024
  /// Longest path that fits `sockaddr_un`.
  static let maxPath = 107

  /// The `errno` of a packet that the kernel does not take.
  static let tooLarge = EMSGSIZE
  /// Largest packet with default buffer sizes (net.core.wmem_default less the kernel's overhead).
  static let usualKernelLimit = 212_960

  enum Sent: Equatable {
    case whole
    /// The socket's buffer is full; try again when it is writable.
    case wouldBlock
    case failed(Int32)
  }

  enum Received: Equatable {
    case packet(Int)
    /// The packet did not fit and is lost.
    case truncated
    /// End of stream. A packet of 0 bytes looks the same, and nobody sends one on purpose.
    case end
    /// End of stream, and the peer has left packets of ours unread (unix(7) has no word for it; Linux has always told it by
    /// ECONNRESET).
    case endUnread
    case wouldBlock
    case failed(Int32)
  }

  static func make() throws(SystemError) -> Int32 {
    let kind = Int32(SOCK_SEQPACKET.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_UNIX, kind, 0)
    guard descriptor >= 0 else { throw SystemError(call: "socket", code: errno) }
    return descriptor
  }

  /// Makes a socket and connects it. Connecting to a local socket never waits: a server whose backlog is full
  /// gives EAGAIN.
  static func connect(to path: String) throws(SystemError) -> Int32 {
    let descriptor = try make()
    do throws(SystemError) {
      unsafe try withAddress(path, "connect") { address, size in
        unsafe Glibc.connect(descriptor, address, size)
      }
    } catch {
      System.close(descriptor)
      throw error
    }
    return descriptor
  }

  static func bind(_ descriptor: Int32, to path: String) throws(SystemError) {
    unsafe try withAddress(path, "bind") { address, size in unsafe Glibc.bind(descriptor, address, size) }
  }

  static func listen(_ descriptor: Int32, backlog: Int32) throws(SystemError) {
    guard Glibc.listen(descriptor, backlog) == 0 else { throw SystemError(call: "listen", code: errno) }
  }

  /// The next connection; nil when none is waiting.
  static func accept(_ descriptor: Int32) throws(SystemError) -> Int32? {
    let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let accepted = accept4(descriptor, nil, nil, flags)
    if accepted >= 0 { return accepted }
    switch errno {
    case EAGAIN, EINTR, ECONNABORTED: return nil
    case let code: throw SystemError(call: "accept4", code: code)
    }
  }

  static func peerCredentials(_ descriptor: Int32) -> DRPCCaller? {
    var credentials = clinux_peer_credentials()
    guard unsafe clinux_get_peer_credentials(descriptor, &credentials) == 0 else { return nil }
    return DRPCCaller(
      processID: credentials.pid, userID: credentials.uid, groupID: credentials.gid)
  }

  /// Packets of up to this many bytes are joined before they are sent: that costs less than two buffers for the kernel.
  static let joined = 1024

  /// Sends `head` and then `body[range]` as one packet.
  static func send(_ descriptor: Int32, head: [UInt8], body: [UInt8], _ range: Range<Int>) -> Sent {
    let result = unsafe head.withUnsafeBytes { head in
      unsafe body.withUnsafeBytes { body in
        let part = unsafe UnsafeRawBufferPointer(rebasing: body[range])
        if head.count + part.count <= joined {
          // SAFETY: both fit the packet, and send copies it.
          return unsafe withUnsafeTemporaryAllocation(byteCount: joined, alignment: 1) { packet in
            unsafe packet.copyMemory(from: head)
            unsafe UnsafeMutableRawBufferPointer(rebasing: packet[head.count...]).copyMemory(from: part)
            return unsafe Glibc.send(
              descriptor, packet.baseAddress, head.count + part.count, Int32(MSG_NOSIGNAL))
          }
        }
        // SAFETY: sendmsg only reads; all three buffers outlive the call.
        var vectors = unsafe (
          iovec(iov_base: UnsafeMutableRawPointer(mutating: head.baseAddress), iov_len: head.count),
          iovec(iov_base: UnsafeMutableRawPointer(mutating: part.baseAddress), iov_len: part.count)
        )
        return unsafe withUnsafeMutableBytes(of: &vectors) { vectors in
          var message = unsafe msghdr()
          unsafe message.msg_iov = vectors.baseAddress?.assumingMemoryBound(to: iovec.self)
          unsafe message.msg_iovlen = part.isEmpty ? 1 : 2
          return unsafe sendmsg(descriptor, &message, Int32(MSG_NOSIGNAL))
        }
      }
    }
    if result >= 0 { return .whole }
    switch errno {
    case EAGAIN, EINTR: return .wouldBlock
    case let code: return .failed(code)
    }
  }

  /// Takes one packet.
  static func receive(_ descriptor: Int32, into buffer: inout [UInt8]) -> Received {
    // With MSG_TRUNC the result is the packet's true length, also when it did not fit (recv(2)).
    let count = unsafe buffer.withUnsafeMutableBytes { buffer in
      unsafe recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_TRUNC))
    }
    if count > buffer.count { return .truncated }
    if count > 0 { return .packet(count) }
    if count == 0 { return .end }
    switch errno {
    case EAGAIN, EINTR: return .wouldBlock
    case ECONNRESET: return .endUnread
    case let code: return .failed(code)
    }
  }

  private static func withAddress(
    _ path: String, _ call: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) throws(SystemError) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard !bytes.isEmpty, !bytes.contains(0) else { throw SystemError(call: call, code: EINVAL) }
    guard bytes.count <= maxPath else { throw SystemError(call: call, code: ENAMETOOLONG) }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    // SAFETY: every socket address begins with what `sockaddr` declares, and the size goes with it.
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else { throw SystemError(call: call, code: errno) }
  }
}
