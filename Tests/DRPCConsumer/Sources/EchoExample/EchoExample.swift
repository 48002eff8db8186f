import DRPC

/// A server with one module, and a client that calls it: `swift run EchoExample`.
@main struct EchoExample {
  static func main() async throws {
    let path = CommandLine.arguments.dropFirst().first ?? "echo.sock"

    // Create: a socket file of this mode, which alone guards the server.
    let server = DRPCServer(path: path, mode: 0o600)

    // Register modules: a number for the module, one for each method, and what answers.
    var module = DRPCModule(id: 5)
    module.register(method: 1) { request in
      print("\(request.body.count) bytes from process \(request.caller.processID)")
      return DRPCReply(body: request.body)
    }
    module.register(method: 2) { _ in throw DRPCStatus.failedUnmarshalPayload }
    try server.register(module)

    // Start: replaces the socket of a dead server, and refuses where a live one answers.
    try server.start()

    let client = try DRPCClient(path: path)
    let echo = try await client.call(module: 5, method: 1, body: Array("hello".utf8), timeout: .seconds(5))
    print(echo.status, String(decoding: echo.body, as: UTF8.self))
    print(try await client.call(module: 5, method: 2).status)
    print(try await client.call(module: 6, method: 1).status)
    do {
      _ = try await DRPCClient(path: "nobody.sock").call(module: 5, method: 1)
    } catch {
      print(error.kind, "sent:", error.wasSent)
    }

    await client.close()
    // Stop: removes the socket, lets the calls at work end, and closes.
    await server.stop()
  }
}
