/// Buffers that one loop reuses for every translation. Not thread-safe: one per loop.
package final class TranscodingScratch {
  /// Most bytes that stay between translations; what one huge message needed is given back after it.
  static let retainedBytes = 4 << 20

  /// Nil while a translation has them, and after a huge one.
  private var buffers: TranscodingBuffers? = TranscodingBuffers()

  /// Most ignored members of one request that are named to the client.
  static let namedIgnored = 16

  /// Where the names of members stand that the last translation ignored (`unknown_fields: ignore`).
  private var ignored: [Int] = []

  package init() {}

  /// Pointers to the members of `body` that the last translation ignored, `namedIgnored` at most.
  package func ignoredMembers(of body: [UInt8]) -> [String] {
    if ignored.isEmpty { return [] }
    return body.withView { text in
      ignored.map { JSONPath(to: $0, in: text, limits: TranscodingLimits()).pointer }
    }
  }

  /// Hands the buffers out, empty. A translation inside a translation gets new ones.
  func take() -> TranscodingBuffers {
    var taken = buffers.take() ?? TranscodingBuffers()
    taken.removeAll()
    if !ignored.isEmpty { ignored.removeAll() }
    return taken
  }

  func giveBack(_ used: consuming TranscodingBuffers) {
    for index in 0..<min(used.ignored.count, Self.namedIgnored) { ignored.append(used.ignored[index]) }
    buffers = used.byteCount <= TranscodingScratch.retainedBytes ? consume used : nil
  }
}

/// What a translation needs besides its input: all of it grows as needed.
struct TranscodingBuffers: ~Copyable {
  /// The scanned request body.
  var tape = Stack<JSONToken>(capacity: 256)
  /// What is written, before it is appended to the caller's array.
  var sink = ByteSink()
  /// For texts that must be unescaped before they can be read.
  var spare = ByteSink(capacity: 256)
  /// Length prefixes of the wire that is written.
  var lengths = Stack<LengthPrefixes.Prefix>()
  /// One bit for each field of the records that are being read, as a stack.
  var seen = Stack<UInt64>()
  /// The fields found in the wire of the records that are being read, as a stack.
  var occurrences = Stack<ProtobufOccurrence>(capacity: 256)
  /// Where the members' values of the records that are being written come from, as a stack.
  var sources = Stack<MessageSource>()
  var keys = DuplicateKeys()
  /// Offsets of the names of members that were ignored.
  var ignored = Stack<Int>(capacity: 16)

  /// What all of them hold on to.
  var byteCount: Int {
    tape.byteCount + sink.byteCount + spare.byteCount + lengths.byteCount + seen.byteCount
      + occurrences.byteCount + sources.byteCount + keys.byteCount + ignored.byteCount
  }

  mutating func removeAll() {
    tape.removeAll()
    sink.removeAll()
    spare.removeAll()
    lengths.removeAll()
    seen.removeAll()
    occurrences.removeAll()
    sources.removeAll()
    keys.removeAll()
    ignored.removeAll()
  }
}
