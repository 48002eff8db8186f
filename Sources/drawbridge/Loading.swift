internal import ArgumentParser
internal import GatewayCore
internal import RPCCore
internal import SchemaModel

/// Where every command finds its configuration.
struct ConfigurationOptions: ParsableArguments {
  @Option(name: [.customShort("c"), .long], help: "The configuration file.")
  var config = "drawbridge.yaml"
}

/// Configuration and snapshot, with what is wrong on standard error.
enum Loading {
  /// - Throws: `ExitCode.misconfigured` after all diagnostics were printed.
  static func configuration(
    _ path: String, environment: [String: String] = Console.environment()
  ) throws -> Configuration {
    var diagnostics = Diagnostics()
    let configuration = ConfigurationLoader.load(
      path: path, environment: environment, diagnostics: &diagnostics)
    report(diagnostics)
    guard let configuration, !diagnostics.hasErrors else { throw ExitCode.misconfigured }
    return configuration
  }

  /// Notes are only for those who look after a configuration.
  ///
  /// - Throws: `ExitCode.misconfigured` after all diagnostics were printed.
  static func snapshot(
    _ configuration: Configuration, notes: Bool = true,
    makeBackend: @escaping SnapshotBuilder.MakeBackend = { plan, _ in UnconnectedBackend(plan) }
  ) throws -> Snapshot {
    var diagnostics = Diagnostics()
    let snapshot = SnapshotBuilder.build(configuration, diagnostics: &diagnostics, makeBackend: makeBackend)
    report(diagnostics, notes: notes)
    guard let snapshot else { throw ExitCode.misconfigured }
    return snapshot
  }

  private static func report(_ diagnostics: Diagnostics, notes: Bool = true) {
    for diagnostic in diagnostics.all where notes || diagnostic.severity != .note {
      Console.print("\(diagnostic)", toStandardError: true)
    }
  }
}
