internal import CSpawn
internal import Foundation
internal import Glibc

/// A program that a test has started, by posix_spawn(3).
///
/// Not by Foundation's `Process`: that one hears of a child's end by a socket, which children that other threads start at the
/// same moment inherit; it waits for the socket by `select`, which knows 1,024 descriptors; and its children inherit the signals
/// that the starting thread has blocked.
final class StartedProcess: @unchecked Sendable {
  // SAFETY: `isReaped` is touched only with `lock` held.
  let processID: pid_t
  /// The exit status, or the number of the signal that ended it.
  let ended = Event<Int32>()
  private let lock = NSLock()
  private var isReaped = false

  struct DidNotStart: Error {
    let program: String
    let code: Int32
  }

  /// What the child has as standard input, output and error output.
  struct Streams {
    var input: Int32
    var output: Int32
    var errors: Int32
  }

  /// The child has no other descriptors, and no signal is blocked or ignored.
  init(
    _ program: String, _ arguments: [String], environment: [String: String], folder: String? = nil,
    _ streams: Streams
  ) throws {
    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    // SAFETY: each copy is freed below; both lists end in nil.
    var argv = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
    var envp = unsafe variables.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
    defer { unsafe (argv + envp).forEach { unsafe free($0) } }
    var child = pid_t()
    let code = unsafe cspawn_start(
      &child, program, &argv, &envp, [streams.input, streams.output, streams.errors], folder)
    guard code == 0 else { throw DidNotStart(program: program, code: code) }
    processID = child
    Thread.detachNewThread { [self] in reap() }
  }

  /// Nothing once the process has ended.
  func signal(_ number: Int32) {
    lock.lock()
    defer { lock.unlock() }
    if !isReaped { send(number, to: processID) }
  }

  private func reap() {
    // Left as a zombie until no signal can be on its way: the kernel gives the number out again.
    var information = unsafe siginfo_t()
    while unsafe waitid(P_PID, id_t(processID), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
    lock.lock()
    var status: Int32 = 0
    while unsafe waitpid(processID, &status, 0) < 0, errno == EINTR {}
    isReaped = true
    lock.unlock()
    ended.set(status & 0x7f == 0 ? status >> 8 & 0xff : status & 0x7f)
  }
}

/// A pipe whose ends children get only when they are meant to.
struct ClosedPipe {
  let reading: Int32
  let writing: Int32

  struct OutOfDescriptors: Error {}

  init() throws {
    var ends: [Int32] = [0, 0]
    // SAFETY: the kernel writes two descriptors.
    guard unsafe cspawn_pipe(&ends) == 0 else { throw OutOfDescriptors() }
    (reading, writing) = (ends[0], ends[1])
  }
}
