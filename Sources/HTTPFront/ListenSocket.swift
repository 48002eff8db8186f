internal import CLinux
internal import EventLoop
package import GatewayCore
internal import Glibc

/// A bound socket that listens. Closing it removes the file of a Unix socket.
package final class ListenSocket: Sendable {
  package let descriptor: Int32
  /// With the port that the system chose, where the configuration said 0.
  package let address: ListenAddress

  private init(descriptor: Int32, address: ListenAddress) {
    self.descriptor = descriptor
    self.address = address
  }

  /// Connections that the kernel keeps for us before they are accepted.
  static let backlog: Int32 = 1024

  /// - Throws: `ListenError`, which says what to do.
  package static func open(_ address: ListenAddress) throws(ListenError) -> [ListenSocket] {
    switch address.endpoint {
    case .tcp(let host, let port): try openTCP(host, port, address)
    case .unix(let socket): [try openUnix(socket, address)]
    }
  }

  package func close() {
    // SAFETY: the path is a NUL-terminated copy for the time of the call.
    System.close(descriptor)
    if case .unix(let socket) = address.endpoint { _ = unsafe unlink(socket.path) }
  }

  // MARK: TCP

  private static func openTCP(
    _ host: String, _ port: UInt16, _ address: ListenAddress
  ) throws(ListenError) -> [ListenSocket] {
    // SAFETY: a plain C structure whose pointers stay null.
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    var found: UnsafeMutablePointer<addrinfo>? = nil
    // SAFETY: on success `found` is a list that freeaddrinfo frees, after the loop below has read it.
    let code = unsafe getaddrinfo(host, "\(port)", &hints, &found)
    guard code == 0 else {
      throw ListenError(address, "cannot resolve '\(host)': \(unsafe String(cString: gai_strerror(code)))")
    }
    defer { unsafe freeaddrinfo(found) }
    var sockets: [ListenSocket] = []
    var entry = unsafe found
    while let info = unsafe entry {
      unsafe entry = info.pointee.ai_next
      do throws(ListenError) {
        sockets.append(try unsafe bindTCP(info.pointee, host, port, address))
      } catch {
        for socket in sockets { socket.close() }
        throw error
      }
      // A chosen port is only the first family's; a second one would get another.
      if port == 0 { break }
    }
    return sockets
  }

  /// SAFETY: `info` comes from getaddrinfo; its address stays valid while the caller holds the list.
  private static func bindTCP(
    _ info: addrinfo, _ host: String, _ port: UInt16, _ address: ListenAddress
  ) throws(ListenError) -> ListenSocket {
    let flags = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = unsafe socket(info.ai_family, flags, 0)
    guard descriptor >= 0 else { throw ListenError(address, "socket", errno) }
    // SAFETY: both options are one Int32; the address comes from getaddrinfo, see above.
    var one: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, size)
    if unsafe info.ai_family == AF_INET6 {
      _ = unsafe setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &one, size)
    }
    guard unsafe bind(descriptor, info.ai_addr, info.ai_addrlen) == 0 else {
      let code = errno
      System.close(descriptor)
      throw ListenError(address, "bind", code)
    }
    guard listen(descriptor, backlog) == 0 else {
      let code = errno
      System.close(descriptor)
      throw ListenError(address, "listen", code)
    }
    let bound = port == 0 ? boundPort(descriptor) : port
    return ListenSocket(
      descriptor: descriptor, address: ListenAddress(.tcp(host: host, port: bound), at: address.location))
  }

  private static func boundPort(_ descriptor: Int32) -> UInt16 {
    var address = sockaddr_in6()
    var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    // SAFETY: the kernel writes at most `size` bytes; sin_port and sin6_port stand at the same offset.
    let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(descriptor, $0, &size)
      }
    }
    return code == 0 ? UInt16(bigEndian: address.sin6_port) : 0
  }

  // MARK: Unix

  private static func openUnix(
    _ socket: ListenAddress.UnixSocket, _ address: ListenAddress
  ) throws(ListenError) -> ListenSocket {
    guard var name = UnixAddress(path: socket.path) else {
      throw ListenError(address, "the path is longer than \(UnixAddress.longestPath) bytes")
    }
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = Glibc.socket(AF_UNIX, kind, 0)
    guard descriptor >= 0 else { throw ListenError(address, "socket", errno) }
    do throws(ListenError) {
      try removeStale(&name, socket.path, address)
      // Nobody may connect before mode and owner are right: bound without any permission, opened up after.
      let mask = umask(0o777)
      let code = name.bind(descriptor)
      umask(mask)
      guard code == 0 else { throw ListenError(address, "bind", code) }
      try setOwner(socket, address)
      // SAFETY: the path is a NUL-terminated copy for the time of the call.
      guard unsafe chmod(socket.path, socket.mode) == 0 else { throw ListenError(address, "chmod", errno) }
      guard listen(descriptor, backlog) == 0 else { throw ListenError(address, "listen", errno) }
    } catch {
      System.close(descriptor)
      throw error
    }
    return ListenSocket(descriptor: descriptor, address: address)
  }

  /// Removes a socket file that nobody listens on. A live one, or a file that is no socket, is left alone.
  private static func removeStale(
    _ name: inout UnixAddress, _ path: String, _ address: ListenAddress
  ) throws(ListenError) {
    // SAFETY: the kernel writes one stat; paths are NUL-terminated copies for the time of the calls.
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw ListenError(address, "there is already a file that is not a socket")
    }
    let probe = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard probe >= 0 else { throw ListenError(address, "socket", errno) }
    defer { System.close(probe) }
    if name.connect(probe) == ECONNREFUSED {
      // SAFETY: as above.
      _ = unsafe unlink(path)
    } else {
      throw ListenError(address, "bind", EADDRINUSE)
    }
  }

  private static func setOwner(
    _ socket: ListenAddress.UnixSocket, _ address: ListenAddress
  ) throws(ListenError) {
    // SAFETY: getpwnam and getgrnam return null or one entry that stays until their next call, which comes
    // after it was read; nothing else asks while the process starts.
    var user = uid_t.max
    var group = gid_t.max
    if let name = socket.user {
      guard let id = uid_t(name) ?? (unsafe getpwnam(name)?.pointee.pw_uid) else {
        throw ListenError(address, "there is no user '\(name)'")
      }
      user = id
    }
    if let name = socket.group {
      // SAFETY: as for the user.
      guard let id = gid_t(name) ?? (unsafe getgrnam(name)?.pointee.gr_gid) else {
        throw ListenError(address, "there is no group '\(name)'")
      }
      group = id
    }
    if user == .max, group == .max { return }
    // SAFETY: the path is a NUL-terminated copy for the time of the call.
    guard unsafe chown(socket.path, user, group) == 0 else { throw ListenError(address, "chown", errno) }
  }
}

