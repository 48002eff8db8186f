internal import CCyclone

/// Hears of a reader or writer, on Cyclone's thread, or on a thread of this process that writes.
///
/// Implementations copy, look up and wake: they never write, block, or make or close endpoints.
protocol EndpointListener: AnyObject, Sendable {
  /// A sample has come, which lives as long as the call.
  ///
  /// - Parameters:
  ///   - writer: as `Peer.handle`.
  ///   - related: the sample that it answers, when its inline QoS says so.
  func received(_ sample: Span<UInt8>, from writer: UInt64, related: SampleIdentity?)
  /// Peers have come or gone.
  func matchingChanged()
  /// A peer with the right topic and type asks for, or offers, another QoS.
  func incompatible(policy: UInt32)
}

/// Keeps a listener alive for the library.
///
/// SAFETY: made with one retain, which `release` takes back, once, after the deletion of the endpoint has returned:
/// from then on the library calls no more (ccyclone.h).
@safe struct ListenerReference: Sendable {
  private final class Box: Sendable {
    let listener: any EndpointListener
    init(_ listener: any EndpointListener) { self.listener = listener }
  }

  private let context: Unmanaged<Box>

  init(_ listener: any EndpointListener) { unsafe context = .passRetained(Box(listener)) }

  func release() { unsafe context.release() }

  var callbacks: ccyclone_callbacks {
    unsafe ccyclone_callbacks(
      context: context.toOpaque(),
      sample: { context, bytes, count, writer, related in
        // SAFETY: the library gives `count` bytes, and an identity or NULL, that live as long as this call.
        let sample = unsafe UnsafeBufferPointer(start: bytes, count: count)
        let identity = unsafe related.map { unsafe SampleIdentity($0.pointee) }
        unsafe ListenerReference.listener(context)?.received(
          sample.span, from: writer, related: identity)
      },
      matched: { context in unsafe ListenerReference.listener(context)?.matchingChanged() },
      incompatible: { context, policy in
        unsafe ListenerReference.listener(context)?.incompatible(policy: policy)
      })
  }

  private static func listener(_ context: UnsafeMutableRawPointer?) -> (any EndpointListener)? {
    guard let context = unsafe context else { return nil }
    return unsafe Unmanaged<Box>.fromOpaque(context).takeUnretainedValue().listener
  }
}
