internal import Glibc

extension EventLoop {
  /// Runs the loop on a thread of its own.
  ///
  /// - Throws: `SystemError` when no thread can be made.
  package func start() throws(SystemError) {
    // SAFETY: the retain is balanced by `loopThreadEntry`, which takes it over on the new thread.
    let context = unsafe Unmanaged.passRetained(self)
    var handle = pthread_t()
    let code = unsafe pthread_create(&handle, nil, loopThreadEntry, context.toOpaque())
    guard code == 0 else {
      unsafe context.release()
      throw SystemError(call: "pthread_create", code: code)
    }
    started = UInt(handle)
  }

  /// Lets the thread of `start` end by itself when the loop is stopped; instead of `join`.
  package func detach() {
    guard let handle = started else { return }
    started = nil
    _ = pthread_detach(pthread_t(handle))
  }

  /// Waits until the thread of `start` has returned; call it after `stop`, from another thread.
  package func join() {
    guard let handle = started else { return }
    started = nil
    _ = pthread_join(pthread_t(handle), nil)
  }
}

/// The thread's entry. A function, not a closure: a closure at this place would inherit an isolation.
private nonisolated func loopThreadEntry(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  // SAFETY: `context` is the loop; this takes over the retain that `start` made.
  guard let context = unsafe context else { return nil }
  let loop = unsafe Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue()
  loop.run()
  return nil
}
