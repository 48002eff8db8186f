/// A growable array of plain values that is used as a stack and keeps its memory between calls.
///
/// SAFETY: owns its memory; every access is checked against `count`.
@safe struct Stack<Element: BitwiseCopyable>: ~Copyable {
  private var base: UnsafeMutablePointer<Element>
  private var capacity: Int
  private(set) var count: Int = 0

  init(capacity: Int = 64) {
    self.capacity = capacity
    unsafe base = .allocate(capacity: capacity)
  }

  deinit { unsafe base.deallocate() }

  var byteCount: Int { capacity * MemoryLayout<Element>.stride }

  @inline(__always)
  subscript(index: Int) -> Element {
    get {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      return unsafe base[index]
    }
    set {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      unsafe base[index] = newValue
    }
  }

  @inline(__always)
  subscript(index: Int32) -> Element {
    get { self[Int(index)] }
    set { self[Int(index)] = newValue }
  }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow(to: count &+ 1) }
    unsafe base[count] = element
    count &+= 1
  }

  mutating func append(repeating element: Element, count added: Int) {
    if count &+ added > capacity { grow(to: count &+ added) }
    for _ in 0..<added {
      unsafe base[count] = element
      count &+= 1
    }
  }

  /// Drops everything from `newCount` on.
  @inline(__always)
  mutating func truncate(to newCount: Int) {
    precondition(newCount >= 0 && newCount <= count)
    count = newCount
  }

  mutating func removeAll() { count = 0 }

  /// Sorts from `start` to the top.
  mutating func sortTop(from start: Int, by precedes: (Element, Element) -> Bool) {
    precondition(start >= 0 && start <= count)
    var top = unsafe UnsafeMutableBufferPointer(start: base + start, count: count - start)
    unsafe top.sort(by: precedes)
  }

  @inline(never)
  private mutating func grow(to needed: Int) {
    let newCapacity = max(needed, capacity &* 2)
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: newCapacity)
    // SAFETY: both blocks hold at least `count` elements and do not overlap.
    unsafe larger.moveInitialize(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = larger
    capacity = newCapacity
  }
}
