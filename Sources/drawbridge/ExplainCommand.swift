internal import ArgumentParser
internal import EventLoop
internal import GatewayCore

/// `drawbridge explain`: what would become of a request, without sending anything.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show what a request would call: the route, what fills it, its bytes, where they go.",
    discussion: "drawbridge explain POST '/v1/pools?sys=x' --json '{\"label\":\"tank\"}'")

  @OptionGroup var options: ConfigurationOptions
  @Argument(help: "The method.")
  var method: String
  @Argument(help: "The path with its query, as it is sent.")
  var path: String
  @Option(help: "A JSON body.")
  var json: String?
  @Option(name: .customShort("H"), help: "A header field, 'Name: value'; may stand several times.")
  var header: [String] = []

  func run() throws {
    let configuration = try Loading.configuration(options.config)
    let snapshot = try Loading.snapshot(configuration)
    var request = ExplainedRequest(method: method, target: path)
    for field in header {
      guard let colon = field.firstIndex(of: ":") else {
        throw ValidationError("'\(field)' is no header field, 'Name: value'")
      }
      let value = field[field.index(after: colon)...].drop { $0 == " " }
      request.headers.append((name: String(field[..<colon]), value: String(value)))
    }
    request.json = json.map { Array($0.utf8) }
    let loop = try EventLoop()
    for line in Explanation.lines(of: request, in: snapshot, limits: configuration.limits, loop: loop) {
      Console.print(line)
    }
  }
}
