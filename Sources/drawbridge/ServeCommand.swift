internal import ArgumentParser
internal import EventLoop
internal import GatewayCore

/// `drawbridge serve`: the gateway.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve the routes of a configuration until SIGTERM or SIGINT.")

  @OptionGroup var options: ConfigurationOptions
  @Option(help: "Event loops, instead of the configuration's.")
  var loops: Int?

  func validate() throws {
    if let loops, loops < 1 || loops > GatewayProcess.mostLoops {
      throw ValidationError("--loops takes 1 to \(GatewayProcess.mostLoops)")
    }
  }

  func run() throws {
    GatewayProcess.prepare()
    var configuration = try Loading.configuration(options.config)
    if let loops { configuration.loops = loops }
    let process = try GatewayProcess(configuration)
    try process.serve()
  }
}
