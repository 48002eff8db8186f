/// Lengths in front of nested messages, packed lists and unescaped strings, without a second pass over the
/// input and without moving what is written.
///
/// While writing, the sink holds the wire *without* these lengths; each is noted with the place where it
/// belongs. A length counts the prefixes inside it, so that it is known when its value ends. At the end the
/// pieces are copied to the caller's array with the prefixes between them: one linear copy, which has to be
/// made anyway to leave the reused buffer.
struct LengthPrefixes: ~Copyable {
  struct Prefix: BitwiseCopyable {
    /// In the sink, of the first byte that is counted.
    var position: Int
    /// While open: `prefixBytes` at the start.
    var length: Int
  }

  /// Bytes of all prefixes whose value has ended.
  private(set) var prefixBytes = 0

  /// A value of unknown length begins. The prefixes begin in the order of their positions.
  @inline(__always)
  func begin(_ prefixes: inout Stack<Prefix>, at position: Int) -> Int {
    prefixes.append(Prefix(position: position, length: prefixBytes))
    return prefixes.count &- 1
  }

  @inline(__always)
  mutating func end(_ index: Int, _ prefixes: inout Stack<Prefix>, at position: Int) {
    let prefix = prefixes[index]
    let length = position &- prefix.position &+ prefixBytes &- prefix.length
    prefixes[index].length = length
    prefixBytes &+= LengthPrefixes.varintSize(UInt64(length))
  }

  /// Forgets a value that has begun, with no value inside it.
  func cancel(_ index: Int, _ prefixes: inout Stack<Prefix>) { prefixes.truncate(to: index) }

  @inline(__always)
  static func varintSize(_ value: UInt64) -> Int {
    (64 &- (value | 1).leadingZeroBitCount &+ 6) / 7
  }

  /// Appends the finished wire to `output`; gathers the pieces in `gathered` first, which has them at hand faster than
  /// an array.
  borrowing func finish(
    _ sink: borrowing ByteSink, _ prefixes: borrowing Stack<Prefix>, _ gathered: inout ByteSink,
    _ output: inout [UInt8]
  ) {
    if prefixes.count == 0 { return sink.copy(to: &output) }
    gathered.removeAll()
    sink.withView { bytes in
      gathered.reserve(bytes.count + prefixBytes)
      var copied = 0
      for i in 0..<prefixes.count {
        let prefix = prefixes[i]
        gathered.append(bytes, from: copied, to: prefix.position)
        copied = prefix.position
        gathered.appendVarint(UInt64(truncatingIfNeeded: prefix.length))
      }
      gathered.append(bytes, from: copied, to: bytes.count)
    }
    gathered.copy(to: &output)
  }
}