/// A listener that cannot be opened, in words for the person who configured it.
package struct ListenError: Error, Sendable, CustomStringConvertible {
  package let address: ListenAddress
  package let reason: String
  package let resolution: String?

  init(_ address: ListenAddress, _ reason: String) {
    self.address = address
    self.reason = reason
    resolution = nil
  }

  init(_ address: ListenAddress, _ call: String, _ code: Int32) {
    self.address = address
    reason = "\(System.message(code)) (\(call))"
    resolution =
      switch code {
      case EADDRINUSE: "another process listens there; stop it or choose another address"
      case EACCES: "the user that runs drawbridge may not; ports below 1024 need CAP_NET_BIND_SERVICE"
      case EADDRNOTAVAIL: "no interface of this machine has that address"
      default: nil
      }
  }

  package var description: String {
    "cannot listen on \(address): \(reason)" + (resolution.map { "; \($0)" } ?? "")
  }
}

/// A `sockaddr_un`.
private struct UnixAddress {
  static let longestPath = 107
  private var address = sockaddr_un()

  init?(path: String) {
    guard !path.isEmpty, path.utf8.count <= Self.longestPath else { return nil }
    address.sun_family = sa_family_t(AF_UNIX)
    // SAFETY: the path and its NUL fit, as checked above.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
  }

  /// 0 or the value of `errno`.
  mutating func bind(_ descriptor: Int32) -> Int32 {
    // SAFETY: both calls read one sockaddr_un.
    unsafe withGeneric { unsafe Glibc.bind(descriptor, $0, $1) }
  }

  mutating func connect(_ descriptor: Int32) -> Int32 {
    unsafe withGeneric { unsafe Glibc.connect(descriptor, $0, $1) }
  }

  private mutating func withGeneric(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    return result == 0 ? 0 : errno
  }
}
