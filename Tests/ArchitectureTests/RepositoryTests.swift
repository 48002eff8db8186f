import Foundation
import Testing

/// The rules, applied to this package.
@Suite struct RepositoryTests {
  @Test func manifestKeepsTheLayers() throws {
    let findings = LayerChecks.manifest(try Repository.text("Package.swift"), table: layers)
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func tableKeepsAdaptersApartAndLibrariesWrapped() {
    for layer in layers {
      if adapters.contains(layer.name) { #expect(layer.permitted.isDisjoint(with: adapters)) }
      for (library, users) in libraries where layer.permitted.contains(library) {
        #expect(users.contains(layer.name), "\(layer.name) is given \(library)")
      }
    }
  }

  @Test func importsKeepTheLayers() throws {
    let manifest = LayerChecks.targets(manifest: try Repository.text("Package.swift"))
    let findings = try Repository.sources().flatMap {
      LayerChecks.imports(of: $0, table: layers, manifest: manifest)
    }
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func foldersThatStandApartDoNotKnowEachOther() throws {
    let findings = try Repository.sources().flatMap { LayerChecks.strangers(in: $0, apart: apart) }
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func sourcesHaveNoBannedConstructs() throws {
    let findings = try Repository.sources().flatMap { LintChecks.check($0) }
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func unsafeCodeIsExplained() throws {
    let findings = try Repository.sources().flatMap(SafetyCheck.check)
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func headersListTheirFiles() throws {
    var findings: [Finding] = []
    for layer in layers {
      let folder = "Sources/\(layer.name)/"
      let files = try Repository.files(in: String(folder.dropLast())).filter { $0.hasSuffix(".swift") }
      let header = folder + HeaderCheck.headerName(of: layer.name)
      findings += try HeaderCheck.check(
        module: layer.name, files: files.map { String($0.dropFirst(folder.count)) },
        header: files.contains(header) ? try Repository.text(header) : nil,
        read: { try Repository.text(folder + $0) })
    }
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func filesNameNoMachine() throws {
    var findings: [Finding] = []
    for path in try Repository.files() {
      // Golden files that are not UTF-8 hold bytes, not paths.
      guard let text = try? Repository.text(path) else { continue }
      findings += TextCheck.check(path: path, text: text)
    }
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func formatIsTheConfiguredOne() throws {
    let result = try Formatter.lint(["Package.swift", "Sources", "Tests", "Benchmarks"])
    #expect(result.status == 0, "\(result.output)")
  }
}
