/// Names to numbers: the keys of one record's fields or of one enumeration, hashed at load.
///
/// All tables of a program share one array of entries. A table is a power of two of them, at most half full,
/// probed linearly. What is looked up comes from a client, what stands in the table does not, so that a probe
/// is as long as the schema makes it.
struct NameTable: BitwiseCopyable {
  struct Entry: BitwiseCopyable {
    var hash: UInt32 = 0
    /// 0 marks an empty place; an empty name is not a name in any schema language.
    var length: Int32 = 0
    /// Where the name stands in the program's text.
    var start: Int32 = 0
    var value: Int32 = 0
  }

  var first: Int32
  var mask: UInt32

  /// Multiplies the ends of the name and its length together: names of a schema differ there.
  @inline(__always)
  static func hash(_ bytes: ByteView, _ start: Int, _ length: Int) -> UInt32 {
    let low: UInt64
    let high: UInt64
    if length >= 8 {
      low = bytes.word(at: start)
      high = bytes.word(at: start &+ length &- 8)
    } else if length >= 4 {
      low = UInt64(bytes.word32(at: start))
      high = UInt64(bytes.word32(at: start &+ length &- 4))
    } else {
      low = length > 0 ? UInt64(bytes[start]) : 0
      high = length > 0 ? UInt64(bytes[start &+ length &- 1]) << 8 | UInt64(bytes[start &+ length / 2]) : 0
    }
    let mixed =
      (low ^ 0x9E37_79B9_7F4A_7C15 &* UInt64(truncatingIfNeeded: length)) &* 0xFF51_AFD7_ED55_8CCD
      ^ (high &* 0xC4CE_B9FE_1A85_EC53)
    return UInt32(truncatingIfNeeded: (mixed ^ mixed >> 29) &* 0x9E37_79B9_7F4A_7C15 >> 32)
  }

  /// The value of the name in `bytes[start..<start + length]`; -1 when there is none, where no value is.
  @inline(__always)
  func find(
    _ bytes: ByteView, _ start: Int, _ length: Int, _ entries: TableView<Entry>, _ text: TableView<UInt8>
  ) -> Int32 {
    let place = findPlace(bytes, start, length, entries, text)
    return place < 0 ? -1 : entries[place].value
  }

  /// The entry of a name, -1 when there is none.
  @inline(__always)
  func findPlace(
    _ bytes: ByteView, _ start: Int, _ length: Int, _ entries: TableView<Entry>, _ text: TableView<UInt8>
  ) -> Int32 {
    let hash = NameTable.hash(bytes, start, length)
    var place = hash & mask
    while true {
      let entry = entries[first &+ Int32(bitPattern: place)]
      if entry.length == 0 { return -1 }
      if entry.hash == hash, Int(entry.length) == length,
        NameTable.equal(bytes, start, text, entry.start, length)
      {
        return first &+ Int32(bitPattern: place)
      }
      place = (place &+ 1) & mask
    }
  }

  /// The value of a name in any case (ASCII); of several the one that stands first in the table.
  func valueIgnoringCase(
    _ bytes: ByteView, _ start: Int, _ end: Int, _ entries: TableView<Entry>, _ text: TableView<UInt8>
  ) -> Int32? {
    func folded(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
    for place in first...(first + Int32(mask)) {
      let entry = entries[place]
      guard entry.length > 0, Int(entry.length) == end - start else { continue }
      let matches = (0..<entry.length).allSatisfy {
        folded(bytes[start + Int($0)]) == folded(text[entry.start + $0])
      }
      if matches { return entry.value }
    }
    return nil
  }

  /// Whether `bytes[start..<start + length]` is what stands at `textStart` of a program's text.
  @inline(__always)
  static func equal(
    _ bytes: ByteView, _ start: Int, _ text: TableView<UInt8>, _ textStart: Int32, _ length: Int
  ) -> Bool {
    if length < 8, start &+ 8 <= bytes.count {
      let difference = bytes.word(at: start) ^ text.word(at: textStart)
      return difference & (1 << UInt64(truncatingIfNeeded: length &* 8) &- 1) == 0
    }
    var index = 0
    while index &+ 8 <= length {
      if bytes.word(at: start &+ index) != text.word(at: textStart &+ Int32(truncatingIfNeeded: index)) {
        return false
      }
      index &+= 8
    }
    if length >= 8 {
      // The last word overlaps the one before.
      let last = length &- 8
      return bytes.word(at: start &+ last) == text.word(at: textStart &+ Int32(truncatingIfNeeded: last))
    }
    while index < length {
      if bytes[start &+ index] != text[textStart &+ Int32(truncatingIfNeeded: index)] { return false }
      index &+= 1
    }
    return true
  }

  /// Appends a table for `names` to a program's entries and text. Of equal names the first one counts.
  static func build(
    _ names: [(name: String, value: Int32)], entries: inout [Entry], text: inout [UInt8]
  ) -> NameTable {
    var size = 2
    while size < names.count * 2 { size *= 2 }
    let table = NameTable(first: Int32(entries.count), mask: UInt32(size - 1))
    entries.append(contentsOf: repeatElement(Entry(), count: size))
    for (name, value) in names where !name.isEmpty {
      let bytes = Array(name.utf8)
      let hash = bytes.withView { NameTable.hash($0, 0, bytes.count) }
      var place = hash & table.mask
      var isKnown = false
      while true {
        let entry = entries[Int(table.first) + Int(place)]
        if entry.length == 0 { break }
        if entry.length == bytes.count,
          text[Int(entry.start)..<Int(entry.start + entry.length)].elementsEqual(bytes)
        {
          isKnown = true
          break
        }
        place = (place + 1) & table.mask
      }
      if isKnown { continue }
      entries[Int(table.first) + Int(place)] = Entry(
        hash: hash, length: Int32(bytes.count), start: Int32(text.count), value: value)
      text.append(contentsOf: bytes)
    }
    return table
  }
}
