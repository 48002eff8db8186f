internal import CLinux
internal import Glibc

/// Delivers process signals on a loop, as events instead of handlers.
///
/// Block the signals with `SignalSource.block` before the first thread starts, so that no thread dies of them.
package final class SignalSource: DescriptorHandler {
  private let descriptor: Int32
  private let onSignal: (Int32) -> Void

  package static let terminate = SIGTERM
  package static let interrupt = SIGINT
  package static let hangUp = SIGHUP

  /// Blocks `signals` in this thread and all that it starts, and ignores SIGPIPE.
  package static func block(_ signals: [Int32]) {
    _ = Glibc.signal(SIGPIPE, SIG_IGN)
    var set = Self.set(of: signals)
    // SAFETY: reads the set on our stack during the call only.
    _ = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Calls `onSignal` on the loop's thread. Set up before the loop starts.
  ///
  /// - Throws: `SystemError` when the descriptor cannot be made.
  package init(_ signals: [Int32], on loop: EventLoop, onSignal: @escaping (Int32) -> Void)
    throws(SystemError)
  {
    var set = Self.set(of: signals)
    // SAFETY: the kernel copies the set.
    let descriptor = unsafe signalfd(-1, &set, Int32(SFD_NONBLOCK | SFD_CLOEXEC))
    guard descriptor >= 0 else { throw SystemError(call: "signalfd", code: errno) }
    self.descriptor = descriptor
    self.onSignal = onSignal
    try loop.watch(descriptor, for: .readable, handler: self)
  }

  deinit { System.close(descriptor) }

  package func descriptorReady(_ descriptor: Int32, events: ReadyEvents) {
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    // SAFETY: at most `size` bytes are written, into a structure of that size.
    while unsafe read(descriptor, &info, size) == size { onSignal(Int32(info.ssi_signo)) }
  }

  private static func set(of signals: [Int32]) -> sigset_t {
    var set = sigset_t()
    // SAFETY: the set lives on our stack; sigaddset refuses numbers that are no signals.
    unsafe sigemptyset(&set)
    for signal in signals { unsafe sigaddset(&set, signal) }
    return set
  }
}
