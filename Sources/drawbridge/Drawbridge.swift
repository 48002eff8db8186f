// drawbridge: the command line. Wires the adapters to the core; holds no logic of its own.
//
// Exit codes: 0 ok, 1 remote failure, 2 configuration or usage, 3 not sent, 4 deadline.
//
// Files
//   Drawbridge.swift      the root command and exit codes
//   ServeCommand.swift    serve
//   CheckCommand.swift    check
//   RoutesCommand.swift   routes
//   CallCommand.swift     call
//   ExplainCommand.swift  explain
//   InitCommand.swift     init
//   DemoCommand.swift     demo
//   IDLCommand.swift      idl expand
//   Console.swift         standard output and error, the environment
//   Loading.swift         configuration and schemas, with diagnostics on standard error
//   Backends.swift        configuration of a service to its backend
//   GatewayProcess.swift  loops, server, signals: from a snapshot to a served process
//   Demo/PoolService.swift      the demo's dRPC service
//   Demo/RobotService.swift     the demo's DDS-RPC service
//   Demo/CalibrationService.swift  its second one, with several replies to a request
//   Demo/DemoFiles.swift        its folder: socket, schemas, configuration, number of the domain
//   Demo/DemoDomain.swift       a DDS domain that nobody uses
//   Demo/ServicesProcess.swift  its second process

internal import ArgumentParser

/// The command line.
@main
struct Drawbridge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drawbridge",
    abstract: "REST access to RPC services that have none: DAOS dRPC and OMG DDS-RPC.",
    version: version,
    subcommands: [
      ServeCommand.self, CheckCommand.self, RoutesCommand.self, ExplainCommand.self, CallCommand.self,
      InitCommand.self, DemoCommand.self, IDLCommand.self,
    ])

  static let version = "0.1.0"

  /// Parsing by hand only to end usage mistakes with 2, the code that the other mistakes of a caller have.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      let code = exitCode(for: error) == .validationFailure ? ExitCode.misconfigured : exitCode(for: error)
      let message = fullMessage(for: error)
      if !message.isEmpty { Console.print(message, toStandardError: !code.isSuccess) }
      Console.exit(code.rawValue)
    }
  }
}

extension ExitCode {
  /// The server failed, or its reply is no use.
  static let remoteFailure = ExitCode(1)
  /// Configuration or usage.
  static let misconfigured = ExitCode(2)
  /// The server has certainly not seen the call.
  static let notSent = ExitCode(3)
  /// No reply in time.
  static let deadline = ExitCode(4)
}
