// drawbridge: the command line; wires everything.

internal import ArgumentParser

/// The command line.
@main
struct Drawbridge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drawbridge", abstract: "REST access to dRPC and DDS-RPC services.")
}
