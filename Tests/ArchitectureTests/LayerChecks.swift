/// A target as Package.swift declares it.
struct ManifestTarget: Equatable {
  let name: String
  let dependencies: Set<String>
  let line: Int
  /// Lives in `Sources`; the others (tests, their helpers, benchmarks, fuzzers) are bound by no layer.
  let isLayer: Bool
}

enum LayerChecks {
  /// Reads the targets out of a manifest's text.
  ///
  /// Text, not `swift package dump-package`: that would wait for the build that runs this test.
  static func targets(manifest text: String) -> [ManifestTarget] {
    let kinds = [".target(", ".executableTarget(", ".testTarget(", ".systemLibrary("]
    var targets: [ManifestTarget] = []
    for kind in kinds {
      for range in text.ranges(of: kind) {
        let body = balanced(text[range.upperBound...], "(", ")")
        guard let name = quoted(after: "name:", in: body) else { continue }
        targets.append(
          ManifestTarget(
            name: name, dependencies: dependencies(body),
            line: text[..<range.lowerBound].count { $0 == "\n" } + 1,
            isLayer: kind != ".testTarget("
              && quoted(after: "path:", in: body)?.hasPrefix("Sources/") != false))
      }
    }
    return targets.sorted { $0.line < $1.line }
  }

  /// The manifest lists every layer, no other, and gives no target more than its row of the table.
  static func manifest(_ text: String, table: [Layer]) -> [Finding] {
    let declared = targets(manifest: text).filter(\.isLayer)
    var findings: [Finding] = []
    for target in declared where !libraries.keys.contains(target.name) {
      guard let layer = table.first(where: { $0.name == target.name }) else {
        findings.append(finding(target.line, "target \(target.name) has no row in the layer table"))
        continue
      }
      for extra in target.dependencies.subtracting(layer.permitted).sorted() {
        findings.append(finding(target.line, "\(target.name) may not depend on \(extra)"))
      }
    }
    for layer in table where !declared.contains(where: { $0.name == layer.name }) {
      findings.append(finding(1, "layer \(layer.name) has no target"))
    }
    return findings
  }

  /// Names of another folder that `file` may not know.
  static func strangers(in file: SourceFile, apart: [String: String]) -> [Finding] {
    guard let own = apart.keys.first(where: { file.pathInSources.hasPrefix($0) }) else { return [] }
    let others = apart.filter { $0.key != own }.values
    return file.code.indices.flatMap { index in
      SourceFile.words(file.code[index]).filter { word in others.contains { word.hasPrefix($0) } }
        .map { Finding(path: file.path, line: index + 1, message: "\(own) may not know \($0)") }
    }
  }

  /// Every import is permitted by the table and declared in the manifest.
  static func imports(of file: SourceFile, table: [Layer], manifest: [ManifestTarget]) -> [Finding] {
    guard let layer = table.first(where: { $0.name == file.module }) else {
      return [
        Finding(path: file.path, line: 1, message: "module \(file.module) has no row in the layer table")
      ]
    }
    let declared = manifest.first { $0.name == file.module }?.dependencies ?? []
    return file.imports.compactMap { module, line in
      if module == "Swift" || module == "Synchronization" || layer.system.contains(module) { return nil }
      if module == "Foundation" || module == "FoundationEssentials" {
        if layer.foundation.contains(where: file.pathInSources.hasPrefix) { return nil }
        return Finding(path: file.path, line: line, message: "Foundation is not for this place")
      }
      guard layer.permitted.contains(module) else {
        return Finding(path: file.path, line: line, message: "\(file.module) may not import \(module)")
      }
      return declared.contains(module)
        ? nil
        : Finding(
          path: file.path, line: line,
          message: "\(file.module) imports \(module) but Package.swift does not say so")
    }
  }

  private static func finding(_ line: Int, _ message: String) -> Finding {
    Finding(path: "Package.swift", line: line, message: message)
  }

  private static func dependencies(_ body: Substring) -> Set<String> {
    guard let range = body.firstRange(of: "dependencies: [") else { return [] }
    var rest = balanced(body[range.upperBound...], "[", "]")
    var found: Set<String> = []
    while let range = rest.firstRange(of: ".product(") {
      let product = balanced(rest[range.upperBound...], "(", ")")
      if let name = quoted(after: "name:", in: product) { found.insert(name) }
      rest = rest[..<range.lowerBound] + rest[product.endIndex...]
    }
    let parts = rest.split(separator: "\"", omittingEmptySubsequences: false)
    return found.union(stride(from: 1, to: parts.count, by: 2).map { String(parts[$0]) })
  }

  /// What stands before the bracket that closes the one already read.
  private static func balanced(_ text: Substring, _ open: Character, _ close: Character) -> Substring {
    var depth = 1
    for index in text.indices {
      if text[index] == open { depth += 1 }
      if text[index] == close { depth -= 1 }
      if depth == 0 { return text[..<index] }
    }
    return text
  }

  private static func quoted(after label: String, in text: Substring) -> String? {
    guard let range = text.firstRange(of: label) else { return nil }
    let parts = text[range.upperBound...].split(
      separator: "\"", maxSplits: 2, omittingEmptySubsequences: false)
    return parts.count > 1 ? String(parts[1]) : nil
  }
}
