internal import CLinux
internal import Glibc

/// The system calls of this module, each with its `errno` read at once.
enum Sockets {
  /// What one `accept4` gave.
  enum Accepted {
    case connection(Int32, peer: String)
    /// Nothing left to accept.
    case none
    /// This one attempt failed; the next may succeed.
    case skip
    /// Out of descriptors or memory: wait before the next attempt.
    case exhausted(Int32)
  }

  static func accept(_ listener: Int32) -> Accepted {
    var address = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    // SAFETY: the kernel writes at most `size` bytes of `address`.
    let descriptor = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe accept4(
          listener, generic, &size, Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
      }
    }
    if descriptor >= 0 { return .connection(descriptor, peer: describe(&address, size)) }
    switch errno {
    case EAGAIN: return .none
    case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted(errno)
    default: return .skip
    }
  }

  /// The bytes that wait, without taking them; nil at the end of the stream or on an error, 0 when none wait.
  static func peek(_ descriptor: Int32, into buffer: inout [UInt8]) -> Int? {
    // SAFETY: the kernel writes at most `count` bytes of the array.
    let count = unsafe buffer.withUnsafeMutableBytes {
      unsafe recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_PEEK | MSG_DONTWAIT))
    }
    if count > 0 { return count }
    return count < 0 && errno == EAGAIN ? 0 : nil
  }

  /// Takes and drops what waits; false at the end of the stream or on an error.
  static func discard(_ descriptor: Int32, into buffer: inout [UInt8], taken: inout Int) -> Bool {
    while true {
      // SAFETY: as in `peek`.
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
      }
      if count > 0 {
        taken += count
        continue
      }
      return count < 0 && errno == EAGAIN
    }
  }

  /// Sends as much as the socket takes at once. Refusals are far smaller than its buffer.
  static func send(_ descriptor: Int32, _ bytes: [UInt8]) {
    // SAFETY: the kernel reads `count` bytes of the array.
    _ = unsafe bytes.withUnsafeBytes {
      unsafe Glibc.send(
        descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
    }
  }

  static func shutDownWriting(_ descriptor: Int32) { _ = shutdown(descriptor, Int32(SHUT_WR)) }

  static func shutDown(_ descriptor: Int32) { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// `127.0.0.1:51234`, `[::1]:51234`, `unix`.
  private static func describe(_ address: inout sockaddr_storage, _ size: socklen_t) -> String {
    if Int32(address.ss_family) == AF_UNIX { return "unix" }
    var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
    // SAFETY: getnameinfo reads `size` bytes and writes at most the given counts, with a NUL.
    let code = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe getnameinfo(
          generic, size, &host, socklen_t(host.count), &port, socklen_t(port.count),
          NI_NUMERICHOST | NI_NUMERICSERV)
      }
    }
    guard code == 0 else { return "unknown" }
    let name = text(host)
    return name.contains(":") ? "[\(name)]:\(text(port))" : "\(name):\(text(port))"
  }

  static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
