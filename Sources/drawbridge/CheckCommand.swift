internal import ArgumentParser
internal import GatewayCore

/// `drawbridge check`: everything that `serve` does before it opens a socket.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a configuration and its schemas, and say all that is wrong, with file:line:column.")

  @OptionGroup var options: ConfigurationOptions

  func run() throws {
    let configuration = try Loading.configuration(options.config)
    let snapshot = try Loading.snapshot(configuration)
    for service in snapshot.services {
      let routes = snapshot.routes.filter { $0.service === service }
      let withStatus = routes.filter { $0.bodyStatus != nil }.map(\.operation)
      Console.print("service \(service.name): \(routes.count) routes")
      if !withStatus.isEmpty { Console.print("  body status in: \(withStatus.joined(separator: ", "))") }
    }
    Console.print("\(options.config): ok")
  }
}
