/// An immutable array of plain values that lives as long as its owner, made at load.
///
/// The owner keeps the memory; `view` is what the hot loops carry: it is trivial, so that no reference is
/// counted in a loop.
///
/// SAFETY: `@unchecked Sendable` because nothing is written after `init`.
@safe final class FrozenTable<Element: BitwiseCopyable>: @unchecked Sendable {
  let start: UnsafePointer<Element>
  let count: Int

  init(_ elements: [Element]) {
    count = elements.count
    // SAFETY: freed in deinit; the padding lets a byte table be read by whole words.
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: elements.count * MemoryLayout<Element>.stride + 16, alignment: 16)
    unsafe memory.initializeMemory(
      as: UInt8.self, repeating: 0, count: elements.count * MemoryLayout<Element>.stride + 16)
    let typed = unsafe memory.bindMemory(to: Element.self, capacity: elements.count)
    for (index, element) in elements.enumerated() {
      unsafe (typed + index).initialize(to: element)
    }
    unsafe start = UnsafePointer(typed)
  }

  deinit { unsafe UnsafeMutableRawPointer(mutating: start).deallocate() }

  var view: TableView<Element> { TableView(self) }
}

/// What the programs carry of a `FrozenTable`.
///
/// SAFETY: a codec owns the table and outlives every call on it; every access is checked.
@safe struct TableView<Element: BitwiseCopyable> {
  private let start: UnsafePointer<Element>
  let count: Int

  init(_ table: FrozenTable<Element>) {
    unsafe start = table.start
    count = table.count
  }

  @inline(__always)
  subscript(index: Int32) -> Element {
    precondition(UInt(bitPattern: Int(index)) < UInt(bitPattern: count))
    return unsafe start[Int(index)]
  }
}

extension TableView<UInt8> {
  /// Eight bytes from `index`; those behind the end are the padding.
  @inline(__always)
  func word(at index: Int32) -> UInt64 {
    precondition(UInt(bitPattern: Int(index)) <= UInt(bitPattern: count))
    // SAFETY: `FrozenTable` has 16 bytes of padding.
    return unsafe UInt64(
      littleEndian: UnsafeRawPointer(start + Int(index)).loadUnaligned(as: UInt64.self))
  }

  /// A range as a view of its own.
  func bytes(_ first: Int32, count length: Int32) -> ByteView { unsafe ByteView(slice(first, count: length)) }

  /// The bytes of a range, for a copy.
  @inline(__always)
  func slice(_ first: Int32, count length: Int32) -> UnsafeBufferPointer<UInt8> {
    precondition(first >= 0 && length >= 0 && Int(first) + Int(length) <= count)
    return unsafe UnsafeBufferPointer(start: start + Int(first), count: Int(length))
  }
}
