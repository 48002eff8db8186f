// daos-stand-in: what a DAOS node shows on its dRPC sockets, without DAOS. For tests, and to try deploy/daos on any
// machine. Built on the public surface of the DRPC library, as anybody would build a server.
//
//   daos-stand-in --directory /tmp/daos [--release 2.6] [--engines 2]
//
// Files
//   StandIn.swift     the program: three kinds of servers in one process
//   System.swift      the state: pools, containers, devices
//   Agent.swift       daos_agent.sock
//   Server.swift      daos_server.sock
//   Engine.swift      daos_engine_<number>.sock
//   Messages.swift    requests and replies as protobuf

import DRPC
import Foundation

@main
struct StandIn {
  static func main() async throws {
    let options = try Options(CommandLine.arguments.dropFirst())
    let signals = StopSignals()
    let system = System(release: options.release, engines: options.engines)
    var servers = [
      // As the agent's own: everybody may connect; the kernel tells who it is.
      try Agent.server("\(options.directory)/daos_agent.sock", system),
      try Server.server("\(options.directory)/daos_server.sock", system),
    ]
    for engine in 0..<options.engines {
      // A real engine's number is its process id.
      let path = "\(options.directory)/daos_engine_\(getpid() + Int32(engine)).sock"
      servers.append(try Engine.server(path, system, engine: engine))
    }
    for server in servers {
      try server.start()
      print(server.path)
    }
    print("ready")
    fflush(nil)
    signals.wait()
    for server in servers { await server.stop() }
  }
}

/// What the command line says.
struct Options {
  var directory = "."
  var release = System.Release.v28
  var engines = 2

  init(_ arguments: ArraySlice<String>) throws {
    var rest = arguments
    while let name = rest.popFirst() {
      guard let value = rest.popFirst() else { throw UsageError(description: "\(name) needs a value") }
      switch name {
      case "--directory": directory = value
      case "--release":
        guard let known = System.Release(rawValue: value) else {
          throw UsageError(description: "--release is 2.6 or 2.8")
        }
        release = known
      case "--engines":
        guard let count = Int(value), (1...8).contains(count) else {
          throw UsageError(description: "--engines takes 1 to 8")
        }
        engines = count
      default: throw UsageError(description: "unknown option \(name)")
      }
    }
  }
}

struct UsageError: Error, CustomStringConvertible { let description: String }

/// SIGTERM and SIGINT, blocked before the first thread starts.
struct StopSignals {
  private var set = sigset_t()

  init() {
    // SAFETY: the set is filled and read during each call.
    unsafe sigemptyset(&set)
    for signal in [SIGTERM, SIGINT] { unsafe sigaddset(&set, signal) }
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  func wait() {
    var (set, signal) = (set, Int32(0))
    // SAFETY: as above.
    unsafe sigwait(&set, &signal)
  }
}
