internal import ArgumentParser
internal import GatewayCore

/// `drawbridge routes`: what a client can call.
struct RoutesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "routes", abstract: "List the routes of a configuration.")

  @OptionGroup var options: ConfigurationOptions

  func run() throws {
    let snapshot = try Loading.snapshot(Loading.configuration(options.config), notes: false)
    let width = snapshot.routes.map(\.summary.count).max() ?? 0
    for route in snapshot.routes {
      let gap = String(repeating: " ", count: width - route.summary.count + 2)
      Console.print("\(route.summary)\(gap)\(route.operation)")
    }
  }
}
