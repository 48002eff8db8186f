internal import ArgumentParser
internal import GatewayCore

/// `drawbridge routes`: what a client can call.
struct RoutesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "routes", abstract: "List the routes of a configuration.")

  @OptionGroup var options: ConfigurationOptions
  @Flag(help: "As a JSON array, with an object for each route.")
  var json = false

  func run() throws {
    let snapshot = try Loading.snapshot(Loading.configuration(options.config), notes: false)
    if json {
      Console.print(String(decoding: RouteListing.json(snapshot), as: UTF8.self))
    } else {
      for line in RouteListing.lines(snapshot) { Console.print(line) }
    }
  }
}
