/// Where a program writes: a growable block of bytes that keeps its memory between calls.
///
/// Every write makes room first, always `ByteSink.slack` bytes more than asked for, so that short runs may be
/// stored as whole words and cut to size afterwards.
///
/// SAFETY: owns its memory; every write is preceded by `reserve`, every read is checked against `count`.
@safe struct ByteSink: ~Copyable {
  static let slack = 32

  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count: Int = 0

  init(capacity: Int = 4096) {
    self.capacity = capacity + ByteSink.slack
    unsafe base = .allocate(capacity: self.capacity)
  }

  deinit { unsafe base.deallocate() }

  var byteCount: Int { capacity }

  @inline(__always)
  subscript(index: Int) -> UInt8 {
    get {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      return unsafe base[index]
    }
    set {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      unsafe base[index] = newValue
    }
  }

  /// Makes room for `size` bytes and the slack.
  @inline(__always)
  mutating func reserve(_ size: Int) {
    if count &+ size &+ ByteSink.slack > capacity { grow(by: size) }
  }

  @inline(never)
  private mutating func grow(by size: Int) {
    let newCapacity = max(capacity * 2, count + size + ByteSink.slack)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: newCapacity)
    unsafe larger.update(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = larger
    capacity = newCapacity
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    reserve(1)
    unsafe base[count] = byte
    count &+= 1
  }

  /// The low `length` (0…8) bytes of `word`, lowest first.
  @inline(__always)
  mutating func append(word: UInt64, length: Int) {
    reserve(8)
    // SAFETY: the slack covers the eight bytes.
    unsafe UnsafeMutableRawPointer(base + count).storeBytes(of: word.littleEndian, as: UInt64.self)
    count &+= length & 15
  }

  mutating func append(_ text: StaticString) {
    unsafe append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  @inline(__always)
  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    reserve(bytes.count)
    if let source = bytes.baseAddress {
      unsafe (base + count).update(from: source, count: bytes.count)
      count &+= bytes.count
    }
  }

  /// Copies `view[start..<end]` up to the first byte that a JSON string cannot have as it is, or that is not ASCII.
  /// Returns where that is; `end` when there is none.
  mutating func appendPlain(_ view: ByteView, from start: Int, to end: Int) -> Int {
    reserve(end &- start)
    // SAFETY: there is room for the run, and the slack for what goes beyond it.
    let stop = unsafe view.copyPlain(from: start, to: end, into: UnsafeMutableRawPointer(base + count))
    count &+= stop &- start
    return stop
  }

  /// Short runs as two words, if they may be read: most names and texts are short.
  @inline(__always)
  mutating func append(_ view: ByteView, from start: Int, to end: Int) {
    if end &- start <= 16, end >= start, start >= 0, start &+ 16 <= view.count {
      reserve(16)
      let target = unsafe UnsafeMutableRawPointer(base + count)
      // SAFETY: the slack covers the sixteen bytes.
      unsafe target.storeBytes(of: view.word(at: start).littleEndian, as: UInt64.self)
      unsafe target.storeBytes(of: view.word(at: start &+ 8).littleEndian, toByteOffset: 8, as: UInt64.self)
      count &+= end &- start
      return
    }
    // SAFETY: the slice is checked and used at once.
    unsafe append(view.slice(start, end))
  }

  /// Copies words: for the short names of a frozen table, whose padding allows it.
  @inline(__always)
  mutating func append(_ table: TableView<UInt8>, from start: Int32, count length: Int32) {
    let bytes = unsafe table.slice(start, count: length)
    guard let source = unsafe UnsafeRawPointer(bytes.baseAddress) else { return }
    reserve(bytes.count)
    let target = unsafe UnsafeMutableRawPointer(base + count)
    // SAFETY: sixteen bytes lie within the padding of the table and the slack of the sink.
    unsafe target.copyMemory(from: source, byteCount: 16)
    if bytes.count > 16 { unsafe target.copyMemory(from: source, byteCount: bytes.count) }
    count &+= bytes.count
  }

  /// Protobuf's base-128 form.
  @inline(__always)
  mutating func appendVarint(_ value: UInt64) {
    reserve(10)
    var rest = value
    var end = count
    while rest >= 0x80 {
      unsafe base[end] = UInt8(truncatingIfNeeded: rest) | 0x80
      end &+= 1
      rest >>= 7
    }
    unsafe base[end] = UInt8(truncatingIfNeeded: rest)
    count = end &+ 1
  }

  /// Puts a byte before the last ones, of which there are at most 24.
  @inline(__always)
  mutating func insert(_ byte: UInt8, at index: Int) {
    precondition(index >= 0 && index <= count && count &- index <= 24)
    reserve(1)
    // SAFETY: all 25 bytes lie within the slack behind `count`.
    let place = unsafe UnsafeMutableRawPointer(base + index)
    let words = unsafe (
      place.loadUnaligned(as: UInt64.self), place.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
      place.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
    )
    unsafe base[index] = byte
    unsafe place.storeBytes(of: words.0, toByteOffset: 1, as: UInt64.self)
    unsafe place.storeBytes(of: words.1, toByteOffset: 9, as: UInt64.self)
    unsafe place.storeBytes(of: words.2, toByteOffset: 17, as: UInt64.self)
    count &+= 1
  }

  /// Replaces four bytes that have been written, the lowest first.
  @inline(__always)
  mutating func store(_ word: UInt32, at index: Int) {
    precondition(index >= 0 && index &+ 4 <= count)
    // SAFETY: the range was checked; unaligned stores are allowed for integers.
    unsafe UnsafeMutableRawPointer(base + index).storeBytes(of: word.littleEndian, as: UInt32.self)
  }

  @inline(__always)
  mutating func truncate(to newCount: Int) {
    precondition(newCount >= 0 && newCount <= count)
    count = newCount
  }

  mutating func removeAll() { count = 0 }

  /// Appends a copy of bytes that this sink already holds.
  mutating func appendOwn(_ start: Int, count length: Int) {
    precondition(start >= 0 && length >= 0 && start + length <= count)
    reserve(length)
    unsafe (base + count).update(from: base + start, count: length)
    count += length
  }

  /// Copies what has been written to the end of `output`.
  borrowing func copy(to output: inout [UInt8]) {
    unsafe output.append(contentsOf: UnsafeBufferPointer(start: base, count: count))
  }

  /// Calls `body` with a view of what has been written.
  @inline(__always)
  borrowing func withView<Result, Failure: Error>(
    _ body: (ByteView) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // SAFETY: the block neither moves nor goes while it is borrowed.
    try body(unsafe ByteView(UnsafeBufferPointer(start: base, count: count)))
  }
}
