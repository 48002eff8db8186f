import Foundation
import SchemaModel

/// JSON values of a type, from a seed.
struct RandomValue {
  let model: SchemaModel
  let wire: CDRWireTable
  var generator: MutationTests.Generator

  init(_ schema: TestSchema, seed: UInt64) {
    self.init(model: schema.model, wire: schema.wire, seed: seed)
  }

  init(model: SchemaModel, wire: CDRWireTable, seed: UInt64) {
    self.model = model
    self.wire = wire
    generator = MutationTests.Generator(state: seed)
  }

  private mutating func below(_ bound: Int) -> Int { generator.next(below: bound) }

  private mutating func word() -> UInt64 {
    let full = UInt64(below(1 << 30)) << 34 ^ UInt64(below(1 << 30)) << 17 ^ UInt64(below(1 << 30))
    return full >> UInt64(below(64))
  }

  private static let letters: [String] = ["a", "B", "\"", "\\", "/", "\u{1}", "é", "€", "😀", "0"]

  private mutating func text(atMost bound: Int32?, wide: Bool) -> String {
    var text = ""
    for _ in 0..<below(8) {
      let next = text + Self.letters[below(Self.letters.count)]
      if let bound, (wide ? next.utf16.count : next.utf8.count) > Int(bound) { break }
      text = next
    }
    return text
  }

  mutating func value(_ type: TypeID, _ depth: Int = 0) -> Any {
    switch model[type].shape {
    case .primitive(let primitive, let bound): return scalar(primitive, bound)
    case .enumeration(let range, _): return model.enumerators[range.lowerBound + below(range.count)].name
    case .bitmask(let range, _):
      return model.enumerators[range].sorted { $0.number < $1.number }.map(\.name).filter { _ in below(2) == 0
      }
    case .bitset(let range, _): return bitFields(range)
    case .record(let range):
      var object: [String: Any] = [:]
      for index in range {
        let isAbsent = wire.fields[index].isOptional && (depth > 4 || below(3) == 0)
        if !isAbsent { object[model.fields[index].name] = value(model.fields[index].type, depth + 1) }
      }
      return object
    case .union(let discriminator, let range): return union(discriminator, range, depth)
    case .list(let element, let bound):
      if case .primitive(.uint8, _) = model[element].shape { return octets(below(Int(bound ?? 9) + 1)) }
      let count = depth > 4 ? 0 : below(min(Int(bound ?? 4), 4) + 1)
      return (0..<count).map { _ in value(element, depth + 1) }
    case .array(let element, let count):
      if case .primitive(.uint8, _) = model[element].shape { return octets(Int(count)) }
      return (0..<count).map { _ in value(element, depth + 1) }
    case .map(let key, let element, let bound): return map(key, element, min(Int(bound ?? 3), 3), depth)
    }
  }

  private mutating func octets(_ count: Int) -> String {
    Data((0..<count).map { _ in UInt8(truncatingIfNeeded: word()) }).base64EncodedString()
  }

  private mutating func scalar(_ primitive: Primitive, _ bound: Int32?) -> Any {
    switch primitive {
    case .boolean: return below(2) == 0
    case .int8: return NSNumber(value: Int8(truncatingIfNeeded: word()))
    case .uint8: return NSNumber(value: UInt8(truncatingIfNeeded: word()))
    case .int16: return NSNumber(value: Int16(truncatingIfNeeded: word()))
    case .uint16: return NSNumber(value: UInt16(truncatingIfNeeded: word()))
    case .int32: return NSNumber(value: Int32(truncatingIfNeeded: word()))
    case .uint32: return NSNumber(value: UInt32(truncatingIfNeeded: word()))
    case .int64: return "\(Int64(bitPattern: word()))"
    case .uint64: return "\(word())"
    case .float32:
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: word()))
      return value.isFinite ? NSNumber(value: Double(value)) : "NaN"
    case .float64, .float128:
      let value = Double(bitPattern: word())
      return value.isFinite ? NSNumber(value: value) : "Infinity"
    case .character: return String(UnicodeScalar(UInt8(truncatingIfNeeded: word())))
    case .wideCharacter: return ["a", "é", "€", "\u{FFFD}", "\u{0}"][below(5)]
    case .string: return text(atMost: bound, wide: false)
    case .wideString: return text(atMost: bound, wide: true)
    case .bytes: return octets(below(9))
    }
  }

  private mutating func bitFields(_ range: Range<Int>) -> [String: Any] {
    var object: [String: Any] = [:]
    for index in range {
      let width = UInt64(wire.fields[index].bitWidth)
      let bits = word() & (width >= 64 ? .max : 1 << width - 1)
      switch model[model.fields[index].type].shape {
      case .primitive(.boolean, _): object[model.fields[index].name] = bits == 1
      case .primitive(.int8, _), .primitive(.int16, _), .primitive(.int32, _):
        object[model.fields[index].name] = NSNumber(
          value: Int64(bitPattern: bits << (64 - width)) >> Int64(64 - width))
      case .primitive(.uint64, _): object[model.fields[index].name] = "\(bits)"
      default: object[model.fields[index].name] = NSNumber(value: bits)
      }
    }
    return object
  }

  private mutating func union(_ discriminator: TypeID, _ range: Range<Int>, _ depth: Int) -> [String: Any] {
    let index = range.lowerBound + below(range.count)
    let facts = wire.fields[index]
    var object: [String: Any] = [model.fields[index].name: value(model.fields[index].type, depth + 1)]
    guard facts.isDefault || facts.labels.count > 1 else { return object }
    let taken = Set(range.flatMap { wire.fields[$0].labels })
    let label =
      facts.labels.isEmpty
      ? (0...).first { !taken.contains($0) && $0 >= Int64(below(3)) } ?? 0
      : facts.labels[below(facts.labels.count)]
    switch model[discriminator].shape {
    case .enumeration(let names, _):
      let free = model.enumerators[names].filter { !taken.contains(Int64($0.number)) }
      object["$discriminator"] =
        facts.labels.isEmpty
        ? free[free.startIndex].name : model.enumerators[names].first { Int64($0.number) == label }?.name
    case .primitive(.int64, _): object["$discriminator"] = "\(label)"
    default: object["$discriminator"] = NSNumber(value: label)
    }
    return object
  }

  private mutating func map(_ key: TypeID, _ element: TypeID, _ most: Int, _ depth: Int) -> Any {
    var object: [String: Any] = [:]
    var pairs: [Any] = []
    var seen: Set<String> = []
    for _ in 0..<below(most + 1) {
      let name = value(key)
      guard seen.insert("\(name)").inserted else { continue }
      if name is Bool || model[key].shape.isCharacter {
        pairs.append(["key": name, "value": value(element, depth + 1)])
      } else {
        object["\(name)"] = value(element, depth + 1)
      }
    }
    return object.isEmpty && model[key].shape.isCharacter ? pairs : object as Any
  }
}

extension TypeDefinition.Shape {
  fileprivate var isCharacter: Bool {
    if case .primitive(.character, _) = self { true } else { false }
  }
}
