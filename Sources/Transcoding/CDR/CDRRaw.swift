package import SchemaModel

/// Bodies that pass through as they are: an encapsulation header and the value, aligned from behind the header.
///
/// In a sample other things stand before the value, so that it begins at a multiple of 4 but not of 8: what aligns to
/// 8 would need other padding there.
extension CDRCodec {
  package var rawForm: RawForm { .cdr }

  package func refusalOfRaw(_ type: TypeID) -> String? {
    var seen: Set<Int32> = []
    guard holdsWide(type.rawValue, &seen) else { return nil }
    return "holds 8-byte values, whose padding depends on what stands before them"
  }

  private func holdsWide(_ index: Int32, _ seen: inout Set<Int32>) -> Bool {
    guard seen.insert(index).inserted else { return false }
    let type = program.view.types[index]
    switch type.kind {
    case .int64, .uint64, .float64, .float128: return true
    case .bitmask, .bitset: return type.size == 8
    case .record:
      return (type.first..<type.first + type.count).contains {
        holdsWide(program.view.members[$0].type, &seen)
      }
    case .union:
      return holdsWide(type.element, &seen)
        || (type.first..<type.first + type.count).contains {
          holdsWide(program.view.members[$0].type, &seen)
        }
    case .list, .array: return holdsWide(type.element, &seen)
    case .map: return holdsWide(type.key, &seen) || holdsWide(type.element, &seen)
    default: return false
    }
  }

  package func appendRaw(_ body: [UInt8], to output: inout [UInt8]) throws(TranscodeError) {
    let given = try body.withView { (bytes) throws(TranscodeError) in try CDREncapsulation(bytes) }
    let wanted = try output.withView { (bytes) throws(TranscodeError) in try CDREncapsulation(bytes) }
    guard given.isXCDR2 == wanted.isXCDR2, given.isBigEndian == wanted.isBigEndian, output.count % 4 == 0
    else { throw TranscodeError(.unsupportedRepresentation, offset: 0) }
    output += body.dropFirst(CDREncapsulation.size)
  }

  package func appendRaw(
    _ wire: [UInt8], at start: Int, to output: inout [UInt8]
  ) throws(TranscodeError) {
    let encapsulation = try wire.withView { (bytes) throws(TranscodeError) in try CDREncapsulation(bytes) }
    guard start >= CDREncapsulation.size, start <= wire.count, start % 4 == 0 else {
      throw TranscodeError(.unsupportedRepresentation, offset: 0)
    }
    output += [0, (encapsulation.isXCDR2 ? 6 : 0) | (encapsulation.isBigEndian ? 0 : 1), 0, 0]
    output += wire[start...]
  }
}
