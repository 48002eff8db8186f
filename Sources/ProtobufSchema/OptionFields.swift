internal import Foundation

/// The fields of an option, which SwiftProtobuf keeps as bytes because it does not know the extension.
///
/// `protoc` wrote them, but a set may come from anywhere: what is broken ends the reading.
struct OptionFields {
  enum Value {
    case number(UInt64)
    case bytes(ArraySlice<UInt8>)
  }

  private(set) var all: [(number: UInt64, value: Value)] = []

  init(_ data: Data) { self.init([UInt8](data)[...]) }

  init(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    while let tag = Self.varint(&rest) {
      let number = tag >> 3
      switch tag & 7 {
      case 0:
        guard let value = Self.varint(&rest) else { return }
        all.append((number, .number(value)))
      case 1:
        guard rest.count >= 8 else { return }
        rest = rest.dropFirst(8)
      case 2:
        guard let length = Self.varint(&rest), length <= UInt64(rest.count) else { return }
        all.append((number, .bytes(rest.prefix(Int(length)))))
        rest = rest.dropFirst(Int(length))
      case 5:
        guard rest.count >= 4 else { return }
        rest = rest.dropFirst(4)
      default: return
      }
    }
  }

  /// The message of a field that is no list; nil without one. `protoc` writes an entry for each statement that sets a part
  /// of it, and to put their bytes together is to merge them.
  func merged(_ number: UInt64) -> OptionFields? {
    var joined: [UInt8]?
    for field in all where field.number == number {
      if case .bytes(let bytes) = field.value { joined = (joined ?? []) + bytes }
    }
    return joined.map { OptionFields($0[...]) }
  }

  /// The messages of a list.
  func messages(_ number: UInt64) -> [OptionFields] {
    all.compactMap { field in
      guard field.number == number, case .bytes(let bytes) = field.value else { return nil }
      return OptionFields(bytes)
    }
  }

  /// The last one counts.
  func text(_ number: UInt64) -> String? {
    for field in all.reversed() where field.number == number {
      if case .bytes(let bytes) = field.value { return String(decoding: bytes, as: UTF8.self) }
    }
    return nil
  }

  /// The last one counts.
  func integer(_ number: UInt64) -> Int32? {
    for field in all.reversed() where field.number == number {
      if case .number(let value) = field.value { return Int32(truncatingIfNeeded: value) }
    }
    return nil
  }

  private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }
}
