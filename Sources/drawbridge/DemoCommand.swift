internal import ArgumentParser
internal import DDSRPC
internal import DRPC
internal import EventLoop
internal import GatewayCore
internal import Glibc

/// `drawbridge demo`: a service worth calling, and the gateway before it.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract:
      "Serve a demo: a DAOS-style pool service and a robot over DDS in a process of their own, and the gateway."
  )

  @Flag(help: "Only the services, for a gateway that runs already.")
  var services = false
  @Option(help: "The gateway's port on 127.0.0.1; PORT in the environment does the same.")
  var port: UInt16?
  @Option(help: .hidden)
  var readyDescriptor: Int32?

  static let defaultPort: UInt16 = 8080

  func run() throws {
    let environment = Console.environment()
    let port = try self.port ?? Self.port(environment)
    let files = DemoFiles(port: port, environment: environment)
    GatewayProcess.prepare()
    do {
      try files.write()
      if services {
        try serveServices(files, domain: files.keptDomain(near: port))
      } else {
        try serveAll(port, files, domain: DemoDomain.choose(near: port), environment)
      }
    } catch let error as DemoError {
      Console.print("error: \(error)", toStandardError: true)
      throw ExitCode.misconfigured
    }
  }

  private static func port(_ environment: [String: String]) throws -> UInt16 {
    guard let text = environment["PORT"], !text.isEmpty else { return defaultPort }
    guard let port = UInt16(text), port > 0 else {
      throw ValidationError("PORT must be a port number, not '\(text)'")
    }
    return port
  }

  // MARK: The services

  /// Participants of this host only, and never those of the default domain: nobody's real robots.
  private static func network(_ domain: Int) -> DDSNetwork {
    .loopback(domain: UInt32(clamping: domain), lease: .seconds(2))
  }

  private func serveServices(_ files: DemoFiles, domain: Int) throws {
    // Nobody would end them when the demo that started them is killed.
    if readyDescriptor != nil { System.signalAtParentsEnd(SignalSource.terminate) }
    let server = DRPCServer(path: files.socket, mode: 0o600)
    do throws(DRPCServerError) {
      for module in PoolService().modules { try server.register(module) }
      try server.start()
    } catch {
      throw DemoError("the services cannot listen on \(files.socket): \(error)")
    }
    let loop = try EventLoop()
    let robot: RobotService
    let arms = CalibrationService(network: Self.network(domain), loop: loop)
    do throws(DDSError) {
      robot = try RobotService(network: Self.network(domain))
      try robot.start()
      try arms.start()
    } catch {
      throw DemoError("the robot cannot join DDS domain \(domain): \(error)")
    }
    if let readyDescriptor {
      guard System.writeAll(readyDescriptor, [1]) else {
        throw DemoError("the demo that started these services has gone")
      }
      System.close(readyDescriptor)
    } else {
      Console.print(
        "services: process \(getpid()) on \(files.socket) and in DDS domain \(domain); stop them with Ctrl-C")
    }
    let signals = try SignalSource([SignalSource.terminate, SignalSource.interrupt], on: loop) { _ in
      _ = Task(executorPreference: loop) {
        await robot.stop()
        await arms.stop()
        await server.stop()
        loop.stop()
      }
    }
    loop.run()
    withExtendedLifetime(signals) {}
  }

  // MARK: Gateway and services

  private func serveAll(
    _ port: UInt16, _ files: DemoFiles, domain: Int, _ environment: [String: String]
  ) throws {
    var variables = environment
    variables["PORT"] = "\(port)"
    variables["SOCKET"] = files.socket
    variables["DOMAIN"] = "\(domain)"
    var configuration = try Loading.configuration(files.configuration, environment: variables)
    configuration.log.format = .text
    // Listens first: with the port taken there is nothing to start services for.
    let gateway = try GatewayProcess(configuration)
    try files.keep(domain: domain)
    let services = try ServicesProcess.start(port: port, files: files)
    defer { services.stop() }
    try gateway.serve { Console.print(Self.welcome(port, files, services, domain: domain)) }
  }

  private static func welcome(
    _ port: UInt16, _ files: DemoFiles, _ services: ServicesProcess, domain: Int
  ) -> String {
    // As it was started: the program need not be in PATH.
    let program = CommandLine.arguments.first ?? "drawbridge"
    let again = "\(program) demo --services" + (port == defaultPort ? "" : " --port \(port)")
    return """

      Drawbridge demo on http://127.0.0.1:\(port) (Ctrl-C ends it)

        curl -s localhost:\(port)/v1/pools
        curl -s localhost:\(port)/v1/pools/tank
        curl -s --json '{"label":"mine","total_bytes":"1099511627776"}' localhost:\(port)/v1/pools
        curl -s -X PUT --json '{"speed":3.5}' localhost:\(port)/v1/robot/speed
        curl -s localhost:\(port)/v1/robot/status
        curl -sN --json '{"steps":20}' localhost:\(port)/v1/arms/left/calibration

      services       process \(services.processID), dRPC on \(files.socket), DDS-RPC in domain \(domain)
      stop them      kill \(services.processID)
      start again    \(again)
      configuration  \(files.configuration)

      """
  }
}
