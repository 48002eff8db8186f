internal import SchemaModel

/// The labels of unions.
extension CDRCompiler {
  mutating func holdLabels(_ discriminator: TypeID, _ range: Range<Int>, _ type: inout CDRType) {
    var found: [CDRLabel] = []
    for index in range {
      found += wire.fields[index].labels.map { CDRLabel(value: $0, member: Int32(index)) }
      if wire.fields[index].isDefault { type.otherwise = Int32(index) }
    }
    found.sort { $0.value < $1.value }
    type.firstLabel = Int32(labels.count)
    type.labelCount = Int32(found.count)
    labels += found
    let taken = Set(found.map(\.value))
    for index in range {
      let facts = wire.fields[index]
      setUnionFacts(
        index, discriminator: facts.labels.first ?? lowestFree(discriminator, taken),
        isShown: facts.isDefault || facts.labels.count > 1)
    }
  }

  /// The lowest value from 0 on, or the lowest enumerator, that no label has.
  private func lowestFree(_ discriminator: TypeID, _ taken: Set<Int64>) -> Int64? {
    switch model[discriminator].shape {
    case .enumeration(let range, _):
      return model.enumerators[range].map { Int64($0.number) }.filter { !taken.contains($0) }.min()
    case .primitive(let primitive, _):
      let highest: Int64
      switch primitive {
      case .boolean: highest = 1
      case .int8: highest = Int64(Int8.max)
      case .uint8, .character: highest = Int64(UInt8.max)
      case .int16: highest = Int64(Int16.max)
      case .uint16, .wideCharacter: highest = Int64(UInt16.max)
      default: highest = .max
      }
      // So many labels cannot take more values than there are of them.
      return (0...min(highest, Int64(taken.count))).first { !taken.contains($0) }
    default: return nil
    }
  }
}
