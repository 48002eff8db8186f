internal import ArgumentParser
internal import IDLSchema
internal import SchemaModel

/// `drawbridge idl`: what there is to see of IDL files.
struct IDLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "idl", abstract: "Look at OMG IDL files.", subcommands: [IDLExpandCommand.self])
}

/// `drawbridge idl expand`: the request and reply types of an interface.
struct IDLExpandCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "expand",
    abstract: "Print the types that DDS-RPC makes of an interface, as IDL for idlc.")

  @Argument(help: "The IDL files.")
  var files: [String]

  @Option(help: "The interface, with its modules: robot::RobotControl.")
  var interface: String

  @Option(name: .long, help: "A folder in which #include looks; may stand several times.")
  var include: [String] = []

  @Option(help: "How the peers map interfaces: \(Self.dialects).")
  var dialect = "omg-basic"

  @Option(name: .customShort("D"), help: "A macro, NAME or NAME=VALUE; may stand several times.")
  var define: [String] = []

  @Option(help: "The service, which stands in the names of topics.")
  var service = "Service"

  @Option(help: "Of the types around parameters: \(Self.extensibilities).")
  var extensibility = ServiceOptions.Extensibility.final

  @Option(
    name: .long, help: "Of types that do not state theirs: final, appendable, mutable.",
    transform: Self.cdrExtensibility)
  var types = CDRExtensibility.final

  @Option(help: "Which name of an exception comes first: \(Self.exceptionHashes).")
  var exceptionHash = ServiceOptions.ExceptionHash.qualified

  private static let extensibilities = ServiceOptions.Extensibility.allCases.map(\.rawValue).joined(
    separator: ", ")

  private static let exceptionHashes = ServiceOptions.ExceptionHash.allCases.map(\.rawValue).joined(
    separator: ", ")

  private static func cdrExtensibility(_ text: String) throws -> CDRExtensibility {
    switch text {
    case "final": .final
    case "appendable": .appendable
    case "mutable": .mutable
    default: throw ValidationError("'\(text)' is none of final, appendable, mutable")
    }
  }

  private static let dialects = Dialect.all.filter { $0.refusal == nil }.map(\.name).joined(separator: ", ")

  func run() throws {
    var diagnostics = Diagnostics()
    let text = expand(&diagnostics)
    for diagnostic in diagnostics.all { Console.print("\(diagnostic)", toStandardError: true) }
    guard let text else { throw ExitCode.misconfigured }
    Console.print(String(text.dropLast()))
  }

  private func expand(_ diagnostics: inout Diagnostics) -> String? {
    let defines = define.map { macro in
      let parts = macro.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      return (name: parts[0], value: parts.count > 1 ? parts[1] : "1")
    }
    guard let dialect = Dialect.named(dialect, at: nil, diagnostics: &diagnostics),
      var schema = IDLSchemaLoader.load(
        sources: files.map { .file(path: $0) },
        options: IDLOptions(includePaths: include, defines: defines, extensibility: types),
        diagnostics: &diagnostics),
      let index = schema.interface(named: interface, at: nil, diagnostics: &diagnostics)
    else { return nil }
    let options = ServiceOptions(
      dialect: dialect, service: service, extensibility: extensibility, exceptionHash: exceptionHash)
    let service = schema.addService(interface: index, options: options, diagnostics: &diagnostics)
    return service.map { schema.impliedIDL(service: $0) }
  }
}

extension ServiceOptions.Extensibility: ExpressibleByArgument {}
extension ServiceOptions.ExceptionHash: ExpressibleByArgument {}
