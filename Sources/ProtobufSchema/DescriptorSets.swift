internal import SchemaModel
internal import SwiftProtobuf

/// Merges the files of several descriptor sets. A file may come more than once, as long as it is the same.
struct DescriptorSets {
  private(set) var files: [Google_Protobuf_FileDescriptorProto] = []
  /// File name to the source it came from, for diagnostics.
  private(set) var origins: [String: String] = [:]
  /// File name to its place in `files`.
  private var places: [String: Int] = [:]
  private var byteCount = 0

  /// Adds the files of a set.
  mutating func add(_ bytes: [UInt8], from name: String, _ findings: inout Diagnostics) {
    let location = SourceLocation(file: name)
    byteCount += bytes.count
    guard byteCount <= ProtobufSchemaLoader.maximumBytes else {
      findings.error(
        "descriptor-too-large", at: location,
        "more than \(ProtobufSchemaLoader.maximumBytes) bytes in the sets together")
      return
    }
    let set: Google_Protobuf_FileDescriptorSet
    do {
      set = try Google_Protobuf_FileDescriptorSet(serializedBytes: bytes)
    } catch {
      findings.error(
        "malformed-descriptor-set", at: location,
        "this is not a FileDescriptorSet: \(DescriptorSets.fault(in: bytes))",
        resolution: "make one with protoc --include_imports --include_source_info --descriptor_set_out=FILE")
      return
    }
    if set.file.isEmpty { findings.error("empty-descriptor-set", at: location, "no files in the set") }
    for file in set.file { add(file, from: name, location, &findings) }
  }

  private mutating func add(
    _ file: Google_Protobuf_FileDescriptorProto, from name: String, _ location: SourceLocation,
    _ findings: inout Diagnostics
  ) {
    guard let origin = origins[file.name] else {
      append(file, from: name)
      return
    }
    // Every compiler brings its own edition of these.
    if WellKnownFiles.isOne(file.name) { return }
    // Comments and positions may differ: one set may have been made without them.
    var first = places[file.name].map { files[$0] } ?? file
    var second = file
    first.clearSourceCodeInfo()
    second.clearSourceCodeInfo()
    if first != second {
      findings.error(
        "conflicting-file", at: location, "'\(file.name)' is not the file of that name in \(origin)")
    }
  }

  private mutating func append(_ file: Google_Protobuf_FileDescriptorProto, from origin: String) {
    origins[file.name] = origin
    places[file.name] = files.count
    files.append(file)
  }

  /// Adds the well-known files that are imported but not there, and names the others that are missing.
  mutating func completeImports(_ findings: inout Diagnostics) {
    var next = 0
    while next < files.count {
      let file = files[next]
      next += 1
      for dependency in file.dependency where origins[dependency] == nil {
        if let known = WellKnownFiles.all[dependency] {
          append(known, from: dependency)
        } else {
          findings.error(
            "missing-import", at: SourceLocation(file: origins[file.name] ?? file.name),
            "'\(file.name)' imports '\(dependency)', which is not in the set",
            resolution: "make the set with --include_imports")
        }
      }
    }
  }

  /// Rings of imports that are reported.
  private static let mostRings = 100
  /// Files of a ring that are named.
  private static let mostNamed = 8

  /// Names each file that imports itself by way of others, once for each ring.
  func checkCycles(_ findings: inout Diagnostics) {
    var rings = 0
    enum State { case new, open, done }
    var states = [State](repeating: .new, count: files.count)
    for root in files.indices where states[root] == .new {
      states[root] = .open
      var path = [(file: root, next: 0)]
      while let top = path.last {
        guard top.next < files[top.file].dependency.count else {
          states[top.file] = .done
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        guard let target = places[files[top.file].dependency[top.next]] else { continue }
        if states[target] == .open {
          rings += 1
          guard rings <= Self.mostRings else {
            findings.error(
              "cyclic-import", at: nil,
              "more than \(Self.mostRings) rings of imports; the rest is not looked at")
            return
          }
          report(ring: path.drop { $0.file != target }.map(\.file), &findings)
        } else if states[target] == .new {
          states[target] = .open
          path.append((target, 0))
        }
      }
    }
  }

  private func report(ring: [Int], _ findings: inout Diagnostics) {
    guard let first = ring.first else { return }
    let named = ring.prefix(Self.mostNamed).map { "'\(files[$0].name)'" }.joined(separator: " imports ")
    let others = ring.count > Self.mostNamed ? ", by way of \(ring.count - Self.mostNamed) others," : ""
    findings.error(
      "cyclic-import", at: SourceLocation(file: origins[files[first].name] ?? files[first].name),
      "\(named) imports\(others) '\(files[first].name)'")
  }

  // MARK: Faults

  /// Which file of a broken set is broken, and where it begins.
  private static func fault(in bytes: [UInt8]) -> String {
    var index = 0
    var number = 0
    while index < bytes.count {
      let start = index
      number += 1
      guard bytes[index] == 0x0A else { return "no file begins at byte \(start)" }
      index += 1
      guard let length = varint(bytes, &index), length <= UInt64(bytes.count - index) else {
        return "it ends within file \(number), which begins at byte \(start)"
      }
      let file = Array(bytes[index..<(index + Int(length))])
      if (try? Google_Protobuf_FileDescriptorProto(serializedBytes: file)) == nil {
        return "file \(number)\(name(of: file)), which begins at byte \(start), is damaged"
      }
      index += Int(length)
    }
    return "it is damaged"
  }

  private static func varint(_ bytes: [UInt8], _ index: inout Int) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 63, by: 7) {
      guard index < bytes.count else { return nil }
      let byte = bytes[index]
      index += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }

  /// The name stands first in what compilers write.
  private static func name(of file: [UInt8]) -> String {
    var index = 1
    guard file.first == 0x0A, let length = varint(file, &index), length <= UInt64(file.count - index)
    else { return "" }
    return " '\(String(decoding: file[index..<(index + Int(length))], as: UTF8.self))'"
  }
}
