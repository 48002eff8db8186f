internal import SchemaModel

/// The names and numbers of one enumeration, compiled at load. All of a program share their arrays.
struct EnumerationTable: BitwiseCopyable {
  struct Entry: BitwiseCopyable {
    var number: Int32
    /// `"NAME"` in the program's text.
    var text: Int32
    var textLength: Int32
  }

  var names: NameTable
  /// In the order of their numbers, one for each number.
  var first: Int32
  var count: Int32
  var isClosed: Bool

  /// The place of a number in the entries, -1 when it has no name.
  @inline(__always)
  func find(_ number: Int32, _ entries: TableView<Entry>) -> Int32 {
    // Most enumerations count from 0 without gaps.
    if number >= 0, number < count, entries[first &+ number].number == number { return first &+ number }
    var low: Int32 = 0
    var high = count
    while low < high {
      let middle = (low &+ high) / 2
      let candidate = entries[first &+ middle].number
      if candidate == number { return first &+ middle }
      if candidate < number { low = middle &+ 1 } else { high = middle }
    }
    return -1
  }

  /// The number of a name.
  func number(
    of bytes: ByteView, _ start: Int, _ end: Int, _ nameEntries: TableView<NameTable.Entry>,
    _ text: TableView<UInt8>, isCaseSensitive: Bool
  ) -> Int32? {
    let place = names.findPlace(bytes, start, end - start, nameEntries, text)
    if place >= 0 { return nameEntries[place].value }
    return isCaseSensitive ? nil : names.valueIgnoringCase(bytes, start, end, nameEntries, text)
  }

  /// Appends what is needed for `enumerators` to a program's tables. Of several names of a number the first is
  /// written; all are read.
  static func build(
    _ enumerators: ArraySlice<Enumerator>, closed: Bool, entries: inout [Entry],
    nameEntries: inout [NameTable.Entry], text: inout [UInt8]
  ) -> EnumerationTable {
    let first = Int32(entries.count)
    var compiled: [Entry] = []
    var numbers: Set<Int32> = []
    for enumerator in enumerators where numbers.insert(enumerator.number).inserted {
      let start = text.count
      JSONText.append(enumerator.name, to: &text)
      compiled.append(
        Entry(number: enumerator.number, text: Int32(start), textLength: Int32(text.count - start)))
    }
    compiled.sort { $0.number < $1.number }
    entries += compiled
    let names = enumerators.map { (name: $0.name, value: $0.number) }
    return EnumerationTable(
      names: NameTable.build(names, entries: &nameEntries, text: &text), first: first,
      count: Int32(compiled.count), isClosed: closed)
  }
}
