internal import Glibc

/// The demo's services, in a process of their own: `drawbridge demo --services`.
struct ServicesProcess {
  let processID: pid_t

  /// Longest wait for the services to listen, in tenths of a second.
  private static let patience = 100

  /// Starts this program again as the services, and waits until they listen.
  ///
  /// - Throws: `DemoError` when they do not start.
  static func start(port: UInt16, files: DemoFiles) throws(DemoError) -> ServicesProcess {
    // The child says that it listens by closing its end of a pipe.
    // SAFETY: the kernel writes two descriptors.
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { throw DemoError("pipe: error \(errno)") }
    _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
    defer { close(ends[0]) }
    let arguments = [
      "drawbridge", "demo", "--services", "--port", "\(port)", "--ready-descriptor", "\(ends[1])",
    ]
    // SAFETY: each copy is freed below; the list ends in nil, as posix_spawn wants.
    var copies: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { unsafe copies.forEach { unsafe free($0) } }
    var processID = pid_t()
    let code = unsafe posix_spawn(&processID, "/proc/self/exe", nil, nil, &copies, environ)
    close(ends[1])
    guard code == 0 else { throw DemoError("cannot start the services: error \(code)") }
    var poll = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
    // SAFETY: one pollfd, and below one byte.
    guard unsafe Glibc.poll(&poll, 1, Int32(patience * 100)) == 1 else {
      kill(processID, SIGTERM)
      throw DemoError("the services did not listen in time")
    }
    var byte: UInt8 = 0
    guard unsafe read(ends[0], &byte, 1) == 1 else {
      throw DemoError("the services ended before they listened")
    }
    return ServicesProcess(processID: processID)
  }

  /// Ends the services, if they still run, and waits for them.
  func stop() {
    kill(processID, SIGTERM)
    _ = waitpid(processID, nil, 0)
  }
}
