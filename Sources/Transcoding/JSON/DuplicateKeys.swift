/// Finds equal keys among those of one object, in O(n log n) whatever the keys are: a client chooses them.
///
/// The keys' canonical bytes stand one behind the other; objects inside objects use the same memory as a stack.
struct DuplicateKeys: ~Copyable {
  struct Span: BitwiseCopyable {
    var start: Int32
    var end: Int32
    /// What the caller knows the key by.
    var tag: Int32
  }

  private(set) var bytes = ByteSink(capacity: 512)
  private(set) var spans = Stack<Span>()

  /// Where an object's keys begin.
  struct Mark: BitwiseCopyable {
    var byte: Int
    var span: Int
  }

  var mark: Mark { Mark(byte: bytes.count, span: spans.count) }

  mutating func drop(to mark: Mark) {
    bytes.truncate(to: mark.byte)
    spans.truncate(to: mark.span)
  }

  var byteCount: Int { bytes.byteCount + spans.byteCount }

  mutating func removeAll() { drop(to: Mark(byte: 0, span: 0)) }

  /// Adds the key that `write` appends.
  @inline(__always)
  mutating func add(tag: Int32, _ write: (inout ByteSink) -> Void) {
    let start = bytes.count
    write(&bytes)
    spans.append(
      Span(
        start: Int32(truncatingIfNeeded: start), end: Int32(truncatingIfNeeded: bytes.count), tag: tag))
  }

  /// Adds the key that stands at the end of `sink`, from `start` on.
  mutating func add(tag: Int32, endOf sink: borrowing ByteSink, from start: Int) {
    sink.withView { view in add(tag: tag) { $0.append(view, from: start, to: view.count) } }
  }

  /// Sorts the keys since `mark`, equal ones by their tags.
  mutating func sort(since mark: Mark) {
    bytes.withView { view in
      spans.sortTop(from: mark.span) { first, second in
        let order = DuplicateKeys.compare(first, second, view)
        return order < 0 || order == 0 && first.tag < second.tag
      }
    }
  }

  /// Whether the key at `index` of the sorted spans is the one before it once more.
  func repeats(_ index: Int) -> Bool {
    bytes.withView { DuplicateKeys.compare(spans[index - 1], spans[index], $0) == 0 }
  }

  /// Of the keys since `mark` that repeat another one, the lowest tag. Sorts them.
  mutating func firstRepeated(since mark: Mark) -> Int32? {
    guard spans.count - mark.span > 1 else { return nil }
    sort(since: mark)
    var repeated: Int32?
    for i in (mark.span + 1)..<spans.count where repeats(i) {
      repeated = min(repeated ?? spans[i].tag, spans[i].tag)
    }
    return repeated
  }

  private static func compare(_ first: Span, _ second: Span, _ view: ByteView) -> Int {
    let length = Int(first.end - first.start)
    let otherLength = Int(second.end - second.start)
    if length != otherLength { return length - otherLength }
    var index = 0
    while index + 8 <= length {
      let a = view.word(at: Int(first.start) + index)
      let b = view.word(at: Int(second.start) + index)
      if a != b { return a < b ? -1 : 1 }
      index += 8
    }
    while index < length {
      let a = view[Int(first.start) + index]
      let b = view[Int(second.start) + index]
      if a != b { return Int(a) - Int(b) }
      index += 1
    }
    return 0
  }
}
