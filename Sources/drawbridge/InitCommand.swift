internal import ArgumentParser
internal import GatewayCore
internal import SchemaModel

/// `drawbridge init`: a configuration to begin with.
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Print a commented configuration for an IDL interface or a protobuf schema.",
    discussion: "drawbridge init --idl robot.idl --interface robot::RobotControl > drawbridge.yaml")

  @Option(help: "An IDL file.")
  var idl: String?
  @Option(help: "The interface, with its modules; not needed when the file has one only.")
  var interface: String?
  @Option(help: "A folder in which #include looks; may stand several times.")
  var include: [String] = []
  @Option(help: "The DDS domain.")
  var domain = 0
  @Flag(help: "Talk DDS with peers of this host only.")
  var local = false

  @Option(help: "A descriptor set, or a .proto file.")
  var descriptorSet: String?
  @Option(help: "The dRPC server's socket.")
  var socket: String?

  func validate() throws {
    if (idl == nil) == (descriptorSet == nil) {
      throw ValidationError("name either an IDL file (--idl) or a descriptor set (--descriptor-set)")
    }
    if !(0...232).contains(domain) { throw ValidationError("--domain takes 0 to 232") }
  }

  func run() throws {
    var diagnostics = Diagnostics()
    let text: String?
    if let idl {
      text = StarterConfiguration.idl(
        file: idl, interface: interface,
        options: .init(domain: domain, isLocal: local, includePaths: include), diagnostics: &diagnostics)
    } else {
      text = StarterConfiguration.protobuf(
        file: descriptorSet ?? "", socket: socket, diagnostics: &diagnostics)
    }
    for diagnostic in diagnostics.all { Console.print("\(diagnostic)", toStandardError: true) }
    guard let text else { throw ExitCode.misconfigured }
    Console.print(String(text.dropLast()))
  }
}
