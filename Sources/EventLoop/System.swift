internal import CLinux
internal import Glibc

/// A system call that failed.
package struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The call's name: `bind`.
  package let call: String
  /// The value of `errno`.
  package let code: Int32

  package init(call: String, code: Int32) {
    self.call = call
    self.code = code
  }

  /// `bind: Address already in use (98)`
  package var description: String { "\(call): \(System.message(code)) (\(code))" }
}

/// The system calls that the project makes, each in one place, with `errno` read before anything can change it.
package enum System {
  /// Repeats `body` while a signal interrupts it.
  @discardableResult
  static func check(_ call: String, _ body: () -> Int32) throws(SystemError) -> Int32 {
    while true {
      let result = body()
      if result >= 0 { return result }
      let code = errno
      if code != EINTR { throw SystemError(call: call, code: code) }
    }
  }

  /// Has the kernel send this process `signal` when the thread that started it ends, even by SIGKILL.
  package static func signalAtParentsEnd(_ signal: Int32) { _ = clinux_signal_at_parents_end(signal) }

  /// The system's text for an `errno` value.
  package static func message(_ code: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    // SAFETY: the XSI strerror_r writes at most `count` bytes, with a NUL.
    guard unsafe strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  package static func currentThread() -> UInt { UInt(pthread_self()) }

  package static func close(_ descriptor: Int32) {
    let result = Glibc.close(descriptor)
    // Another thread may have got the number since: the next time this would close what is its.
    assert(result == 0 || errno != EBADF, "a descriptor was closed twice")
  }

  /// Writes all of `bytes`; gives up at the first error, since there is mostly nobody to tell.
  ///
  /// - Returns: whether all were written.
  @discardableResult
  package static func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
    // SAFETY: the kernel reads at most the bytes that are left of the array.
    unsafe bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let count = unsafe write(
          descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
        if count < 0, errno == EINTR { continue }
        if count <= 0 { return false }
        written += count
      }
      return true
    }
  }

  /// The start of a small file as text; nil when it cannot be read.
  package static func readFile(_ path: String, atMost limit: Int) -> String? {
    // SAFETY: the path is a NUL-terminated copy for the time of the call.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: limit)
    // SAFETY: the kernel writes at most `count` bytes of the array.
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  /// Lets the process have as many descriptors as it may; a connection costs one or two.
  package static func raiseDescriptorLimit() {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  // MARK: epoll and eventfd

  static func epollCreate() throws(SystemError) -> Int32 {
    try check("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) }
  }

  static func eventDescriptor() throws(SystemError) -> Int32 {
    try check("eventfd") { eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC)) }
  }

  static func epollAdd(_ poll: Int32, _ descriptor: Int32, events: UInt32, data: UInt64) throws(SystemError) {
    try control(poll, EPOLL_CTL_ADD, descriptor, events, data)
  }

  static func epollModify(
    _ poll: Int32, _ descriptor: Int32, events: UInt32, data: UInt64
  ) throws(SystemError) {
    try control(poll, EPOLL_CTL_MOD, descriptor, events, data)
  }

  static func epollRemove(_ poll: Int32, _ descriptor: Int32) {
    // SAFETY: the kernel ignores the event of a removal; it wants a valid address only.
    var event = unsafe epoll_event()
    _ = unsafe epoll_ctl(poll, EPOLL_CTL_DEL, descriptor, &event)
  }

  private static func control(
    _ poll: Int32, _ operation: Int32, _ descriptor: Int32, _ events: UInt32, _ data: UInt64
  ) throws(SystemError) {
    // SAFETY: a plain C structure on the stack; its union member is written before the kernel reads it.
    var event = unsafe epoll_event()
    unsafe event.events = events
    unsafe event.data.u64 = data
    guard unsafe epoll_ctl(poll, operation, descriptor, &event) == 0 else {
      throw SystemError(call: "epoll_ctl", code: errno)
    }
  }

  /// Makes an eventfd readable.
  static func signal(_ descriptor: Int32) { _ = eventfd_write(descriptor, 1) }

  /// Makes an eventfd not readable.
  static func drain(_ descriptor: Int32) {
    var count: eventfd_t = 0
    // SAFETY: writes one counter, on our stack.
    _ = unsafe eventfd_read(descriptor, &count)
  }

  /// Where the kernel puts events.
  ///
  /// SAFETY: `storage` is allocated once with `capacity` and freed in `deinit`; `wait` fills at most that many.
  @safe final class EventBuffer {
    private let storage: UnsafeMutableBufferPointer<epoll_event>

    init(capacity: Int) {
      unsafe storage = .allocate(capacity: capacity)
      unsafe storage.initialize(repeating: epoll_event())
    }

    deinit { unsafe storage.deallocate() }

    /// Waits, in whole milliseconds rounded up; returns how many events came, 0 also when interrupted.
    func wait(_ poll: Int32, nanoseconds: UInt64?) -> Int {
      let milliseconds = nanoseconds.map { Int32(clamping: ($0 &+ 999_999) / 1_000_000) } ?? -1
      let count = unsafe epoll_wait(poll, storage.baseAddress, Int32(storage.count), milliseconds)
      return max(0, Int(count))
    }

    subscript(position: Int) -> (events: UInt32, data: UInt64) {
      unsafe (storage[position].events, storage[position].data.u64)
    }
  }
}
