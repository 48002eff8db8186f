/// A checked view of bytes that somebody else owns: the JSON text or the wire of one call.
///
/// Not `Span`: a struct of ours cannot hold one without experimental lifetimes.
///
/// SAFETY: made only inside `withUnsafeBufferPointer` and dropped before it returns; every access is checked
/// against `count`.
@safe struct ByteView {
  private let base: UnsafePointer<UInt8>
  let count: Int

  /// One zero byte, so that an empty view has an address too.
  private static let nothing = FrozenTable<UInt8>([0])

  init(_ buffer: UnsafeBufferPointer<UInt8>) {
    if let start = buffer.baseAddress {
      unsafe base = start
      count = buffer.count
    } else {
      // SAFETY: the table is never freed; none of its bytes is ever read, `count` being 0.
      unsafe base = ByteView.nothing.start
      count = 0
    }
  }

  @inline(__always)
  subscript(index: Int) -> UInt8 {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
    return unsafe base[index]
  }

  /// Eight bytes from `index` on, the first in the low bits. They must all lie in the view.
  @inline(__always)
  func word(at index: Int) -> UInt64 {
    precondition(index >= 0 && index &+ 8 <= count)
    // SAFETY: the range was checked; unaligned loads are allowed for integers.
    return unsafe UInt64(
      littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
  }

  @inline(__always)
  func word32(at index: Int) -> UInt32 {
    precondition(index >= 0 && index &+ 4 <= count)
    // SAFETY: as in `word(at:)`.
    return unsafe UInt32(
      littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt32.self))
  }

  /// The first byte in `start..<end` that a JSON string cannot pass over at a glance: quote, backslash, control,
  /// not ASCII; `end` when there is none. The loop that the speed of texts hangs on.
  func firstStop(from start: Int, to end: Int) -> Int {
    precondition(start >= 0 && start <= end && end <= count)
    // SAFETY: all loads lie within `start..<end`, which was checked.
    let bytes = unsafe UnsafeRawPointer(base)
    var index = start
    while index &+ 16 <= end {
      let low = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      let high = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index &+ 8, as: UInt64.self))
      if JSONString.stops(low) | JSONString.stops(high) != 0 {
        return index &+ JSONString.firstStop(low, high)
      }
      index &+= 16
    }
    if index &+ 8 <= end {
      let stops = JSONString.stops(
        unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
      if stops != 0 { return index &+ stops.trailingZeroBitCount >> 3 }
      index &+= 8
    }
    while index < end {
      if JSONString.isStop(unsafe base[index]) { return index }
      index &+= 1
    }
    return end
  }

  /// As `firstStop`, and copies what is passed over. The other loop that the speed of texts hangs on.
  ///
  /// SAFETY: `target` has room for the range and sixteen bytes more.
  @unsafe func copyPlain(from start: Int, to end: Int, into target: UnsafeMutableRawPointer) -> Int {
    precondition(start >= 0 && start <= end && end <= count)
    let bytes = unsafe UnsafeRawPointer(base)
    var index = start
    while index &+ 16 <= count {
      // SAFETY: both words lie within the view, whose size was looked at.
      let low = unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let high = unsafe bytes.loadUnaligned(fromByteOffset: index &+ 8, as: UInt64.self)
      unsafe target.storeBytes(of: low, toByteOffset: index &- start, as: UInt64.self)
      unsafe target.storeBytes(of: high, toByteOffset: index &- start &+ 8, as: UInt64.self)
      let plain = JSONString.firstStop(UInt64(littleEndian: low), UInt64(littleEndian: high))
      index &+= plain
      if index >= end { return end }
      if plain < 16 { return index }
    }
    while index < end, unsafe !JSONString.isStop(base[index]) {
      unsafe target.storeBytes(of: base[index], toByteOffset: index &- start, as: UInt8.self)
      index &+= 1
    }
    return index
  }

  /// The first backslash in `start..<end`; `end` when there is none.
  func firstBackslash(from start: Int, to end: Int) -> Int {
    var index = start
    while index &+ 8 <= end {
      let found = word(at: index) ^ 0x5C5C_5C5C_5C5C_5C5C
      let stops = (found &- 0x0101_0101_0101_0101) & ~found & 0x8080_8080_8080_8080
      if stops != 0 { return index &+ stops.trailingZeroBitCount >> 3 }
      index &+= 8
    }
    while index < end, self[index] != UInt8(ascii: "\\") { index &+= 1 }
    return index
  }

  /// The bytes of a range, for a copy.
  @inline(__always)
  func slice(_ start: Int, _ end: Int) -> UnsafeBufferPointer<UInt8> {
    precondition(start >= 0 && start <= end && end <= count)
    return unsafe UnsafeBufferPointer(start: base + start, count: end &- start)
  }

  /// Appends a range to an array.
  func copy(from start: Int, to end: Int, into output: inout [UInt8]) {
    unsafe output.append(contentsOf: slice(start, end))
  }

  /// A range as text; bytes that are not UTF-8 become U+FFFD.
  func string(from start: Int, to end: Int) -> String {
    unsafe String(decoding: slice(start, end), as: UTF8.self)
  }

  /// Whether `bytes[start..<end]` are the ASCII characters of `text`.
  func equals(_ start: Int, _ end: Int, _ text: StaticString) -> Bool {
    guard end - start == text.utf8CodeUnitCount, end <= count else { return false }
    for i in 0..<(end - start) where unsafe text.utf8Start[i] != self[start + i] { return false }
    return true
  }
}

extension [UInt8] {
  /// Calls `body` with a view of the array.
  @inline(__always)
  borrowing func withView<Result, Failure: Error>(
    _ body: (ByteView) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // SAFETY: the array is borrowed as long as the view lives.
    try unsafe withUnsafeBufferPointer { (buffer) throws(Failure) in try body(unsafe ByteView(buffer)) }
  }
}
