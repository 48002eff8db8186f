/// A suspended task that waits for one value. Checked continuations cost an allocation a call.
///
/// SAFETY: whoever holds a waiter takes it out of its only place before resuming, so that it is resumed once; a
/// holder never drops it unresumed.
@safe struct Waiter<Value: Sendable>: Sendable {
  private let continuation: UnsafeContinuation<Value, Never>

  /// Suspends the calling task until the waiter that `body` gets is resumed.
  @inline(__always)
  static func suspend(_ body: (Waiter) -> Void) async -> Value {
    unsafe await withUnsafeContinuation { continuation in body(unsafe Waiter(continuation: continuation)) }
  }

  func resume(_ value: sending Value) { unsafe continuation.resume(returning: value) }
}
