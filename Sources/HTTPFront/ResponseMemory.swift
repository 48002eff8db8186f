/// Bytes that stay at one address until the library has sent them.
///
/// A Swift array promises no stable address outside a closure, and libmicrohttpd's own copy would be an
/// allocation per response; this buffer is one copy without an allocation, reused for every response of a
/// connection (8 kB: 0.1 µs).
///
/// SAFETY: `storage` is allocated here and freed in `deinit`; the library reads it only between `store` and
/// the end of the response, and a connection has one response at a time.
@safe final class ResponseMemory {
  private var storage: UnsafeMutableRawBufferPointer

  init() { unsafe storage = .allocate(byteCount: 0, alignment: 1) }

  deinit { unsafe storage.deallocate() }

  /// Larger buffers are not kept between responses.
  static let keptCapacity = 64 * 1024

  /// Copies `bytes` and returns where they stand.
  func store(_ bytes: [UInt8]) -> UnsafeMutableRawPointer? {
    if unsafe storage.count < bytes.count || storage.count > Self.keptCapacity {
      unsafe storage.deallocate()
      let size = max(bytes.count, 512)
      unsafe storage = .allocate(byteCount: size, alignment: 1)
    }
    unsafe storage.copyBytes(from: bytes)
    return unsafe storage.baseAddress
  }
}
